//! Clipping against recorded torch values (`fixtures/clip.py`).

use nn::Parameter;
use optim::{ClipConfig, Error, clip_grad_norm_, clip_grad_norm_with, clip_grad_value_};
use serde_json::Value as Json;
use tensor::{DType, Tensor};

const GRADS: [&[f64]; 2] = [&[0.5, -1.25, 3.0], &[-0.75, 0.0, 2.5, -4.0]];

fn params(grads: &[&[f64]], dtype: DType) -> Vec<Parameter> {
    let parameter = |grad: &&[f64]| {
        let p = Parameter::new(tensor::zeros_dtype([grad.len()], dtype));
        p.set_grad(Some(Tensor::from_vec(grad.to_vec(), grad.len()).to_dtype(dtype)));
        p
    };
    grads.iter().map(parameter).collect()
}

fn grads(params: &[Parameter]) -> Vec<f64> {
    params.iter().flat_map(|p| p.grad().unwrap().to_dtype(DType::F64).to_vec::<f64>()).collect()
}

#[test]
fn clipping_is_torchs() {
    let cases: Json = serde_json::from_str(include_str!("fixtures/clip.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let (dtype, ulp) =
            if case["dtype"] == "f32" { (DType::F32, 1.2e-7) } else { (DType::F64, f64::EPSILON) };
        let params = params(&GRADS, dtype);
        let limit = case["limit"].as_f64().unwrap();
        match case.get("order") {
            Some(order) => {
                let norm_type = order.as_f64().unwrap_or_else(|| order.as_str().unwrap().parse().unwrap());
                let config = ClipConfig { norm_type, error_if_nonfinite: true };
                let norm = clip_grad_norm_with(&params, limit, config).unwrap();
                let expected = case["norm"].as_f64().unwrap();
                assert!((norm - expected).abs() <= 2.0 * ulp * expected, "{case}: {norm}");
            }
            None => clip_grad_value_(&params, limit),
        }
        let expected = case["grads"].as_array().unwrap().iter().flat_map(|g| g.as_array().unwrap());
        for (x, y) in grads(&params).iter().zip(expected.map(|x| x.as_f64().unwrap())) {
            assert!((x - y).abs() <= 3.0 * ulp * y.abs(), "{case}: {x}");
        }
    }
}

#[test]
fn nothing_to_clip() {
    assert_eq!(clip_grad_norm_(&[], 1.0), 0.0);
    assert_eq!(clip_grad_norm_(&[Parameter::new(tensor::ones([3]))], 1.0), 0.0);
    let empty = params(&[&[], &[3.0]], DType::F32);
    assert_eq!(clip_grad_norm_(&empty, 1e9), 3.0);
    assert_eq!(grads(&empty), [3.0]);
}

#[test]
fn a_norm_that_is_not_finite_is_an_error_if_asked_for() {
    let nan = params(&[&[1.0], &[f64::NAN]], DType::F32);
    let config = ClipConfig { error_if_nonfinite: true, ..Default::default() };
    let error = clip_grad_norm_with(&nan, 1.0, config).unwrap_err();
    assert!(matches!(error, Error::NonFiniteNorm { norm_type: 2.0 }));
    assert!(
        error
            .to_string()
            .starts_with("The total norm of order 2 for gradients from `parameters` is non-finite")
    );
    assert_eq!(grads(&nan)[0], 1.0);
    assert!(clip_grad_norm_(&nan, 1.0).is_nan());
    assert!(grads(&nan).iter().all(|x| x.is_nan()));
    let infinite = params(&[&[f64::INFINITY, 1.0]], DType::F64);
    assert_eq!(clip_grad_norm_(&infinite, 1.0), f64::INFINITY);
    assert!(grads(&infinite)[0].is_nan() && grads(&infinite)[1] == 0.0);
}

#[test]
fn clamping_keeps_nan() {
    let p = params(&[&[f64::NAN, -5.0, 5.0, 0.5]], DType::F32);
    clip_grad_value_(&p, 1.0);
    assert!(grads(&p)[0].is_nan());
    assert_eq!(grads(&p)[1..], [-1.0, 1.0, 0.5]);
}

/// Several blocks, a broken one at the end; the sum's order does not depend on who adds it.
#[test]
fn a_long_gradient_has_the_same_norm_on_any_number_of_threads() {
    let n = 100_003;
    let x: Vec<f64> = (0..n).map(|i| (i as f64).sin()).collect();
    let expected = x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let mut norms = Vec::new();
    for threads in [1, 2, 5] {
        tensor::set_num_threads(threads);
        norms.push(clip_grad_norm_(&params(&[&x], DType::F64), 1e9));
    }
    assert!((norms[0] - expected).abs() < 1e-9, "{}, {expected}", norms[0]);
    assert!(norms.iter().all(|norm| norm.to_bits() == norms[0].to_bits()), "{norms:?}");
}
