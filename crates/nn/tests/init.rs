//! Initialisers write what torch's write after the same seed, and leave the generator where torch's do.

use autograd::Variable;
use nn::init::{self, FanMode, KaimingOptions, Nonlinearity};
use tensor::{DType, Generator};
use testing::{Case, Within, alone, assert_bits, assert_close, recording};

fn initialise(case: &Case, w: &Variable) {
    let float = |name, default| case.get_number(name).unwrap_or(default);
    let gain = float("gain", 1.0);
    let kaiming = KaimingOptions {
        a: float("a", 0.0),
        mode: if case["mode"] == "fan_out" { FanMode::FanOut } else { FanMode::FanIn },
        nonlinearity: match case["nonlinearity"].as_str() {
            Some("relu") => Nonlinearity::ReLU,
            Some("tanh") => Nonlinearity::Tanh,
            _ => Nonlinearity::LeakyReLU,
        },
    };
    match case.name() {
        "uniform" => init::uniform(w, float("a", 0.0), float("b", 1.0)),
        "normal" => init::normal(w, float("mean", 0.0), float("std", 1.0)),
        "trunc_normal" => {
            init::trunc_normal(w, float("mean", 0.0), float("std", 1.0), float("a", -2.0), float("b", 2.0))
        }
        "constant" => init::constant(w, float("val", f64::NAN)),
        "ones" => init::ones(w),
        "zeros" => init::zeros(w),
        "eye" => init::eye(w),
        "dirac" => init::dirac_with(w, float("groups", 1.0) as usize),
        "xavier_uniform" => init::xavier_uniform_with(w, gain),
        "xavier_normal" => init::xavier_normal_with(w, gain),
        "kaiming_uniform" => init::kaiming_uniform_with(w, kaiming),
        "kaiming_normal" => init::kaiming_normal_with(w, kaiming),
        "orthogonal" => init::orthogonal_with(w, gain),
        "sparse" => init::sparse_with(w, float("sparsity", f64::NAN), float("std", 0.01)),
        other => panic!("no initialiser {other}"),
    }
}

/// How far the values may be from torch's: not at all, unless logarithms and cosines are in them.
fn tolerance(case: &Case, dtype: DType) -> Within {
    let ulp = if dtype == DType::F32 { 1.2e-7 } else { 2.3e-16 };
    match case.name() {
        "orthogonal" => Within::default().plus(20.0 * ulp), // LAPACK's f32 is that far from exact
        "normal" | "trunc_normal" | "xavier_normal" | "kaiming_normal" | "sparse" => {
            Within::relative(2.0 * ulp).plus(1e-8 * ulp)
        }
        _ => Within::default(),
    }
}

#[test]
fn every_initialiser_matches_torch() {
    let _alone = alone();
    for case in recording!("init").cases() {
        let expected = case.tensor("w");
        let what = format!("{case:?} of {:?}", expected.shape());
        let w = Variable::new(tensor::full_dtype(expected.shape(), 9.0, expected.dtype()));
        tensor::manual_seed(case["seed"].as_u64().unwrap());
        initialise(case, &w);
        assert_close(&what, &w.data(), &expected, tolerance(case, expected.dtype()));

        // The draws that follow are torch's too.
        let uniform = tensor::rand_dtype((), DType::F64);
        let normal = tensor::randn_dtype((), DType::F64);
        let after = case.tensor("after");
        assert_bits(format!("uniform after {what}"), &uniform, &after.select(0, 0));
        assert_close(format!("normal after {what}"), &normal, &after.select(0, 1), Within::relative(1e-15));
    }
}

