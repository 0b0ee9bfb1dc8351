//! Values and gradients at 0, bounds, ties, infinities and NaN are torch's.

use autograd::{
    CrossEntropyLossOptions, Variable, bce_with_logits, cross_entropy, huber_loss, l1_loss, mse_loss,
    smooth_l1_loss,
};
use tensor::{DType, Tensor, cat};
use testing::{Case, Within, assert_close, recording};

fn unary(op: &str, x: &Variable) -> Variable {
    if let Some(p) = op.strip_prefix("pow ") {
        return x.powf(p.parse().expect("a number"));
    }
    match op {
        "abs" => x.abs(),
        "relu" => x.relu(),
        "sigmoid" => x.sigmoid(),
        "tanh" => x.tanh(),
        "sqrt" => x.sqrt(),
        "rsqrt" => x.rsqrt(),
        "log" => x.log(),
        "log1p" => x.log1p(),
        "exp" => x.exp(),
        "expm1" => x.expm1(),
        "reciprocal" => x.reciprocal(),
        "square" => x.square(),
        "erf" => x.erf(),
        "gelu" => x.gelu(),
        "gelu_tanh" => x.gelu_tanh(),
        "silu" => x.silu(),
        "log_sigmoid" => x.log_sigmoid(),
        "selu" => x.selu(),
        "elu" => x.elu(-1.0),
        "leaky_relu" => x.leaky_relu(0.0),
        "softplus" => x.softplus(1.0, 20.0),
        "hardtanh" => x.hardtanh(-1.0, 1.0),
        "relu6" => x.hardtanh(0.0, 6.0),
        "clamp" => x.clamp(Some(-1.0), Some(1.0)),
        "clamp_min" => x.clamp(Some(-1.0), None),
        "clamp_max" => x.clamp(None, Some(1.0)),
        "clamp_crossed" => x.clamp(Some(1.0), Some(-1.0)),
        "clamp_point" => x.clamp(Some(0.0), Some(0.0)),
        other => panic!("{other} is not known here"),
    }
}

fn binary(op: &str, x: &Variable, y: &Variable) -> Variable {
    match op {
        "mul" => x * y,
        "div" => x / y,
        "pow" => x.pow(y),
        "maximum" => x.maximum(y),
        "minimum" => x.minimum(y),
        "mse_loss" => mse_loss(x, y, &Default::default()),
        "l1_loss" => l1_loss(x, y, &Default::default()),
        "smooth_l1_loss" => smooth_l1_loss(x, y, &Default::default()),
        "huber_loss" => huber_loss(x, y, &Default::default()),
        "bce_with_logits" => bce_with_logits(x, y, &Default::default()),
        other => panic!("{other} is not known here"),
    }
}

fn reduced(op: &str, x: &Variable) -> Variable {
    if let Some(p) = op.strip_prefix("norm ") {
        return x.norm(p.parse().expect("a number"));
    }
    let class = |label_smoothing| {
        let options = CrossEntropyLossOptions { label_smoothing, ..Default::default() };
        cross_entropy(x, &Variable::new(Tensor::from(0i64)), &options)
    };
    match op {
        "max" => x.max(),
        "min" => x.min(),
        "amax" => x.amax(0, false),
        "amin" => x.amin(0, false),
        "max_dim" => x.max_dim(0, false).0,
        "min_dim" => x.min_dim(0, false).0,
        "std" => x.std(),
        "var" => x.var(),
        "std_0" => x.std_dim(0, 0, false),
        "prod" => x.prod(),
        "prod_dim" => x.prod_dim(0, false),
        "softmax" => x.softmax(0),
        "log_softmax" => x.log_softmax(0),
        "logsumexp" => x.logsumexp(0, false),
        "cross_entropy" => class(0.0),
        "smoothed" => class(0.1),
        other => panic!("{other} is not known here"),
    }
}

fn check(what: &str, got: Vec<Tensor>, expected: Tensor, tolerance: f64) {
    let flat: Vec<Tensor> = got.iter().map(|x| x.reshape([-1])).collect();
    let got = cat(&flat, 0);
    // A small number may be the difference of two that are not, but a 0 is exact.
    assert_close(what, &got, &expected, Within::relative(tolerance).at_least(0.1 * tolerance));
    let lost = expected.eq(0).logical_and(&got.ne(0));
    assert!(lost.any().item() == 0.0, "{what}: {got} is not 0 where torch's is: {lost}");
}

#[test]
fn singular_points_are_torchs() {
    let recording = recording!("singular");
    let (places, cases): (Vec<&Case>, Vec<&Case>) =
        recording.cases().iter().partition(|case| case.name() == "place");
    for case in cases {
        let (kind, op) = (case.text("kind"), case.name());
        let (y, dx) = (case.tensor("y"), case.tensor("dx"));
        let dtype = y.dtype();
        let tolerance = if dtype == DType::F32 { 1e-5 } else { 1e-7 };
        let (mut values, mut gradients) = (Vec::new(), Vec::new());
        for place in places.iter().filter(|place| place.text("kind") == kind) {
            let inputs = ["x0", "x1"].into_iter().filter_map(|x| place.get_tensor(x));
            let inputs: Vec<Variable> =
                inputs.map(|x| Variable::new(x.to_dtype(dtype)).requires_grad_(true)).collect();
            let y = match kind {
                "unary" => unary(op, &inputs[0]),
                "binary" => binary(op, &inputs[0], &inputs[1]),
                _ => reduced(op, &inputs[0]),
            };
            y.backward_with(tensor::full_dtype(y.shape(), case.number("dy"), dtype));
            values.push(y.data());
            gradients.extend(inputs.iter().map(|x| x.grad().expect("each input takes part")));
        }
        let what = format!("{op} {dtype} dy {}", case["dy"]);
        check(&format!("{what}: y"), values, y, tolerance);
        check(&format!("{what}: dx"), gradients, dx, tolerance);
    }
}
