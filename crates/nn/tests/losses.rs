//! Losses and their gradients are torch's, under every option and reduction.

mod torch;

use autograd::Variable;
use nn::{
    BCELoss, BCELossOptions, BCEWithLogitsLoss, CTCLoss, CosineEmbeddingLoss, CrossEntropyLoss,
    CrossEntropyLossOptions, GaussianNLLLoss, HingeEmbeddingLoss, HuberLoss, HuberLossOptions, KLDivLoss,
    L1Loss, L1LossOptions, MSELoss, MSELossOptions, MarginRankingLoss, Module, MultiLabelMarginLoss,
    MultiLabelSoftMarginLoss, MultiMarginLoss, MultiMarginLossOptions, NLLLoss, NLLLossOptions, Options,
    PairwiseDistance, PoissonNLLLoss, Reduction, Registry, SmoothL1Loss, SmoothL1LossOptions, SoftMarginLoss,
    StateDict, TripletMarginLoss, TripletMarginLossOptions, TripletMarginWithDistanceLoss,
    TripletMarginWithDistanceLossOptions, Value,
};
use tensor::DType::{self, Bool, F32, F64, I64};
use tensor::Tensor;
use testing::{Case, assert_bits, ramp, recording, refusal};
use torch::assert_close;

/// The options that a case names.
fn options<O: Options>(case: &Case) -> O {
    let mut options = O::default();
    for &name in O::NAMES {
        let value = match case.get_tensor(name) {
            Some(tensor) => tensor.into(),
            None if case[name].is_null() => continue,
            None => Value::of(&case[name]),
        };
        options.set(name, &value).unwrap();
    }
    options
}

fn loss(case: &Case, x: &[Variable]) -> Variable {
    macro_rules! named {
        ($($loss:ident($($i:literal)*))*) => {
            match case.name() {
                $(stringify!($loss) => $loss::with(options(case)).forward($(&x[$i]),*),)*
                "TripletMarginWithDistanceLoss" => {
                    let distance = |x: &Variable, y: &Variable| PairwiseDistance::new().forward(x, y);
                    TripletMarginWithDistanceLoss::with(distance, options(case)).forward(&x[0], &x[1], &x[2])
                }
                other => panic!("no loss {other}"),
            }
        };
    }
    named! {
        BCELoss(0 1) BCEWithLogitsLoss(0 1) CosineEmbeddingLoss(0 1 2) CrossEntropyLoss(0 1) CTCLoss(0 1 2 3)
        GaussianNLLLoss(0 1 2) HingeEmbeddingLoss(0 1) HuberLoss(0 1) KLDivLoss(0 1) L1Loss(0 1)
        MarginRankingLoss(0 1 2) MSELoss(0 1) MultiLabelMarginLoss(0 1) MultiLabelSoftMarginLoss(0 1)
        MultiMarginLoss(0 1) NLLLoss(0 1) PoissonNLLLoss(0 1) SmoothL1Loss(0 1) SoftMarginLoss(0 1)
        TripletMarginLoss(0 1 2)
    }
}

/// What is torch's to the bit: losses whose steps are all rounded in a known order.
const BITS: [&str; 4] =
    ["HingeEmbeddingLoss", "MarginRankingLoss", "MultiLabelMarginLoss", "MultiMarginLoss"];

#[test]
fn every_loss_matches_torch() {
    for case in recording!("losses").cases() {
        let tensors = |kind: char| (0..4).map(move |i| case.get_tensor(&format!("{kind}{i}")));
        let x = tensors('x').map_while(|x| x).zip(tensors('d'));
        let x: Vec<_> = x.map(|(x, dx)| Variable::new(x).requires_grad_(dx.is_some())).collect();
        let what = format!("{case:?} of {:?}", x[0].shape());
        assert!(x[0].requires_grad(), "{what}");
        let compare = |what: &str, got: &Tensor, expected: &Tensor| match BITS.contains(&case.name()) {
            true => assert_bits(what, got, expected),
            false => assert_close(what, got, expected),
        };

        let y = loss(case, &x);
        compare(&what, &y.data(), &case.tensor("y"));
        y.backward_with(ramp(&y.data()));
        for (i, (x, expected)) in x.iter().zip(tensors('d')).enumerate() {
            let got = x.grad();
            assert_eq!(got.is_some(), expected.is_some(), "input {i} of {what}");
            if let (Some(got), Some(expected)) = (got, expected) {
                compare(&format!("input {i}'s gradient of {what}"), &got, &expected);
            }
        }
    }
}

