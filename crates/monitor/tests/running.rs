//! Measures gathered batch by batch, against torchmetrics: `crates/testing/record/monitor/running.py` drew
//! the cases. torchmetrics divides and averages in float32, and takes the variance as the mean square less
//! the squared mean; we compute in float64, and keep off that difference.

use monitor::metrics::running::*;
use monitor::metrics::{Average, Averaging, Normalize, PerClass};
use tensor::{DType, Tensor};
use testing::{Case, Within, assert_close, recording, refusal};

/// Hands the measure every batch of the case.
fn each_batch(case: &Case, mut update: impl FnMut(Tensor, Tensor)) {
    let (preds, target, size) = (case.tensor("preds"), case.tensor("target"), case.size("batch"));
    for (preds, target) in preds.split(size, 0).into_iter().zip(target.split(size, 0)) {
        update(preds, target);
    }
}

fn options<A: Averaging>(average: A, case: &Case) -> ClassOptions<A> {
    ClassOptions {
        threshold: case.get_number("threshold").unwrap_or(0.5),
        top_k: case["top_k"].as_u64().map_or(1, |k| k as usize),
        ignore_index: case["ignore_index"].as_i64(),
        ..average.into()
    }
}

/// A measure of classes, of the average that the case names; forgetting and starting again changes nothing.
macro_rules! counted {
    ($case:expr, $Measure:ident) => {{
        let case = $case;
        let average = match case.text("average") {
            "binary" => Some(Average::Binary),
            "micro" => Some(Average::Micro),
            "macro" => Some(Average::Macro),
            "weighted" => Some(Average::Weighted),
            _ => None,
        };
        match average {
            Some(average) => {
                let mut measure = $Measure::with(case.size("classes"), options(average, case));
                each_batch(case, |preds, target| measure.update(preds, target));
                measure.reset();
                each_batch(case, |preds, target| measure.update(preds, target));
                Tensor::from(measure.compute())
            }
            None => {
                let mut measure = $Measure::with(case.size("classes"), options(PerClass, case));
                each_batch(case, |preds, target| measure.update(preds, target));
                Tensor::from(measure.compute())
            }
        }
    }};
}

/// A measure without settings.
macro_rules! gathered {
    ($case:expr, $measure:expr) => {{
        let mut measure = $measure;
        each_batch($case, |preds, target| measure.update(preds, target));
        measure.reset();
        each_batch($case, |preds, target| measure.update(preds, target));
        Tensor::from(measure.compute())
    }};
}

#[test]
fn every_measure_is_torchmetrics() {
    let recording = recording!("running");
    for case in recording.cases() {
        let got = match case.name() {
            "Accuracy" => counted!(case, Accuracy),
            "Precision" => counted!(case, Precision),
            "Recall" => counted!(case, Recall),
            "F1Score" => counted!(case, F1Score),
            "ConfusionMatrix" => {
                let normalize = case["normalize"].as_str().map(|by| match by {
                    "true" => Normalize::True,
                    "pred" => Normalize::Pred,
                    _ => Normalize::All,
                });
                gathered!(case, ConfusionMatrix::with(case.size("classes"), normalize))
            }
            "MeanSquaredError" => gathered!(case, MeanSquaredError::new()),
            "MeanAbsoluteError" => gathered!(case, MeanAbsoluteError::new()),
            "R2Score" => gathered!(case, R2Score::new()),
            "Perplexity" => gathered!(case, Perplexity::new(case["ignore_index"].as_i64())),
            "MeanMetric" => {
                let mut mean = MeanMetric::new();
                each_batch(case, |values, weights| {
                    for (value, weight) in values.to_vec::<f64>().into_iter().zip(weights.to_vec()) {
                        mean.update_weighted(value, weight);
                    }
                });
                Tensor::from(mean.compute())
            }
            name => panic!("{name}: a measure"),
        };
        let expected = case.tensor("measure");
        let within = Within::relative(if expected.dtype() == DType::F64 { 1e-11 } else { 4e-7 });
        assert_close(format!("{case:?}"), &got.to_dtype(DType::F64), &expected.to_dtype(DType::F64), within);
    }
    assert!(recording.cases().len() > 300, "{} cases", recording.cases().len());
}

#[test]
fn a_mean_is_weighted_and_shows_nan() {
    let mut mean = MeanMetric::new();
    assert!(mean.compute().is_nan());
    mean.update_weighted(Tensor::from([1.0f32, 3.0]), 2.0);
    mean.update(8.0);
    assert_eq!(mean.compute(), 16.0 / 5.0);
    mean.update(f64::NAN);
    assert!(mean.compute().is_nan());
}

#[test]
fn what_does_not_fit_is_named() {
    let mut accuracy = Accuracy::new(3);
    assert_eq!(accuracy.compute(), 0.0);
    assert_eq!(
        refusal(|| accuracy.clone().update([0i64, 1], [0i64, 3])),
        "target has the class 3, which is not one of 3 from 0 on"
    );
    assert_eq!(
        refusal(|| accuracy.clone().update([0i64, -1], [0i64, 1])),
        "preds has the class -1, which is not one of 3 from 0 on"
    );
    let words = refusal(|| accuracy.clone().update([[0.5f32, 0.5]], [0i64]));
    assert!(
        words.starts_with("preds [1, 2] of torch.float32 do not fit target [1] and 3 classes"),
        "{words}"
    );
    assert_eq!(
        refusal(|| accuracy.update([0i64, 1], [0.0f32, 1.0])),
        "target has torch.float32, but classes are integers"
    );
    let words = refusal(|| accuracy.clone().update([0.5f32, 0.25, 0.25], 0i64));
    assert!(words.starts_with("preds [3] of torch.float32 do not fit target []"), "{words}");
    assert_eq!(refusal(|| Accuracy::new(1)), "1 classes: there are at least two");
    assert_eq!(refusal(|| F1Score::with(3, Average::Binary)), "3 classes: Average::Binary is for two");
    let mut r2 = R2Score::new();
    r2.update([1.0], [2.0]);
    assert!(r2.compute().is_nan(), "of a single sample");
    assert_eq!(refusal(|| r2.update([[1.0, 2.0]], [[1.0, 2.0]])), "2 outputs, after batches of 1");
    assert_eq!(refusal(|| MeanSquaredError::new().update([f64::NAN], [1.0])), "Input contains NaN.");
}
