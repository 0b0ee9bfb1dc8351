//! Clipping against torch's.

use nn::Parameter;
use optim::{
    ClipGradNormOptions, Error, clip_grad_norm_, clip_grad_norm_with, clip_grad_value_,
    clip_grads_with_norm_, get_total_norm,
};
use tensor::{DType, Tensor, cat};
use testing::{Within, assert_close, recording, same_on_any_number_of_threads};

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
    for case in recording!("clip").cases() {
        let expected = case.tensor("grads");
        let ulp = if expected.dtype() == DType::F32 { 1.2e-7 } else { f64::EPSILON };
        let params = params(&GRADS, expected.dtype());
        let limit = case.number("limit");
        match case.get_number("order") {
            Some(norm_type) => {
                let options = ClipGradNormOptions { norm_type, error_if_nonfinite: true };
                let norm = clip_grad_norm_with(&params, limit, options).unwrap();
                let expected = case.tensor("norm").item();
                assert!((norm - expected).abs() <= 2.0 * ulp * expected, "{case:?}: {norm}");
                let apart = self::params(&GRADS, params[0].data().dtype());
                let grads: Vec<Tensor> = apart.iter().map(|p| p.grad().unwrap()).collect();
                assert_eq!(get_total_norm(&grads, norm_type), norm);
                clip_grads_with_norm_(&apart, limit, norm);
                assert_eq!(self::grads(&apart), self::grads(&params));
            }
            None => clip_grad_value_(&params, limit),
        }
        let clipped: Vec<Tensor> = params.iter().map(|p| p.grad().unwrap()).collect();
        assert_close(format!("{case:?}"), &cat(&clipped, 0), &expected, Within::relative(3.0 * ulp));
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
    let options = ClipGradNormOptions { error_if_nonfinite: true, ..Default::default() };
    let error = clip_grad_norm_with(&nan, 1.0, options).unwrap_err();
    assert!(matches!(error, Error::NonFiniteNorm { norm_type: 2.0 }));
    assert!(error.to_string().starts_with(
        "The total norm of order 2.0 for gradients from `parameters` is non-finite, so it cannot be clipped."
    ));
    assert_eq!(grads(&nan)[0], 1.0);
    assert!(clip_grad_norm_(&nan, 1.0).is_nan());
    assert!(grads(&nan).iter().all(|x| x.is_nan()));
    let infinite = params(&[&[f64::INFINITY, 1.0]], DType::F64);
    assert_eq!(clip_grad_norm_(&infinite, 1.0), f64::INFINITY);
    assert!(grads(&infinite)[0].is_nan() && grads(&infinite)[1] == 0.0);
}

#[test]
fn clamping_is_torchs_at_every_limit() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let rows = [
        (1.0, [nan, -1.0, 1.0, 0.5, 1.0, -0.0]),
        (0.0, [nan, -0.0, 0.0, 0.0, 0.0, -0.0]),
        (-1.0, [nan, -1.0, -1.0, -1.0, -1.0, -1.0]),
        (inf, [nan, -5.0, 5.0, 0.5, inf, -0.0]),
        (nan, [nan; 6]),
    ];
    for (limit, expected) in rows {
        let p = params(&[&[nan, -5.0, 5.0, 0.5, inf, -0.0]], DType::F32);
        clip_grad_value_(&p, limit);
        let same = |(a, b): (&f64, &f64)| (a.is_nan() && b.is_nan()) || a.to_bits() == b.to_bits();
        assert!(grads(&p).iter().zip(&expected).all(same), "{limit}: {:?}", grads(&p));
    }
}

/// The norm of norms, each step in the gradients' own dtype: what overflows there is infinite.
#[test]
fn extreme_gradients_have_torchs_norm() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    type Row<'a> = (&'a [&'a [f64]], DType, f64, f64, &'a [f64]);
    let four: &[&[f64]] = &[&[1e20], &[1e20], &[1e20], &[1e20]];
    let three: &[&[f64]] = &[&[1e20, -1e20], &[1e20]];
    let with_nan: &[&[f64]] = &[&[nan, 1.0], &[2.0]];
    let with_inf: &[&[f64]] = &[&[inf, 1.0], &[-2.0]];
    let rows: [Row; 21] = [
        (four, DType::F32, 2.0, inf, &[0.0; 4]),
        (four, DType::F64, 2.0, 2e20, &[0.5; 4]),
        (&[&[1e20; 4]], DType::F32, 2.0, inf, &[0.0; 4]),
        (&[&[1e20]], DType::F32, 2.0, 1e20, &[1.0]),
        (&[&[1e200], &[1e200]], DType::F64, 2.0, inf, &[0.0; 2]),
        (&[&[1e-30, 1e-30], &[1e-30]], DType::F32, 2.0, 0.0, &[1e-30; 3]),
        (three, DType::F32, 1.0, 3e20, &[1.0 / 3.0, -1.0 / 3.0, 1.0 / 3.0]),
        (three, DType::F32, 3.0, inf, &[0.0, -0.0, 0.0]),
        (three, DType::F32, inf, 1e20, &[1.0, -1.0, 1.0]),
        (three, DType::F32, -inf, 1e20, &[1.0, -1.0, 1.0]),
        (three, DType::F32, 0.0, 2.0, &[5e19, -5e19, 5e19]),
        (three, DType::F32, -1.0, 1e20 / 3.0, &[3.0, -3.0, 3.0]),
        (with_nan, DType::F32, 2.0, nan, &[nan; 3]),
        (with_nan, DType::F32, inf, nan, &[nan; 3]),
        (with_nan, DType::F32, -inf, nan, &[nan; 3]),
        (with_nan, DType::F32, 0.0, 2.0, &[nan, 0.5, 1.0]),
        (with_inf, DType::F32, 1.0, inf, &[nan, 0.0, -0.0]),
        (with_inf, DType::F32, inf, inf, &[nan, 0.0, -0.0]),
        (with_inf, DType::F32, -inf, 1.0, &[inf, 1.0, -2.0]),
        (with_inf, DType::F32, -1.0, 2.0 / 3.0, &[inf, 1.0, -2.0]),
        (&[&[], &[-2.0, 0.0]], DType::F32, 3.0, 2.0, &[-1.0, 0.0]),
    ];
    let near = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 2e-6 * b.abs();
    for (gradients, dtype, norm_type, norm, scaled) in rows {
        let p = params(gradients, dtype);
        let got =
            clip_grad_norm_with(&p, 1.0, ClipGradNormOptions { norm_type, ..Default::default() }).unwrap();
        assert!(near(got, norm), "{gradients:?} {norm_type}: {got}");
        assert!(grads(&p).iter().zip(scaled).all(|(&a, &b)| near(a, b)), "{gradients:?} {norm_type}: {p:?}");
    }
}

