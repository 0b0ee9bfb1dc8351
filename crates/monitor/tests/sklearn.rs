//! Every measure against scikit-learn: values, curves and reports, edge cases, refusals.
//!
//! `crates/testing/record/monitor/metrics.py` drew the cases. Sums are added in NumPy's order, so results
//! are equal to the bit; only what takes a logarithm or an exponential may differ in the last places.

use monitor::metrics::*;
use tensor::{DType, Tensor};
use testing::{Case, Json, Within, assert_bits, assert_close, recording, refusal};

/// A measure that takes labels or scores and the settings of the case, and gives tensors in order.
type Measure = fn(Tensor, Tensor, &Case) -> Vec<Tensor>;

const MEASURES: &[(&str, Measure)] = &[
    ("accuracy_score", |t, p, _| one(accuracy_score(t, p))),
    ("top_k_accuracy_score", |t, s, case| {
        one(top_k_accuracy_score(t, s, TopKOptions { k: case.size("k"), labels: labels(case) }))
    }),
    ("precision_recall_fscore_support", prf),
    ("confusion_matrix", |t, p, case| {
        let normalize = case["normalize"].as_str().map(|by| match by {
            "true" => Normalize::True,
            "pred" => Normalize::Pred,
            _ => Normalize::All,
        });
        vec![confusion_matrix(t, p, ConfusionMatrixOptions { labels: labels(case), normalize })]
    }),
    ("roc_curve", |t, s, case| {
        let options = RocCurveOptions {
            pos_label: case["pos_label"].as_i64(),
            drop_intermediate: case["drop_intermediate"].as_bool().unwrap_or(true),
        };
        let curve = roc_curve(t, s, options);
        [curve.fpr, curve.tpr, curve.thresholds].map(Tensor::from).into()
    }),
    ("precision_recall_curve", |t, s, case| {
        let options = PrecisionRecallOptions {
            pos_label: case["pos_label"].as_i64(),
            drop_intermediate: case["drop_intermediate"].as_bool().unwrap_or(false),
        };
        let curve = precision_recall_curve(t, s, options);
        [curve.precision, curve.recall, curve.thresholds].map(Tensor::from).into()
    }),
    ("roc_auc_score", |t, s, case| {
        let multi_class = match case["multi_class"].as_str() {
            Some("ovr") => MultiClass::Ovr,
            Some("ovo") => MultiClass::Ovo,
            _ => MultiClass::Raise,
        };
        let average = average(case).unwrap_or(Average::Macro);
        let max_fpr = case.get_number("max_fpr");
        one(roc_auc_score(t, s, RocAucOptions { average, max_fpr, multi_class, labels: labels(case) }))
    }),
    ("average_precision_score", |t, s, case| {
        let average = average(case).unwrap_or(Average::Macro);
        let pos_label = case["pos_label"].as_i64().unwrap_or(1);
        one(average_precision_score(t, s, AveragePrecisionOptions { average, pos_label }))
    }),
    ("auc", |x, y, _| one(auc(x, y))),
    ("log_loss", |t, p, case| one(log_loss(t, p, LogLossOptions { labels: labels(case) }))),
    ("brier_score_loss", |t, p, case| {
        let options = BrierOptions {
            pos_label: case["pos_label"].as_i64(),
            labels: labels(case),
            scale_by_half: case["scale_by_half"].as_bool(),
        };
        one(brier_score_loss(t, p, options))
    }),
    ("r2_score", |t, p, _| one(r2_score(t, p))),
    ("mean_squared_error", |t, p, _| one(mean_squared_error(t, p))),
    ("root_mean_squared_error", |t, p, _| one(root_mean_squared_error(t, p))),
    ("mean_absolute_error", |t, p, _| one(mean_absolute_error(t, p))),
    ("mean_absolute_percentage_error", |t, p, _| one(mean_absolute_percentage_error(t, p))),
    ("perplexity", |t, logits, case| one(perplexity(logits, t, case["ignore_index"].as_i64()))),
];