#[test]
fn losses_print_as_torch() {
    let weight = Some(tensor::ones([3]));
    let ce = CrossEntropyLoss::with(CrossEntropyLossOptions {
        weight,
        label_smoothing: 0.1,
        ..Default::default()
    });
    assert_eq!(ce.to_string(), "CrossEntropyLoss()");
    assert_eq!(ce.state_dict().keys().collect::<Vec<_>>(), ["weight"]);
    assert_eq!(SmoothL1Loss::new().to_string(), "SmoothL1Loss()");
    assert_eq!(MSELoss::new().to_string(), "MSELoss()");
    assert_eq!(TripletMarginLoss::new().to_string(), "TripletMarginLoss()");
    let triplets = TripletMarginWithDistanceLoss::new();
    let expected = "TripletMarginWithDistanceLoss(\n  (distance_function): PairwiseDistance()\n)";
    assert_eq!(triplets.to_string(), expected);
    let weight = Some(tensor::ones([3]));
    let margin = MultiMarginLoss::with(MultiMarginLossOptions { weight, p: 2, ..Default::default() });
    assert_eq!(margin.to_string(), "MultiMarginLoss()");
    assert_eq!(margin.state_dict().keys().collect::<Vec<_>>(), ["weight"]);
}

/// One with torch's distance comes back from its description, one with a function of the program does not.
#[test]
fn a_distance_of_ones_own_is_not_in_a_file() {
    let (registry, state) = (Registry::new(), StateDict::new());
    let options = TripletMarginWithDistanceLossOptions { margin: 0.5, ..Default::default() };
    let own = TripletMarginWithDistanceLoss::with(|x, y| (x - y).abs().amax(-1, false), options);
    assert_eq!((own.to_string(), own.options()), ("TripletMarginWithDistanceLoss()".to_owned(), options));
    let error = registry.build_module(&own.architecture(), &state).unwrap_err().to_string();
    assert!(error.contains("its distance is a function of the program that saved it"), "{error}");
    let loss = TripletMarginWithDistanceLoss::new();
    let again = registry.build_module(&loss.architecture(), &state).unwrap();
    assert_eq!((again.architecture(), again.repr()), (loss.architecture(), loss.repr()));
    let margin = TripletMarginWithDistanceLossOptions { margin: 0.0, ..options };
    let got = refusal(|| TripletMarginWithDistanceLoss::with(|x, _| x.clone(), margin));
    assert_eq!(got, "TripletMarginWithDistanceLoss: expected margin to be greater than 0, got 0 instead");
}

#[test]
fn targets_of_another_dtype_are_promoted() {
    let x = Variable::new(Tensor::from([0.5f32, 1.0])).requires_grad_(true);
    let loss = MSELoss::new().forward(&x, &Tensor::from([0i64, 1]));
    assert_eq!((loss.item(), loss.dtype()), (0.125, F32));
    let loss = MSELoss::new().forward(&x, &Tensor::from([0.0f64, 1.0]));
    assert_eq!((loss.item(), loss.dtype()), (0.125, F64));
    loss.backward();
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), [0.5, 0.0]);
}

fn scores() -> Variable {
    Variable::new(tensor::zeros([2, 3]))
}

#[test]
#[should_panic(expected = "Target 3 is out of bounds. The input has 3 classes")]
fn a_label_beyond_the_classes_is_named() {
    CrossEntropyLoss::new().forward(&scores(), &Tensor::from([0i64, 3]));
}

#[test]
#[should_panic(expected = "Target -1 is out of bounds.")]
fn a_negative_label_is_named() {
    NLLLoss::new().forward(&scores(), &Tensor::from([0i64, -1]));
}

#[test]
#[should_panic(expected = "expected input batch_size (2) to match target batch_size (3)")]
fn batches_of_different_sizes_are_refused() {
    CrossEntropyLoss::new().forward(&scores(), &Tensor::from([0i64, 1, 1]));
}

#[test]
#[should_panic(expected = "expected target size [2], got [2, 2]")]
fn more_axes_of_labels_than_of_scores_are_refused() {
    CrossEntropyLoss::new().forward(&scores(), &Tensor::from([[0i64, 1], [1, 1]]));
}