/// Three gradients, of many elements, of few and of one.
fn long(dtype: DType) -> Vec<Parameter> {
    let gradient =
        |n: u64, from: u64| (0..n).map(|i| ((i * 7919 + from) % 1009) as f64 / 1009.0 - 0.5).collect();
    let all: [Vec<f64>; 3] = [gradient(10_007, 1), gradient(5, 2), gradient(1, 3)];
    params(&all.each_ref().map(|g| &g[..]), dtype)
}

#[test]
fn the_norm_of_long_gradients_is_torchs_to_the_last_bit() {
    // The norm, and the first and last gradient of all; powers come from the system's mathematics library.
    let rows = [
        (DType::F32, 2.0, 28.89200210571289, -0.006390464026480913, -0.006365079898387194, true),
        (DType::F32, 1.0, 2503.743896484375, -7.374289270956069e-05, -7.344996993197128e-05, true),
        (DType::F32, 3.0, 6.790331840515137, -0.027190612629055977, -0.02708260715007782, false),
        (DType::F32, 0.5, 22284338.0, -8.28533952557109e-09, -8.252428962407521e-09, false),
        (DType::F32, -1.0, 6.0820539147243835e-06, -0.4990089237689972, -0.4970267713069916, false),
        (DType::F32, f64::INFINITY, 0.5, -0.3692658543586731, -0.3677990734577179, true),
        (DType::F64, 2.0, 28.892004772105317, -0.006390463222030227, -0.0063650790582883005, true),
        (DType::F64, 1.0, 2503.7418235877058, -7.374294685025197e-05, -7.345002551221721e-05, true),
        (DType::F64, 3.0, 6.790336452745714, -0.027190592747738402, -0.027082586421034376, false),
        (DType::F64, f64::INFINITY, 0.5, -0.369265862062924, -0.3677990661858121, true),
    ];
    for threads in [1, 3] {
        tensor::set_num_threads(threads);
        for (dtype, norm_type, norm, first, last, exact) in rows {
            let p = long(dtype);
            let got = clip_grad_norm_with(&p, 0.37, ClipGradNormOptions { norm_type, ..Default::default() })
                .unwrap();
            let g = grads(&p);
            for (got, expected) in [(got, norm), (g[0], first), (g[g.len() - 1], last)] {
                let same = got == expected || (!exact && (got - expected).abs() <= 1e-6 * expected.abs());
                assert!(same, "{dtype} {norm_type}: {got:e}, torch has {expected:e}");
            }
        }
    }
}

#[test]
fn gradients_of_two_dtypes_are_measured_in_the_wider() {
    let both = [params(&[&[3.0]], DType::F32), params(&[&[4.0]], DType::F64)].concat();
    assert_eq!(clip_grad_norm_(&both, 1.0), 5.0);
    assert_eq!(grads(&both), [0.5999999046325684, 0.799999840000032]);
    assert_eq!(both[0].grad().unwrap().dtype(), DType::F32);
}

#[test]
#[should_panic(expected = "cannot compute the inf norm on an empty tensor")]
fn nothing_has_no_largest_gradient() {
    let options = ClipGradNormOptions { norm_type: f64::INFINITY, ..Default::default() };
    let _ = clip_grad_norm_with(&params(&[&[], &[1.0]], DType::F32), 1.0, options);
}

/// Several blocks, a broken one at the end; the sum's order does not depend on who adds it.
#[test]
fn a_long_gradient_has_the_same_norm_on_any_number_of_threads() {
    let n = 100_003;
    let x: Vec<f64> = (0..n).map(|i| (i as f64).sin()).collect();
    let expected = x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let norm = || clip_grad_norm_(&params(&[&x], DType::F64), 1e9);
    assert!((norm() - expected).abs() < 1e-9, "{}, {expected}", norm());
    same_on_any_number_of_threads(norm);
}