#[test]
fn every_initialiser_draws_from_a_generator_in_use() {
    let _alone = alone();
    for case in recording!("init").cases() {
        let seed = case["seed"].as_u64().unwrap();
        let w = || Variable::new(case.tensor("w").zeros_like());
        let (by_default, explicit) = (w(), w());
        tensor::manual_seed(seed);
        initialise(case, &by_default);

        tensor::manual_seed(99);
        let mut g = Generator::new(seed);
        tensor::use_generator(&mut g, || initialise(case, &explicit));
        let what = format!("{case:?} with a generator");
        assert_eq!(by_default.data().bytes(), explicit.data().bytes(), "{what}");
        let (uniform, expected) = (g.rand((), DType::F64), case.tensor("after").select(0, 0));
        assert_bits(format!("uniform after {what}"), &uniform, &expected);
        assert_eq!(tensor::with_default_generator(|g| g.clone()), Generator::new(99), "{what}");
    }
}

#[test]
fn both_spellings_are_the_same() {
    let _alone = alone();
    let w = || Variable::new(tensor::zeros([5, 7]));
    for (old, new) in [
        (init::xavier_uniform as fn(&Variable), init::xavier_uniform_ as fn(&Variable)),
        (init::kaiming_normal, init::kaiming_normal_),
        (init::orthogonal, init::orthogonal_),
    ] {
        let (a, b) = (w(), w());
        tensor::manual_seed(2);
        old(&a);
        tensor::manual_seed(2);
        new(&b);
        assert_eq!(a.data().to_vec::<f32>(), b.data().to_vec::<f32>());
    }
}

#[test]
fn gains_are_torchs() {
    let gain = init::calculate_gain;
    assert_eq!(gain(Nonlinearity::Linear, None), 1.0);
    assert_eq!(gain(Nonlinearity::Sigmoid, None), 1.0);
    assert_eq!(gain(Nonlinearity::Tanh, None), 5.0 / 3.0);
    assert_eq!(gain(Nonlinearity::ReLU, None), 2f64.sqrt());
    assert_eq!(gain(Nonlinearity::LeakyReLU, None), (2.0 / (1.0 + 0.01f64.powi(2))).sqrt());
    assert_eq!(gain(Nonlinearity::LeakyReLU, Some(5f64.sqrt())), 0.5773502691896257);
    assert_eq!(gain(Nonlinearity::SELU, None), 0.75);
}

#[test]
fn orthogonal_columns_are_orthonormal_at_size() {
    let _alone = alone();
    for shape in [[200, 37], [37, 200], [64, 64]] {
        let w = Variable::new(tensor::zeros_dtype(shape, DType::F64));
        init::orthogonal(&w);
        let w = w.data();
        let square = if shape[0] < shape[1] { w.matmul(&w.t()) } else { w.t().matmul(&w) };
        let n = shape[0].min(shape[1]);
        assert!((square - tensor::eye(n).to_dtype(DType::F64)).abs().max().item() < 1e-14);
    }
}

#[test]
fn a_weight_without_elements_is_left_alone() {
    for f in [init::kaiming_uniform, init::xavier_normal, init::orthogonal] {
        f(&Variable::new(tensor::zeros([0, 3])));
    }
}

#[test]
#[should_panic(
    expected = "fan in and fan out can not be computed for tensor with fewer than 2 dimensions, got [3]"
)]
fn fans_need_two_axes() {
    init::xavier_uniform(&Variable::new(tensor::zeros([3])));
}

#[test]
#[should_panic(expected = "only tensors with 2 dimensions are supported, got [2, 3, 4]")]
fn eye_needs_a_matrix() {
    init::eye(&Variable::new(tensor::zeros([2, 3, 4])));
}

#[test]
#[should_panic(expected = "dim 0 of [3, 2, 1] must be divisible by groups (2)")]
fn dirac_groups_divide_the_channels() {
    init::dirac_with(&Variable::new(tensor::zeros([3, 2, 1])), 2);
}

#[test]
#[should_panic(expected = "expects to return a [from, to) range, but found from=1 > to=0")]
fn uniform_needs_ordered_bounds() {
    init::uniform(&Variable::new(tensor::zeros([3])), 1.0, 0.0);
}

#[test]
#[should_panic(expected = "expected float32 or float64, got torch.int64")]
fn integers_cannot_be_initialised() {
    init::normal(&Variable::new(tensor::zeros_dtype([3], DType::I64)), 0.0, 1.0);
}
