use tensor::{DType, Tensor};

use super::input::{classes, label_pair};
use super::prf::{Average, Counts, averaged};

/// The settings of [`classification_report`].
#[derive(Clone, Debug)]
pub struct ReportOptions {
    /// Which labels, in which order; all that occur, in ascending order, if not given.
    pub labels: Option<Vec<i64>>,
    /// What the rows are called; the labels themselves if not given.
    pub target_names: Option<Vec<String>>,
    /// Digits behind the point; 2 by default.
    pub digits: usize,
    /// The score where there is nothing to divide by; 0 by default, as where scikit-learn only warns.
    pub zero_division: f64,
}

impl Default for ReportOptions {
    fn default() -> ReportOptions {
        ReportOptions { labels: None, target_names: None, digits: 2, zero_division: 0.0 }
    }
}

/// Precision, recall, F1 and the number of samples of each label, and their averages, as a table: character
/// for character scikit-learn's.
///
/// ```
/// use monitor::metrics::{ReportOptions, classification_report};
///
/// let target_names = Some(vec!["cat".into(), "dog".into()]);
/// let options = ReportOptions { target_names, ..Default::default() };
/// let report = classification_report([0i64, 0, 1, 1, 1], [0i64, 1, 1, 1, 0], options);
/// assert_eq!(report, "              precision    recall  f1-score   support
///
///          cat       0.50      0.50      0.50         2
///          dog       0.67      0.67      0.67         3
///
///     accuracy                           0.60         5
///    macro avg       0.58      0.58      0.58         5
/// weighted avg       0.60      0.60      0.60         5
/// ");
/// ```
///
/// # Panics
///
/// With scikit-learn's words, as all [`metrics`](crate::metrics); also if the names are not as many as the
/// labels that occur. If `labels` are given, and other than the names in number, that is a warning, and
/// rows without a name are left out.
#[track_caller]
pub fn classification_report(
    y_true: impl Into<Tensor>,
    y_pred: impl Into<Tensor>,
    options: ReportOptions,
) -> String {
    let (y_true, y_pred) = (y_true.into(), y_pred.into());
    let dtype = y_true.dtype().promote(y_pred.dtype());
    let [y_true, y_pred] = label_pair(&y_true, &y_pred);
    let present = classes(&[&y_true[..], &y_pred].concat());
    let given = options.labels.is_some();
    let name = |label: &i64| match dtype {
        DType::Bool if !given => if *label == 1 { "True" } else { "False" }.to_owned(),
        dtype if dtype.is_float() && !given => format!("{label}.0"),
        _ => label.to_string(),
    };
    let labels = options.labels.unwrap_or_else(|| present.clone());
    let names = options.target_names.unwrap_or_else(|| labels.iter().map(name).collect());
    let complete = present.iter().all(|label| labels.contains(label));
    if names.len() != labels.len() {
        let (n, m) = (labels.len(), names.len());
        assert!(
            given,
            "Number of classes, {n}, does not match size of target_names, {m}. Try specifying the labels parameter"
        );
        tensor::warn(&format!("labels size, {n}, does not match size of target_names, {m}"));
    }
    let counts = Counts::of(&y_true, &y_pred, &labels);
    let (digits, zero) = (options.digits, options.zero_division);
    let longest = names.iter().map(|name| name.chars().count()).max();
    let width = longest.unwrap_or(0).max("weighted avg".len()).max(digits);

    let line = |name: &str, scores: [String; 3], support: &str| {
        let [p, r, f] = scores;
        format!("{name:>width$}  {p:>9} {r:>9} {f:>9} {support:>9}\n")
    };
    let shown = |x: f64| if x.is_nan() { "nan".to_owned() } else { format!("{x:.digits$}") };
    let scores = |average: Option<Average>, counts: &[Counts]| {
        let score = |score: &dyn Fn(Counts) -> f64| shown(averaged(average, counts, score)[0]);
        [score(&|c| c.precision(zero)), score(&|c| c.recall(zero)), score(&|c| c.fscore(1.0, zero))]
    };
    // scikit-learn counts in floats if nothing at all is right.
    let any_right = y_true.iter().zip(&y_pred).any(|(t, p)| t == p);
    let support = |n: u64| if any_right { n.to_string() } else { format!("{n}.0") };
    let total = support(counts.iter().map(|c| c.actual).sum());

    let mut report = line("", ["precision", "recall", "f1-score"].map(str::to_owned), "support") + "\n";
    for (name, counts) in names.iter().zip(&counts) {
        report += &line(name, scores(None, &[*counts]), &support(counts.actual));
    }
    report += "\n";
    let [p, r, f] = scores(Some(Average::Micro), &counts);
    report += &match complete {
        true => line("accuracy", [String::new(), String::new(), f], &total),
        false => line("micro avg", [p, r, f], &total),
    };
    report += &line("macro avg", scores(Some(Average::Macro), &counts), &total);
    report += &line("weighted avg", scores(Some(Average::Weighted), &counts), &total);
    report
}