/// Refusals in which scikit-learn lets its inner workings speak, or names the same thing otherwise from
/// measure to measure: how its words begin, and ours.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("Unknown label type: ", "continuous format is not supported"),
    ("The type of the target inferred from y_true is continuous", "continuous format is not supported"),
    ("y type must be 'binary' or 'multiclass', got 'continuous'", "continuous format is not supported"),
    ("Input contains NaN.", "Input y_true contains NaN."),
    ("Input y contains NaN.", "Input y_true contains NaN."),
    (
        "operands could not be broadcast",
        "y_true contains values {2} not belonging to the passed labels [0, 1, 1].",
    ),
];

fn one(x: f64) -> Vec<Tensor> {
    vec![Tensor::from(x)]
}

fn labels(case: &Case) -> Option<Vec<i64>> {
    let labels = case["labels"].as_array()?;
    Some(labels.iter().map(|label| label.as_i64().expect("a label")).collect())
}

fn average(case: &Case) -> Option<Average> {
    Some(match case["average"].as_str()? {
        "binary" => Average::Binary,
        "micro" => Average::Micro,
        "macro" => Average::Macro,
        "weighted" => Average::Weighted,
        other => panic!("{other}: an average"),
    })
}

fn prf(t: Tensor, p: Tensor, case: &Case) -> Vec<Tensor> {
    fn options<A: Averaging>(average: A, case: &Case) -> PrfOptions<A> {
        PrfOptions {
            labels: labels(case),
            pos_label: case["pos_label"].as_i64().unwrap_or(1),
            zero_division: case.get_number("zero_division").unwrap_or(0.0),
            ..average.into()
        }
    }
    let beta = case.get_number("beta").unwrap_or(1.0);
    let Some(average) = average(case) else {
        let options = options(PerClass, case);
        let s = precision_recall_fscore_support(&t, &p, beta, options.clone());
        assert_eq!(bits(&precision_score(&t, &p, options.clone())), bits(&s.precision), "{case:?}");
        assert_eq!(bits(&recall_score(&t, &p, options.clone())), bits(&s.recall), "{case:?}");
        assert_eq!(bits(&fbeta_score(&t, &p, beta, options)), bits(&s.fscore), "{case:?}");
        let support = s.support.expect("of each label").into_iter().map(|n| n as f64).collect();
        return [s.precision, s.recall, s.fscore, support].map(Tensor::from).into();
    };
    let options = options(average, case);
    let s = precision_recall_fscore_support(&t, &p, beta, options.clone());
    assert_eq!(s.support, None);
    let single = [
        precision_score(&t, &p, options.clone()),
        recall_score(&t, &p, options.clone()),
        fbeta_score(&t, &p, beta, options),
    ];
    assert_eq!(bits(&single), bits(&[s.precision, s.recall, s.fscore]), "{case:?}");
    single.map(Tensor::from).into()
}

fn bits(x: &[f64]) -> Vec<u64> {
    x.iter().map(|x| x.to_bits()).collect()
}

fn report(t: Tensor, p: Tensor, case: &Case) -> String {
    let names = case["target_names"].as_array();
    let options = ReportOptions {
        labels: labels(case),
        target_names: names.map(|names| names.iter().filter_map(Json::as_str).map(str::to_owned).collect()),
        digits: case["digits"].as_u64().map_or(2, |n| n as usize),
        zero_division: case.get_number("zero_division").unwrap_or(0.0),
    };
    classification_report(t, p, options)
}

