//! Losses and their gradients are torch's, under every option and reduction.

mod torch;

use autograd::Variable;
use nn::{
    BCELoss, BCELossConfig, BCEWithLogitsLoss, BCEWithLogitsLossConfig, CrossEntropyLoss,
    CrossEntropyLossConfig, HuberLoss, HuberLossConfig, L1Loss, MSELoss, Module, NLLLoss, NLLLossConfig,
    Reduction, SmoothL1Loss, SmoothL1LossConfig,
};
use serde_json::Value;
use tensor::Tensor;
use torch::{assert_close, cases, option, ramp, tensor, values};

fn loss(case: &Value, reduction: Reduction, x: &Variable, t: &Variable) -> Variable {
    let weight_named = |name: &str| case["options"].get(name).map(tensor);
    let weight = weight_named("weight");
    let ignore_index = option(case, "ignore_index", -100.0) as i64;
    match case["loss"].as_str().unwrap() {
        "MSELoss" => MSELoss::with(reduction).forward(x, t),
        "L1Loss" => L1Loss::with(reduction).forward(x, t),
        "SmoothL1Loss" => {
            SmoothL1Loss::with(SmoothL1LossConfig { beta: option(case, "beta", 1.0), reduction })
                .forward(x, t)
        }
        "HuberLoss" => {
            HuberLoss::with(HuberLossConfig { delta: option(case, "delta", 1.0), reduction }).forward(x, t)
        }
        "BCELoss" => BCELoss::with(BCELossConfig { weight, reduction }).forward(x, t),
        "BCEWithLogitsLoss" => {
            let pos_weight = weight_named("pos_weight");
            BCEWithLogitsLoss::with(BCEWithLogitsLossConfig { weight, pos_weight, reduction }).forward(x, t)
        }
        "NLLLoss" => NLLLoss::with(NLLLossConfig { weight, ignore_index, reduction }).forward(x, t),
        "CrossEntropyLoss" => {
            let label_smoothing = option(case, "label_smoothing", 0.0);
            CrossEntropyLoss::with(CrossEntropyLossConfig {
                weight,
                ignore_index,
                reduction,
                label_smoothing,
            })
            .forward(x, t)
        }
        other => panic!("no loss {other}"),
    }
}

#[test]
fn every_loss_matches_torch() {
    for (i, case) in cases("losses").iter().enumerate() {
        for (name, reduction) in
            [("none", Reduction::None), ("mean", Reduction::Mean), ("sum", Reduction::Sum)]
        {
            let options: Vec<_> = case["options"].as_object().unwrap().keys().collect();
            let what = format!("case {i}: {} {options:?} {name} of {}", case["loss"], case["x"]["shape"]);
            let expected = &case[name];
            let x = Variable::new(tensor(&case["x"])).requires_grad_(true);
            let target = Variable::new(tensor(&case["target"]));
            let target = if expected.get("dtarget").is_some() { target.requires_grad_(true) } else { target };

            let y = loss(case, reduction, &x, &target);
            assert_close(&what, &y.data(), &tensor(&expected["y"]));
            y.backward_with(ramp(&y.data()));
            let gradient_of = |name: &str, v: &Variable| values(&expected[name], v.shape(), v.dtype());
            assert_close(&format!("gradient of {what}"), &x.grad().unwrap(), &gradient_of("dx", &x));
            if let Some(dtarget) = target.grad() {
                assert_close(
                    &format!("target's gradient of {what}"),
                    &dtarget,
                    &gradient_of("dtarget", &target),
                );
            }
        }
    }
}

#[test]
fn losses_print_as_torch() {
    let weight = Some(tensor::ones([3]));
    let ce =
        CrossEntropyLoss::with(CrossEntropyLossConfig { weight, label_smoothing: 0.1, ..Default::default() });
    assert_eq!(ce.to_string(), "CrossEntropyLoss()");
    assert_eq!(ce.state_dict().keys().collect::<Vec<_>>(), ["weight"]);
    assert_eq!(SmoothL1Loss::new().to_string(), "SmoothL1Loss()");
    assert_eq!(MSELoss::new().to_string(), "MSELoss()");
}

#[test]
fn targets_of_another_dtype_are_promoted() {
    let x = Variable::new(Tensor::from([0.5f32, 1.0])).requires_grad_(true);
    let loss = MSELoss::new().forward(&x, &Tensor::from([0i64, 1]));
    assert_eq!((loss.item(), loss.dtype()), (0.125, tensor::DType::F32));
    let loss = MSELoss::new().forward(&x, &Tensor::from([0.0f64, 1.0]));
    assert_eq!((loss.item(), loss.dtype()), (0.125, tensor::DType::F64));
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
    CrossEntropyLoss::with(CrossEntropyLossConfig { weight, ..Default::default() })
        .forward(&scores(), &Tensor::from([0i64, 1]));
}

#[test]
#[should_panic(expected = "label_smoothing must be between 0.0 and 1.0. Got: 1.5")]
fn label_smoothing_is_a_share() {
    CrossEntropyLoss::with(CrossEntropyLossConfig { label_smoothing: 1.5, ..Default::default() });
}

#[test]
#[should_panic(
    expected = "bce_with_logits: the target's size [2, 1] must be the same as the input's size [2, 3]"
)]
fn binary_targets_of_another_shape_are_refused() {
    BCEWithLogitsLoss::new().forward(&scores(), &tensor::zeros([2, 1]));
}

#[test]
#[should_panic(expected = "all elements of input should be between 0 and 1")]
fn bce_refuses_what_is_no_probability() {
    BCELoss::new().forward(&Variable::new(Tensor::from([0.5f32, 1.5])), &Tensor::from([0.0f32, 1.0]));
}

#[test]
#[should_panic(expected = "does not support non-positive values for delta, got 0")]
fn huber_refuses_a_delta_of_zero() {
    HuberLoss::with(HuberLossConfig { delta: 0.0, ..Default::default() });
}
