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

    fn differs(&self, case: &Case) -> bool {
        let sum = |parts: &[Tensor]| {
            let all = cat(parts, 0);
            checksum(&all.masked_fill(&all.isnan(), 12345.0))
        };
        sum(&self.y) != case.text("y") || sum(&self.dx) != case.text("dx")
    }
}

fn run(case: &Case) -> bool {
    let (name, mut run) = (case.name(), Run::new());
    if let Some(f) = function(name) {
        for n in [100_003].into_iter().chain(1..1025) {
            let x = run.rand(&[n]);
            run.both(x, &f);
        }
        let mut special = Run::new();
        special.both(Tensor::from([SPECIAL, SPECIAL].as_flattened()), &f);
        let y = special.y.remove(0);
        return run.differs(case) || checksum(&y.masked_fill(&y.isnan(), 12345.0)) != case.text("special");
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
                let x = run.rand(shape);
                let places = [&shape[..1], &shape[2..]].concat();
                let t = (0..places.iter().product()).map(|_| run.draws.randint(0, shape[1] as i64)).collect();
                let t = Variable::new(Tensor::from_vec(t, &places[..]));
                run.both(x.clone(), |x| cross_entropy(x, &t, &CrossEntropyLossOptions::default()));
                run.both(x, |x| nll_loss(x, &t, &NLLLossOptions::default()));
            }
        }
        _ => {
            let reduction = if case.text("reduction") == "mean" { Reduction::Mean } else { Reduction::Sum };
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
    Rounding::Amd.select();
    assert!(recording.cases().len() > 25);
    let others: Vec<&Case> = recording.cases().iter().filter(|case| run(case)).collect();
    assert!(others.is_empty(), "{others:#?}");
}
