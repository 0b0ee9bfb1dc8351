use crate::generator::with_generator;
use crate::{Dataset, SharedGenerator, Subset};

/// Splits a dataset at random into parts of these lengths, as `torch.utils.data.random_split`.
///
/// The permutation comes from `generator`, or else from the default one. Parts that are to be loaded by
/// workers need a dataset that they can own: give `dataset.clone()`, or an `Arc` of it.
///
/// ```
/// use datasets::{random_split, SharedGenerator};
/// use tensor::Generator;
///
/// let g = SharedGenerator::from(Generator::new(42));
/// let numbers: Vec<i64> = (0..10).collect();
/// let parts = random_split(&numbers, [3, 7], Some(&g));
/// assert_eq!(parts[0].indices(), [2, 6, 1]); // torch's, from the same seed
/// ```
///
/// # Panics
/// If the lengths do not add up to the dataset's.
#[track_caller]
pub fn random_split<D: Dataset + Clone>(
    dataset: D,
    lengths: impl AsRef<[usize]>,
    generator: Option<&SharedGenerator>,
) -> Vec<Subset<D>> {
    let lengths = lengths.as_ref();
    assert!(
        lengths.iter().sum::<usize>() == dataset.len(),
        "random_split: Sum of input lengths does not equal the length of the input dataset: {lengths:?} of {}",
        dataset.len()
    );
    let mut order = with_generator(generator, |g| g.randperm(dataset.len())).into_iter().map(|i| i as usize);
    lengths.iter().map(|&n| Subset::new(dataset.clone(), order.by_ref().take(n))).collect()
}

/// Lengths for [`random_split`] from fractions that add up to 1: each rounded down, and what is left over
/// dealt out one by one from the first part on.
///
/// ```
/// assert_eq!(datasets::fractions(11, &[0.5, 0.3, 0.2]), [6, 3, 2]);
/// ```
///
/// # Panics
/// If a fraction is outside 0 to 1, or they do not add up to 1.
#[track_caller]
pub fn fractions(len: usize, fractions: &[f64]) -> Vec<usize> {
    let sum: f64 = fractions.iter().sum();
    assert!((1.0 - sum).abs() <= 1e-9 && sum <= 1.0, "fractions: expected a sum of 1, got {sum}");
    for (i, fraction) in fractions.iter().enumerate() {
        assert!((0.0..=1.0).contains(fraction), "fractions: Fraction at index {i} is not between 0 and 1");
    }
    let mut lengths: Vec<usize> = fractions.iter().map(|fraction| (len as f64 * fraction) as usize).collect();
    let (parts, left) = (lengths.len(), len - lengths.iter().sum::<usize>());
    (0..left).for_each(|i| lengths[i % parts] += 1);
    lengths
}