#[test]
#[should_panic(
    expected = "should be defined either for all 3 classes or no classes but got weight tensor of shape: [4]"
)]
fn a_weight_for_other_classes_is_refused() {
    let weight = Some(tensor::ones([4]));
    CrossEntropyLoss::with(CrossEntropyLossOptions { weight, ..Default::default() })
        .forward(&scores(), &Tensor::from([0i64, 1]));
}

#[test]
#[should_panic(expected = "label_smoothing must be between 0.0 and 1.0. Got: 1.5")]
fn label_smoothing_is_a_share() {
    CrossEntropyLoss::with(CrossEntropyLossOptions { label_smoothing: 1.5, ..Default::default() });
}

#[test]
#[should_panic(
    expected = "bce_with_logits: the target's size [2, 1] must be the same as the input's size [2, 3]"
)]
fn binary_targets_of_another_shape_are_refused() {
    BCEWithLogitsLoss::new().forward(&scores(), &tensor::zeros([2, 1]));
}

/// Each with a part of the message: what torch refuses too.
#[test]
fn what_does_not_fit_a_loss_is_refused() {
    let x = |x: &[f32]| Variable::new(Tensor::from_vec(x.to_vec(), x.len()));
    let t = |x: &[f32]| Tensor::from_vec(x.to_vec(), x.len());
    let bce = |a: Variable, b: Tensor| BCELoss::new().forward(&a, &b);
    let logits = |a: Variable, b: Tensor| BCEWithLogitsLoss::new().forward(&a, &b);
    let ce = |a: Variable, b: Tensor| CrossEntropyLoss::new().forward(&a, &b);
    let nll = |a: Variable, b: Tensor| NLLLoss::new().forward(&a, &b);
    let weighted = |dtype| {
        let weight = Some(tensor::ones_dtype([3], dtype));
        CrossEntropyLoss::with(CrossEntropyLossOptions { weight, ..Default::default() })
    };
    let nan = f32::NAN;
    let to = |x: Tensor, dtype| x.to_dtype(dtype);
    let of_input = "all elements of input should be between 0 and 1";
    let of_target = "all elements of target should be between 0 and 1";
    type Row<'a> = (&'a str, Box<dyn Fn() -> Variable + 'a>);
    let rows: Vec<Row> = vec![
        (of_input, Box::new(|| bce(x(&[0.5, 1.5]), t(&[0.0, 1.0])))),
        (of_input, Box::new(|| bce(x(&[-0.5]), t(&[0.0])))),
        (of_input, Box::new(|| bce(x(&[nan]), t(&[0.0])))),
        (of_target, Box::new(|| bce(x(&[0.3]), t(&[2.0])))),
        (of_target, Box::new(|| bce(x(&[0.3]), t(&[-1.0])))),
        (of_target, Box::new(|| bce(x(&[0.3]), t(&[nan])))),
        (
            "found dtype torch.float64 but expected torch.float32",
            Box::new(|| bce(x(&[0.3]), to(t(&[1.0]), F64))),
        ),
        (
            "found dtype torch.int64 but expected torch.float32",
            Box::new(|| bce(x(&[0.3]), to(t(&[1.0]), I64))),
        ),
        (
            "not defined for torch.int64",
            Box::new(|| bce(Variable::new(to(t(&[1.0]), I64)), to(t(&[1.0]), I64))),
        ),
        ("must be the same as the input's size [2]", Box::new(|| bce(x(&[0.3, 0.3]), t(&[1.0])))),
        ("not defined for a target of torch.int64", Box::new(|| logits(x(&[0.3]), to(t(&[1.0]), I64)))),
        ("not defined for a target of torch.bool", Box::new(|| logits(x(&[0.3]), to(t(&[1.0]), Bool)))),
        (
            "not defined for an input of torch.int64",
            Box::new(|| logits(Variable::new(to(t(&[1.0]), I64)), t(&[1.0]))),
        ),
        ("to be int64 or uint8, but got torch.int32", Box::new(|| ce(scores(), Tensor::from([0i32, 1])))),
        ("to be int64 or uint8, but got torch.int32", Box::new(|| nll(scores(), Tensor::from([0i32, 1])))),
        ("to be int64 or uint8, but got torch.bool", Box::new(|| ce(scores(), Tensor::from([false, true])))),
        ("to be int64 or uint8, but got torch.float32", Box::new(|| nll(scores(), t(&[0.0, 1.0])))),
        (
            "expected scalar type torch.float32 but found torch.float64 for the weight",
            Box::new(|| weighted(F64).forward(&scores(), &Tensor::from([0i64, 1]))),
        ),
        (
            "expected scalar type torch.float32 but found torch.int64 for the weight",
            Box::new(|| weighted(I64).forward(&scores(), &Tensor::from([0i64, 1]))),
        ),
        (
            "expected a floating point type for a target with class probabilities, got torch.int64 [2, 3]",
            Box::new(|| ce(scores(), to(tensor::ones([2, 3]), I64))),
        ),
        (
            "must be a single class, but got target size [2]",
            Box::new(|| ce(x(&[1.0, 2.0, 3.0]), Tensor::from([1i64, 1]))),
        ),
        (
            "must be a single class, but got target size [1, 1]",
            Box::new(|| nll(x(&[1.0, 2.0, 3.0]), Tensor::from([[1i64]]))),
        ),
        (
            "out of bounds. The input has 0 classes",
            Box::new(|| nll(Variable::new(tensor::zeros([2, 0])), Tensor::from([0i64, 0]))),
        ),
        (
            "does not support negative values for beta, got NaN",
            Box::new(|| {
                SmoothL1Loss::with(SmoothL1LossOptions { beta: f64::NAN, ..Default::default() })
                    .forward(&x(&[1.0]), &t(&[0.0]))
            }),
        ),
        (
            "does not support non-positive values for delta, got -1",
            Box::new(|| {
                HuberLoss::with(HuberLossOptions { delta: -1.0, ..Default::default() })
                    .forward(&x(&[1.0]), &t(&[0.0]))
            }),
        ),
        (
            "not defined for an input of torch.int64",
            Box::new(|| HuberLoss::new().forward(&Variable::new(to(t(&[1.0]), I64)), &t(&[0.0]))),
        ),
        (
            "not defined for torch.int64",
            Box::new(|| MSELoss::new().forward(&Variable::new(to(t(&[1.0]), I64)), &to(t(&[1.0]), I64))),
        ),
        (
            "with a bool tensor is not supported",
            Box::new(|| L1Loss::new().forward(&x(&[1.0]), &to(t(&[1.0]), Bool))),
        ),
        (
            "could not infer output dtype",
            Box::new(|| L1Loss::new().forward(&Variable::new(to(t(&[1.0]), I64)), &to(t(&[1.0]), I64))),
        ),
    ];
    for (i, (expected, f)) in rows.iter().enumerate() {
        let message = refusal(f);
        assert!(message.contains(expected), "row {i}: {message:?}, not {expected:?}");
    }
}

