//! Values and gradients at 0, bounds, ties, infinities and NaN are torch's: `fixtures/singular.py` recorded
//! them.

use autograd::{
    ClassLossOptions, Reduction, Variable, bce_with_logits, cross_entropy, huber_loss, l1_loss, mse_loss,
    smooth_l1_loss,
};
use serde_json::Value;
use tensor::{DType, Tensor};

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
        "mse_loss" => mse_loss(x, y, Reduction::Mean),
        "l1_loss" => l1_loss(x, y, Reduction::Mean),
        "smooth_l1_loss" => smooth_l1_loss(x, y, 1.0, Reduction::Mean),
        "huber_loss" => huber_loss(x, y, 1.0, Reduction::Mean),
        "bce_with_logits" => bce_with_logits(x, y, None, None, Reduction::Mean),
        other => panic!("{other} is not known here"),
    }
}

fn reduced(op: &str, x: &Variable) -> Variable {
    if let Some(p) = op.strip_prefix("norm ") {
        return x.norm(p.parse().expect("a number"));
    }
    let class = |label_smoothing| {
        let options = ClassLossOptions { label_smoothing, ..Default::default() };
        cross_entropy(x, &Variable::new(Tensor::from(0i64)), &options)
    };
    match op {
        "max" => x.max(),
        "min" => x.min(),
        "amax" => x.amax(&[0], false),
        "amin" => x.amin(&[0], false),
        "max_dim" => x.max_dim(0, false).0,
        "min_dim" => x.min_dim(0, false).0,
        "std" => x.std(),
        "var" => x.var(),
        "std_0" => x.std_dim(&[0], 0, false),
        "prod" => x.prod(),
        "prod_dim" => x.prod_dim(&[0], false),
        "softmax" => x.softmax(0),
        "log_softmax" => x.log_softmax(0),
        "logsumexp" => x.logsumexp(&[0], false),
        "cross_entropy" => class(0.0),
        "smoothed" => class(0.1),
        other => panic!("{other} is not known here"),
    }
}

fn number(v: &Value) -> f64 {
    v.as_str().expect("a text").parse().expect("a number")
}

fn assert_same(what: &str, got: &[f64], expected: &Value, tolerance: f64) {
    let expected: Vec<f64> =
        expected.as_str().expect("a text").split(' ').map(|v| v.parse().expect("a number")).collect();
    assert_eq!(got.len(), expected.len(), "{what}");
    for (i, (&got, &expected)) in got.iter().zip(&expected).enumerate() {
        let same = got == expected || (got.is_nan() && expected.is_nan());
        // A 0 is exact; a small number may be the difference of two that are not.
        let near = expected != 0.0 && (got - expected).abs() <= tolerance * expected.abs().max(0.1);
        assert!(same || near, "{what}[{i}] is {got:e}, torch has {expected:e}");
    }
}

#[test]
fn singular_points_are_torchs() {
    let table: Value = serde_json::from_str(include_str!("fixtures/singular.json")).expect("valid JSON");
    for case in table["cases"].as_array().expect("a list") {
        let text = |key: &str| case[key].as_str().expect("a text");
        let (dtype, tolerance) = if text("dtype") == "f32" { (DType::F32, 1e-5) } else { (DType::F64, 1e-7) };
        let (mut values, mut gradients) = (Vec::new(), Vec::new());
        for place in table["places"][text("kind")].as_array().expect("a list") {
            let variable = |x: &Value| {
                let x: Vec<f64> = x.as_array().expect("a list").iter().map(number).collect();
                let n = x.len();
                Variable::new(Tensor::from_vec(x, n).to_dtype(dtype)).requires_grad_(true)
            };
            let inputs: Vec<Variable> = place.as_array().expect("a list").iter().map(variable).collect();
            let y = match text("kind") {
                "unary" => unary(text("op"), &inputs[0]),
                "binary" => binary(text("op"), &inputs[0], &inputs[1]),
                _ => reduced(text("op"), &inputs[0]),
            };
            y.backward_with(tensor::full_dtype(y.shape(), number(&case["dy"]), dtype));
            values.extend(y.data().to_dtype(DType::F64).to_vec::<f64>());
            for x in inputs {
                let dx = x.grad().expect("each input takes part");
                gradients.extend(dx.to_dtype(DType::F64).to_vec::<f64>());
            }
        }
        let what = format!("{} {} dy {}", text("op"), text("dtype"), text("dy"));
        assert_same(&format!("{what}: y"), &values, &case["y"], tolerance);
        assert_same(&format!("{what}: dx"), &gradients, &case["dx"], tolerance);
    }
}
