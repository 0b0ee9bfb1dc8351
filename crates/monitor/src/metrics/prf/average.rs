use super::counts::Counts;
use crate::metrics::sums::{mean, sum, weighted};

/// How one number is made of the scores of several labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// The score of the label `pos_label`; there may be no more than two labels.
    Binary,
    /// The score of all samples counted together. With every label, precision, recall and F1 all are the
    /// accuracy.
    Micro,
    /// The mean over the labels.
    Macro,
    /// The mean over the labels, weighted by the true samples of each.
    Weighted,
}

/// scikit-learn's `average=None`: a score for each label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerClass;

/// What becomes of the scores of several labels: one number ([`Average`]) or one of each ([`PerClass`]).
pub trait Averaging: Copy + sealed::Sealed {
    /// `f64`, or `Vec<f64>` in the order of the labels.
    type Score;

    /// `None` for the scores as they are.
    #[doc(hidden)]
    fn average(self) -> Option<Average>;

    /// From the scores of every label, or from the one score of an average.
    #[doc(hidden)]
    fn finish(scores: Vec<f64>) -> Self::Score;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Average {}
    impl Sealed for super::PerClass {}
}

impl Averaging for Average {
    type Score = f64;

    fn average(self) -> Option<Average> {
        Some(self)
    }

    fn finish(scores: Vec<f64>) -> f64 {
        scores[0]
    }
}

impl Averaging for PerClass {
    type Score = Vec<f64>;

    fn average(self) -> Option<Average> {
        None
    }

    fn finish(scores: Vec<f64>) -> Vec<f64> {
        scores
    }
}

/// The scores of the labels, or the one that the average makes of them. NaN counts for nothing.
pub(crate) fn averaged(
    average: Option<Average>,
    counts: &[Counts],
    score: impl Fn(Counts) -> f64,
) -> Vec<f64> {
    let scores = || -> Vec<f64> { counts.iter().map(|c| score(*c)).collect() };
    match average {
        None => scores(),
        Some(Average::Micro) => vec![score(Counts::total(counts))],
        Some(Average::Binary | Average::Macro) => vec![mean_of_numbers(&scores())],
        Some(Average::Weighted) => {
            let pairs = counts.iter().zip(scores()).filter(|(_, score)| !score.is_nan());
            let (weights, scores): (Vec<f64>, Vec<f64>) =
                pairs.map(|(c, score)| (c.actual as f64, score)).unzip();
            vec![weighted(&scores, &weights).unwrap_or_else(|| mean(&scores))]
        }
    }
}

/// The mean of what is not NaN, in the order of `np.nanmean`.
fn mean_of_numbers(x: &[f64]) -> f64 {
    let n = x.iter().filter(|x| !x.is_nan()).count();
    let x: Vec<f64> = x.iter().map(|x| if x.is_nan() { 0.0 } else { *x }).collect();
    sum(&x) / n as f64
}