/// Each with a part of torch's message.
#[test]
fn what_does_not_fit_a_loss_of_pairs_is_refused() {
    let x = |shape: &[usize]| Variable::new(tensor::ones(shape));
    let ctc = |log_p: &[usize], targets: &[i64], steps: i64, count: i64| {
        let one = |n: i64| Tensor::from([n]);
        let targets = to_i64(targets).unsqueeze(0);
        CTCLoss::new().forward(&x(log_p), &targets, &one(steps), &one(count))
    };
    let triplet = |margin| {
        let options = TripletMarginLossOptions { margin, ..Default::default() };
        TripletMarginLoss::with(options).forward(&x(&[2, 3]), &x(&[2, 3]), &x(&[3]))
    };
    let multi =
        |options, targets: &[i64]| MultiMarginLoss::with(options).forward(&x(&[2, 3]), &to_i64(targets));
    let weighted = |n| MultiMarginLossOptions { weight: Some(tensor::ones([n])), ..Default::default() };
    let labels = |targets: &[i64]| MultiLabelMarginLoss::new().forward(&x(&[3]), &to_i64(targets));
    let gaussian = |var: Tensor| GaussianNLLLoss::new().forward(&x(&[2, 3]), &x(&[2, 3]), &var);
    let cosine = |x1: &[usize], t: &[usize]| CosineEmbeddingLoss::new().forward(&x(x1), &x(x1), &x(t));
    type Row<'a> = (&'a str, Box<dyn Fn() -> Variable + 'a>);
    let rows: Vec<Row> = vec![
        ("Integral inputs not supported", Box::new(|| KLDivLoss::new().forward(&x(&[2]), &to_i64(&[0, 1])))),
        ("var has negative entry/entries", Box::new(|| gaussian(-tensor::ones([2, 3])))),
        ("var is of incorrect size", Box::new(|| gaussian(tensor::ones([3])))),
        ("var is of incorrect size", Box::new(|| gaussian(tensor::ones([1, 1])))),
        (
            "All input tensors should have same dimension but got sizes: input1: [2, 3], input2: [2, 3], target: [3]",
            Box::new(|| MarginRankingLoss::new().forward(&x(&[2, 3]), &x(&[2, 3]), &x(&[3]))),
        ),
        (
            "0D or 1D target tensor expected, multi-target not supported",
            Box::new(|| cosine(&[2, 3], &[2, 1])),
        ),
        ("1D target tensor expects 2D input tensors", Box::new(|| cosine(&[3], &[3]))),
        ("0D target tensor expects 1D input tensors", Box::new(|| cosine(&[2, 3], &[]))),
        ("TripletMarginLoss: expected margin to be greater than 0, got 0 instead", Box::new(|| triplet(0.0))),
        (
            "same number of dimensions, but got: anchor 2D, positive 2D, and negative 1D",
            Box::new(|| triplet(1.0)),
        ),
        (
            "only p == 1 and p == 2 supported",
            Box::new(|| multi(MultiMarginLossOptions { p: 3, ..Default::default() }, &[0, 1])),
        ),
        ("inconsistent weight size, expected 3 but got [4]", Box::new(|| multi(weighted(4), &[0, 1]))),
        (
            "Expected target size [2], but got [3]. Input has shape [2, 3].",
            Box::new(|| multi(weighted(3), &[0; 3])),
        ),
        ("target out of range", Box::new(|| multi(weighted(3), &[0, 3]))),
        ("target out of range", Box::new(|| multi(weighted(3), &[0, -1]))),
        ("inconsistent target size: [2] for input of size: [3]", Box::new(|| labels(&[0, 1]))),
        ("is out of range", Box::new(|| labels(&[0, 1, 3]))),
        ("is out of range", Box::new(|| labels(&[0, 1, -2]))),
        (
            "output with shape [3] doesn't match the broadcast shape [2, 3]",
            Box::new(|| SoftMarginLoss::new().forward(&x(&[3]), &x(&[2, 3]))),
        ),
        ("log_probs tensor must not be empty", Box::new(|| ctc(&[0, 1, 3], &[1], 0, 1))),
        ("Expected 3-dimensional tensor, but got 2-dimensional", Box::new(|| ctc(&[3], &[1], 0, 1))),
        (
            "Expected input_lengths to have value at most 5, but got value 6",
            Box::new(|| ctc(&[5, 1, 3], &[1], 6, 1)),
        ),
        (
            "Expected input_lengths to have value at least 0, but got value -1",
            Box::new(|| ctc(&[5, 3], &[1], -1, 1)),
        ),
        ("Expected target_lengths to have value at least 0", Box::new(|| ctc(&[5, 1, 3], &[1], 5, -1))),
        ("size at least 2 at dimension 1, but got size 1", Box::new(|| ctc(&[5, 1, 3], &[1], 5, 2))),
        ("target 3 of sample 0 is out of range", Box::new(|| ctc(&[5, 1, 3], &[3], 5, 1))),
        ("input_lengths must be of size batch_size", Box::new(|| ctc(&[5, 2, 3], &[1], 5, 1))),
    ];
    for (i, (expected, f)) in rows.iter().enumerate() {
        let message = refusal(f);
        assert!(message.contains(expected), "row {i}: {message:?}, not {expected:?}");
    }
}

