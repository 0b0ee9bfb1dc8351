use tensor::{DType, Tensor};

use super::sums::sum;

/// How many tokens a language model hesitates between: `exp` of the mean negative log-likelihood of the
/// true ones, as torchmetrics' `Perplexity`.
///
/// `logits` are `[…, vocabulary]` and unnormalised, `targets` `[…]`; what equals `ignore_index` does not
/// count. NaN if nothing counts.
///
/// ```
/// use monitor::metrics::perplexity;
/// use tensor::Tensor;
///
/// let logits = tensor::zeros([2, 3, 5]); // no idea about five tokens
/// let targets = Tensor::from([[0i64, 4, -100], [1, 2, -100]]);
/// assert!((perplexity(&logits, &targets, Some(-100)) - 5.0).abs() < 1e-14);
/// ```
///
/// # Panics
///
/// If the shapes do not fit together, or a target is outside of the vocabulary.
#[track_caller]
pub fn perplexity(logits: impl Into<Tensor>, targets: impl Into<Tensor>, ignore_index: Option<i64>) -> f64 {
    let losses = token_losses(&logits.into(), &targets.into(), ignore_index);
    (sum(&losses) / losses.len() as f64).exp()
}

/// The negative log-likelihood of each target that counts.
#[track_caller]
pub(super) fn token_losses(logits: &Tensor, targets: &Tensor, ignore_index: Option<i64>) -> Vec<f64> {
    let (shape, of) = (logits.shape(), targets.shape());
    let fits = shape.split_last().is_some_and(|(vocabulary, rest)| rest == of && *vocabulary > 0);
    assert!(
        fits,
        "perplexity: logits [..., vocabulary] and targets [...] are expected: {shape:?} and {of:?}"
    );
    assert!(!targets.dtype().is_float(), "perplexity: targets are {}, not integers", targets.dtype());
    let vocabulary = *shape.last().expect("it was looked at");
    let logits: Vec<f64> = logits.to_dtype(DType::F64).to_vec();
    let targets: Vec<i64> = targets.to_dtype(DType::I64).to_vec();
    let counts = |target: &i64| Some(*target) != ignore_index;
    let known = |target: i64| usize::try_from(target).is_ok_and(|target| target < vocabulary);
    if let Some(target) = targets.iter().find(|target| counts(target) && !known(**target)) {
        panic!("perplexity: target {target} is not below {vocabulary}");
    }
    let rows = logits.chunks_exact(vocabulary).zip(&targets);
    let loss = |(row, target): (&[f64], &i64)| {
        let own = row[*target as usize];
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let exponentials: Vec<f64> = row.iter().map(|x| (x - largest).exp()).collect();
        sum(&exponentials).ln() - (own - largest)
    };
    rows.filter(|(_, target)| counts(target)).map(loss).collect()
}
