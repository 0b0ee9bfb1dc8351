//! Functions, softmaxes and losses with their gradients against torch's, to the last bit: `cargo xtask record
//! autograd/rounding`.

use autograd::{
    BCELossOptions, BCEWithLogitsLossOptions, CrossEntropyLossOptions, HuberLossOptions, L1LossOptions,
    MSELossOptions, NLLLossOptions, Reduction, SmoothL1LossOptions, Variable, bce_loss, bce_with_logits,
    cross_entropy, huber_loss, l1_loss, mse_loss, nll_loss, smooth_l1_loss,
};
use tensor::kernels::rounding::Rounding;
use tensor::{DType, Generator, Tensor, cat};
use testing::{Case, checksum, recording_of_isa};

const SPECIAL: [f32; 25] = [
    0.0,
    -0.0,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
    1e-45,
    -1e-45,
    1e-38,
    -1e-38,
    1e-10,
    88.7,
    89.0,
    -87.5,
    -88.0,
    -103.5,
    -104.0,
    -150.0,
    3e38,
    -3e38,
    1.0,
    -1.0,
    20.0,
    20.1,
    -16.6,
    -17.0,
];

type Function = Box<dyn Fn(&Variable) -> Variable>;

fn function(name: &str) -> Option<Function> {
    Some(match name {
        "sigmoid" => Box::new(Variable::sigmoid),
        "silu" => Box::new(Variable::silu),
        "elu" => Box::new(|x| x.elu(1.0)),
        "celu" => Box::new(|x| x.celu(0.7)),
        "selu" => Box::new(Variable::selu),
        "softplus" => Box::new(|x| x.softplus(1.0, 20.0)),
        "log_sigmoid" => Box::new(Variable::log_sigmoid),
        "expm1" => Box::new(Variable::expm1),
        "log1p" => Box::new(Variable::log1p),
        "sqrt" => Box::new(Variable::sqrt),
        "rsqrt" => Box::new(Variable::rsqrt),
        "square" => Box::new(Variable::square),
        "cube" => Box::new(|x| x.powf(3.0)),
        "reciprocal" => Box::new(Variable::reciprocal),
        _ => return None,
    })
}

fn loss(name: &str, reduction: Reduction, x: &Variable, t: &Variable) -> Variable {
    match name {
        "mse_loss" => mse_loss(x, t, &MSELossOptions { reduction }),
        "l1_loss" => l1_loss(x, t, &L1LossOptions { reduction }),
        "smooth_l1_loss" => smooth_l1_loss(x, t, &SmoothL1LossOptions { reduction, ..Default::default() }),
        "huber_loss" => huber_loss(x, t, &HuberLossOptions { reduction, ..Default::default() }),
        "bce_loss" => bce_loss(x, t, &BCELossOptions { reduction, ..Default::default() }),
        "bce_with_logits" => {
            bce_with_logits(x, t, &BCEWithLogitsLossOptions { reduction, ..Default::default() })
        }
        _ => panic!("no loss is named {name}"),
    }
}

/// Draws as the script has them, and what came out.
struct Run {
    draws: Generator,
    y: Vec<Tensor>,
    dx: Vec<Tensor>,
}

impl Run {
    fn new() -> Run {
        Run { draws: Generator::new(0), y: Vec::new(), dx: Vec::new() }
    }

    fn unit(&mut self, shape: &[usize]) -> Tensor {
        self.draws.rand(shape, DType::F32)
    }

    fn rand(&mut self, shape: &[usize]) -> Tensor {
        (self.unit(shape) - 0.5) * 16.0
    }

    /// What `f` gives, and the gradient of `x` for one that differs everywhere.
    fn both(&mut self, x: Tensor, f: impl Fn(&Variable) -> Variable) {
        let x = Variable::new(x).requires_grad_(true);
        let y = f(&x);
        let dy = if y.ndim() > 0 { self.unit(&y.shape()) } else { Tensor::from(1.0f32) };
        y.backward_with(dy);
        self.y.push(y.data().flatten(0, -1));
        self.dx.push(x.grad().expect("a leaf").flatten(0, -1));
    }

    /// Scores along the second axis, and classes.
    fn scores(&mut self, shape: &[usize]) -> (Tensor, Variable) {
        let x = self.rand(shape);
        let places = [&shape[..1], &shape[2..]].concat();
        let t = (0..places.iter().product()).map(|_| self.draws.randint(0, shape[1] as i64)).collect();
        (x, Variable::new(Tensor::from_vec(t, &places[..])))
    }

    /// Of all that came out, and of the gradients.
    fn sums(&self) -> [String; 2] {
        [&self.y, &self.dx].map(|parts| {
            let all = cat(parts, 0);
            checksum(&all.masked_fill(&all.isnan(), 12345.0))
        })
    }

