use crate::generator::with_generator;
use crate::{Dataset, SharedGenerator, Subset};

/// Splits a dataset at random into parts, as `torch.utils.data.random_split`: of these lengths, or of these
/// fractions of the whole, which add up to 1.
///
/// A fraction's length is rounded down, and what is left over is dealt out one by one from the first part on.
/// The permutation comes from `generator`, or else from the default one. Each part has the dataset: a
/// reference, or a clone, which for this crate's datasets shares the memory.
///
/// ```
/// use datasets::{SharedGenerator, random_split};
/// use tensor::Generator;
///
/// let g = SharedGenerator::from(Generator::new(42));
/// let numbers: Vec<i64> = (0..10).collect();
/// let parts = random_split(&numbers, [3, 7], Some(&g));
/// assert_eq!(parts[0].indices(), [2, 6, 1]); // torch's, from the same seed
///
/// let [train, val, test] = random_split(&numbers, [0.5, 0.3, 0.2], None).try_into().unwrap();
/// assert_eq!([train, val, test].map(|part| part.indices().len()), [5, 3, 2]);
/// ```
///
/// # Panics
/// If lengths do not add up to the dataset's, a fraction is outside 0 to 1, or fractions do not add up to 1.
#[track_caller]
pub fn random_split<D: Dataset + Clone>(
    dataset: D,
    lengths: impl SplitLengths,
    generator: Option<&SharedGenerator>,
) -> Vec<Subset<D>> {
    let lengths = lengths.of(dataset.len());
    assert!(
        lengths.iter().sum::<usize>() == dataset.len(),
        "random_split: Sum of input lengths does not equal the length of the input dataset: {lengths:?} of {}",
        dataset.len()
    );
    let mut order = with_generator(generator, |g| g.randperm(dataset.len())).into_iter().map(|i| i as usize);
    lengths.iter().map(|&n| Subset::new(dataset.clone(), order.by_ref().take(n))).collect()
}

/// Lengths of parts, or fractions: an array, a slice or a `Vec` of `usize` or of `f64`.
pub trait SplitLengths {
    /// The lengths of the parts of so many samples.
    #[track_caller]
    fn of(&self, len: usize) -> Vec<usize>;
}

impl SplitLengths for [usize] {
    fn of(&self, _: usize) -> Vec<usize> {
        self.to_vec()
    }
}

impl SplitLengths for [f64] {
    fn of(&self, len: usize) -> Vec<usize> {
        let sum: f64 = self.iter().sum();
        assert!(
            (1.0 - sum).abs() <= 1e-9 && sum <= 1.0,
            "random_split: Sum of input lengths does not equal the length of the input dataset: \
             fractions {self:?}, which add up to {sum}"
        );
        for (i, fraction) in self.iter().enumerate() {
            let fits = (0.0..=1.0).contains(fraction);
            assert!(fits, "random_split: Fraction at index {i} is not between 0 and 1");
        }
        let mut lengths: Vec<usize> = self.iter().map(|fraction| (len as f64 * fraction) as usize).collect();
        let (parts, left) = (lengths.len(), len - lengths.iter().sum::<usize>());
        (0..left).for_each(|i| lengths[i % parts] += 1);
        lengths
    }
}

macro_rules! lists {
    ($($t:ty),*) => {$(
        impl<const N: usize> SplitLengths for [$t; N] {
            fn of(&self, len: usize) -> Vec<usize> {
                self[..].of(len)
            }
        }
        impl SplitLengths for Vec<$t> {
            fn of(&self, len: usize) -> Vec<usize> {
                self[..].of(len)
            }
        }
    )*};
}
lists!(usize, f64);

impl<T: SplitLengths + ?Sized> SplitLengths for &T {
    fn of(&self, len: usize) -> Vec<usize> {
        (**self).of(len)
    }
}