/// The shapes and values torch gives for scores of a single sample, for empty batches, and where all is
/// ignored.
#[test]
fn unreduced_losses_and_empty_batches_have_torchs_shapes() {
    let single = Variable::new(Tensor::from([-1.0f32, -2.0, -3.0]));
    let empty = Variable::new(tensor::ones([0, 3]));
    let none = to_i64(&[]);
    let [class, row] = [Tensor::from(1i64), to_i64(&[1])];
    let [ignored, one_ignored] = [to_i64(&[-100, -100]), to_i64(&[-100])];
    let (nan, no) = (f64::NAN, Vec::new());
    type Row<'a> = (&'a Variable, &'a Tensor, Reduction, &'a [usize], Vec<f64>);
    let rows: [Row; 11] = [
        (&single, &class, Reduction::None, &[], vec![2.0]),
        (&single, &row, Reduction::None, &[], vec![2.0]),
        (&single, &one_ignored, Reduction::None, &[], vec![0.0]),
        (&single, &class, Reduction::Mean, &[], vec![2.0]),
        (&single, &row, Reduction::Sum, &[], vec![2.0]),
        (&empty, &none, Reduction::None, &[0], no),
        (&empty, &none, Reduction::Mean, &[], vec![nan]),
        (&empty, &none, Reduction::Sum, &[], vec![0.0]),
        (&scores(), &ignored, Reduction::None, &[2], vec![0.0, 0.0]),
        (&scores(), &ignored, Reduction::Mean, &[], vec![nan]),
        (&scores(), &ignored, Reduction::Sum, &[], vec![0.0]),
    ];
    for (x, target, reduction, shape, expected) in rows {
        let loss = NLLLoss::with(NLLLossOptions { reduction, ..Default::default() }).forward(x, target);
        assert_eq!(loss.shape(), shape, "{reduction:?} of {x}");
        let got = loss.data().to_dtype(F64).to_vec::<f64>();
        assert!(got.iter().zip(&expected).all(|(a, b)| a == b || a.is_nan() && b.is_nan()), "{got:?}");
        let loss = CrossEntropyLoss::with(CrossEntropyLossOptions { reduction, ..Default::default() });
        assert_eq!(loss.forward(x, target).shape(), shape, "{reduction:?} of {x}");
    }
    let bytes = Tensor::from([0u8, 255]);
    let options = NLLLossOptions { ignore_index: 255, reduction: Reduction::None, ..Default::default() };
    let loss = NLLLoss::with(options).forward(&Variable::new(tensor::ones([2, 3])), &bytes);
    assert_eq!(loss.data().to_vec::<f32>(), [-1.0, 0.0]);
    for reduction in [Reduction::Mean, Reduction::Sum] {
        let nothing = Variable::new(tensor::ones([0]));
        let all = [
            MSELoss::with(MSELossOptions { reduction }).forward(&nothing, &nothing),
            L1Loss::with(L1LossOptions { reduction }).forward(&nothing, &nothing),
            BCELoss::with(BCELossOptions { reduction, ..Default::default() }).forward(&nothing, &nothing),
        ];
        let right = |x: f64| if reduction == Reduction::Mean { x.is_nan() } else { x.to_bits() == 0 };
        assert!(all.iter().all(|loss| right(loss.item())), "{all:?}");
    }
}