#[test]
fn every_measure_is_scikit_learns() {
    let (mut compared, mut refused) = (0, 0);
    for case in recording!("metrics").cases() {
        let (t, y) = (case.tensor("true"), case.tensor("y"));
        let words = case["refusal"].as_str();
        if case.name() == "classification_report" {
            match words {
                Some(words) => assert_eq!(refusal(|| report(t, y, case)), words, "{case:?}"),
                None => assert_eq!(report(t, y, case), case.text("text"), "{case:?}"),
            }
            continue;
        }
        let (_, measure) = MEASURES.iter().find(|(name, _)| *name == case.name()).expect("a measure");
        if let Some(words) = words {
            refused += 1;
            let words = words.replace("np.int64(2)", "2");
            let ours = refusal(|| measure(t, y, case));
            let other = OTHER_WORDS.iter().any(|(theirs, other)| words.starts_with(theirs) && ours == *other);
            assert!(ours == words || other, "{case:?}: {ours}");
            continue;
        }
        // scikit-learn computes in the dtype of the probabilities, we in float64.
        let close = Within::relative(if y.dtype() == DType::F32 { 1e-7 } else { 1e-15 });
        let got = measure(t, y, case);
        compared += got.len();
        for (i, got) in got.iter().enumerate() {
            let (what, expected) = (format!("{case:?} {i}"), case.tensor(&format!("is{i}")));
            match case.name() {
                "log_loss" | "perplexity" => assert_close(what, got, &expected, close),
                _ => assert_bits(what, got, &expected),
            }
        }
        assert_eq!(case.get_tensor(&format!("is{}", got.len())).map(|_| ()), None, "{case:?}");
    }
    assert!(compared > 3000 && refused > 200, "{compared} results, {refused} refusals");
}

#[test]
fn labels_and_scores_come_in_any_dtype_and_form() {
    let scores = Tensor::from([0.125f32, 0.5, 0.25, 0.75]);
    for dtype in DType::ALL {
        let labels = Tensor::from([0i64, 0, 1, 1]).to_dtype(dtype);
        assert_eq!(accuracy_score(&labels, [0i64, 1, 1, 1]), 0.75, "{dtype}");
        if dtype.is_float() {
            let scores = scores.to_dtype(dtype);
            assert_eq!(roc_auc_score(&labels, &scores, Default::default()), 0.75, "{dtype}");
            assert_eq!(
                mean_squared_error(&labels, &scores),
                (0.015625 + 0.25 + 0.5625 + 0.0625) / 4.0,
                "{dtype}"
            );
        }
    }
    let (labels, taken) = (vec![0u8, 3, 3], vec![3i32, 3, 3]);
    assert_eq!(accuracy_score(&labels[..], &taken[..]), 2.0 / 3.0);
    assert_eq!(f1_score(labels, taken, PerClass), [0.0, 0.8]);
    let strided = Tensor::from([[0i64, 9], [1, 9], [1, 9]]).select(1, 0);
    assert_eq!(accuracy_score(&strided, [0i64, 1, 0]), 2.0 / 3.0);
}

#[test]
fn what_has_no_words_in_scikit_learn_is_refused_or_undefined() {
    let empty = || Tensor::from(Vec::<f64>::new());
    let none = "Found array with 0 sample(s) (shape=(0,)) while a minimum of 1 is required.";
    assert_eq!(refusal(|| roc_curve(empty(), empty(), Default::default())), none);
    assert_eq!(refusal(|| precision_recall_curve(empty(), empty(), Default::default())), none);
    assert_eq!(refusal(|| average_precision_score(empty(), empty(), Default::default())), none);
    assert!(refusal(|| accuracy_score(1i64, 1i64)).contains("not a single number"));
    let above = format!("y_true has labels above {}", i64::MAX);
    assert_eq!(refusal(|| accuracy_score([u64::MAX], [1u64])), above);
    // One class, compared in pairs.
    let options = RocAucOptions {
        average: Average::Weighted,
        multi_class: MultiClass::Ovo,
        labels: Some(vec![0, 1, 2]),
        ..Default::default()
    };
    assert!(roc_auc_score([1i64, 1], [[0.5, 0.25, 0.25], [0.0, 0.5, 0.5]], options).is_nan());
    assert!(refusal(|| perplexity([[0.5, 0.5]], [2i64], None)).ends_with("target 2 is not below 2"));
    assert!(perplexity([[0.5, 0.5]], [1i64], Some(1)).is_nan());
}