    fn differs(&self, case: &Case) -> bool {
        self.sums() != [case.text("y"), case.text("dx")]
    }
}

/// A reduction by torch's name.
fn reduction(case: &Case) -> Reduction {
    match case.text("reduction") {
        "mean" => Reduction::Mean,
        "sum" => Reduction::Sum,
        _ => Reduction::None,
    }
}

/// Losses with options that change their order of roundings.
fn run_with_options(case: &Case, run: &mut Run) {
    let reduction = reduction(case);
    if case.name() == "cross_entropy with options" {
        let options: CrossEntropyLossOptions = case.options();
        for shape in [&[1, 10][..], &[33, 17], &[300, 5], &[3, 10, 40], &[20_001, 3]] {
            let (x, t) = run.scores(shape);
            let weight = (case["weighted"] == true).then(|| run.unit(&shape[1..2]));
            let options = CrossEntropyLossOptions { weight, reduction, ..options.clone() };
            run.both(x, |x| cross_entropy(x, &t, &options));
        }
        return;
    }
    let given = case["weights"].to_string();
    for shape in [[1, 3], [7, 5], [300, 10], [20_001, 2]] {
        let alone = case.name() == "bce_loss with options";
        let x = if alone { run.unit(&shape) } else { run.rand(&shape) };
        let t = Variable::new(run.unit(&shape));
        let [weight, pos_weight] =
            ["\"weight\"", "\"pos_weight\""].map(|name| given.contains(name).then(|| run.unit(&shape[1..])));
        run.both(x, |x| match alone {
            true => bce_loss(x, &t, &BCELossOptions { weight: weight.clone(), reduction }),
            false => {
                let (weight, pos_weight) = (weight.clone(), pos_weight.clone());
                bce_with_logits(x, &t, &BCEWithLogitsLossOptions { weight, reduction, pos_weight })
            }
        });
    }
}

fn run(case: &Case) -> bool {
    let (name, mut run) = (case.name(), Run::new());
    if name.ends_with(" with options") {
        run_with_options(case, &mut run);
        return run.differs(case);
    }
    if let Some(f) = function(name) {
        for n in [100_003].into_iter().chain(1..1025) {
            let x = run.rand(&[n]);
            run.both(x, &f);
        }
        let mut special = Run::new();
        special.both(Tensor::from([SPECIAL, SPECIAL].as_flattened()), &f);
        return run.differs(case) || special.sums() != [case.text("special_y"), case.text("special_dx")];
    }
    match name {
        "softmax" | "log_softmax" => {
            let softmax =
                |x: &Variable, dim| if name == "softmax" { x.softmax(dim) } else { x.log_softmax(dim) };
            if case["rows"] == true {
                for n in (1..200).chain([1000, 1024, 5000]) {
                    let x = run.rand(&[3, n]);
                    run.both(x, |x| softmax(x, -1));
                }
                return run.differs(case);
            }
            for n in [1, 2, 5, 10, 33] {
                for k in [1, 2, 7, 8, 15, 16, 17, 33, 64, 70, 200] {
                    let x = run.rand(&[3, n, k]);
                    run.both(x, |x| softmax(x, 1));
                }
            }
        }
        "cross_entropy" => {
            let shapes: [&[usize]; 9] = [
                &[1, 10],
                &[7, 10],
                &[64, 10],
                &[33, 17],
                &[300, 65],
                &[70_001, 3],
                &[4, 5, 6],
                &[3, 10, 40],
                &[2, 21, 7, 9],
            ];
            for shape in shapes {
                let (x, t) = run.scores(shape);
                run.both(x.clone(), |x| cross_entropy(x, &t, &CrossEntropyLossOptions::default()));
                run.both(x, |x| nll_loss(x, &t, &NLLLossOptions::default()));
            }
        }
        _ => {
            let reduction = reduction(case);
            for n in (1..130).chain([1000, 20_001, 100_003]) {
                let x = if name == "bce_loss" { run.unit(&[n]) } else { run.rand(&[n]) };
                let t = Variable::new(run.unit(&[n]));
                run.both(x, |x| loss(name, reduction, x, &t));
            }
        }
    }
    run.differs(case)
}

#[test]
fn bits_are_torchs() {
    // Any processor with these vectors can follow AMD's way.
    let Some(recording) = recording_of_isa!("rounding") else { return };
    let amd = Rounding::of_processor() == Rounding::Amd; // whose estimates of roots others do not have
    Rounding::Amd.select();
    assert!(recording.cases().len() > 45);
    let others: Vec<&Case> =
        recording.cases().iter().filter(|case| (amd || case.name() != "sqrt") && run(case)).collect();
    assert!(others.is_empty(), "{others:#?}");
}