fn to_i64(x: &[i64]) -> Tensor {
    Tensor::from_vec(x.to_vec(), x.len())
}

/// As torch has it: each part in its own dtype, and the result in that of them all, or of the target, or of
/// the input.
#[test]
fn losses_of_several_dtypes_have_torchs_dtype() {
    let x = || Variable::new(tensor::ones([2, 3]));
    let wide = || Variable::new(tensor::ones_dtype([2, 3], F64));
    let integers = || Variable::new(tensor::ones_dtype([2, 3], I64));
    let soft = |weight: DType, x: &Variable, t: &Variable| {
        let weight = Some(tensor::ones_dtype([3], weight));
        CrossEntropyLoss::with(CrossEntropyLossOptions { weight, ..Default::default() }).forward(x, t)
    };
    let logits = BCEWithLogitsLoss::new();
    let sum = L1LossOptions { reduction: Reduction::Sum };
    let rows = [
        (soft(F32, &x(), &wide()), F64, 3.295837),
        (soft(F32, &wide(), &x()), F64, 3.295837),
        (soft(F64, &x(), &x()), F64, 3.295837),
        (soft(I64, &x(), &x()), F32, 3.295837),
        (logits.forward(&x(), &wide()), F64, 0.3132617),
        (logits.forward(&wide(), &x()), F32, 0.3132617),
        (MSELoss::new().forward(&integers(), &x()), F32, 0.0),
        (SmoothL1Loss::new().forward(&x(), &integers()), F32, 0.0),
        (L1Loss::with(sum).forward(&integers(), &Variable::new(to_i64(&[3]))), I64, 12.0),
        (HuberLoss::new().forward(&x(), &wide()), F32, 0.0),
        (HuberLoss::new().forward(&wide(), &x()), F64, 0.0),
    ];
    for (i, (loss, dtype, value)) in rows.into_iter().enumerate() {
        assert_eq!(loss.dtype(), dtype, "row {i}");
        assert!((loss.item() - value).abs() < 1e-6, "row {i}: {loss}");
    }
}

#[test]
#[should_panic(expected = "does not support non-positive values for delta, got 0")]
fn huber_refuses_a_delta_of_zero() {
    HuberLoss::with(HuberLossOptions { delta: 0.0, ..Default::default() });
}
