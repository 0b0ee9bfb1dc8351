use std::sync::Arc;

use crate::Collate;

/// Samples that come one after the other and cannot be asked for by number, as
/// `torch.utils.data.IterableDataset`: lines of a file that is too long for memory, what a program
/// measures, what a generator makes without end.
///
/// ```
/// use datasets::{IterableDataset, IterableLoader};
///
/// /// The numbers from `start` to `end`, in a file one a line.
/// struct Numbers {
///     text: String,
/// }
///
/// impl IterableDataset for Numbers {
///     type Sample = f32;
///     fn iter(&self) -> Box<dyn Iterator<Item = f32> + '_> {
///         Box::new(self.text.lines().map(|line| line.parse().unwrap()))
///     }
/// }
///
/// let numbers = Numbers { text: "1.5\n2.5\n3.5".to_string() };
/// let loader = IterableLoader::new(&numbers).batch_size(2);
/// let batches: Vec<Vec<f32>> = loader.iter().map(|x| x.to_vec()).collect();
/// assert_eq!(batches, [vec![1.5, 2.5], vec![3.5]]);
/// ```
///
/// Inside a loader [`random::with_generator`](crate::random::with_generator) lends each sample a generator of
/// its own, while the iterator makes it.
pub trait IterableDataset {
    /// One sample.
    type Sample: Collate;

    /// All samples, from the first on.
    fn iter(&self) -> Box<dyn Iterator<Item = Self::Sample> + '_>;
}

macro_rules! pointer {
    ($($t:ty),*) => {$(
        impl<D: IterableDataset + ?Sized> IterableDataset for $t {
            type Sample = D::Sample;

            fn iter(&self) -> Box<dyn Iterator<Item = D::Sample> + '_> {
                (**self).iter()
            }
        }
    )*};
}
pointer!(&D, Arc<D>, Box<D>);

/// Iterable datasets one after the other, as `torch.utils.data.ChainDataset`. (Datasets with numbers are put
/// together by [`ConcatDataset`](crate::ConcatDataset).)
///
/// ```
/// use datasets::{ChainDataset, IterableDataset};
///
/// struct Countdown(i64);
///
/// impl IterableDataset for Countdown {
///     type Sample = i64;
///     fn iter(&self) -> Box<dyn Iterator<Item = i64> + '_> {
///         Box::new((0..self.0).rev())
///     }
/// }
///
/// let all = ChainDataset::new([Countdown(2), Countdown(0), Countdown(3)]);
/// assert_eq!(all.iter().collect::<Vec<_>>(), [1, 0, 2, 1, 0]);
/// ```
#[derive(Clone, Debug)]
pub struct ChainDataset<D> {
    datasets: Vec<D>,
}

impl<D: IterableDataset> ChainDataset<D> {
    /// These datasets; different kinds go together as `Box<dyn IterableDataset<Sample = …>>`.
    pub fn new(datasets: impl IntoIterator<Item = D>) -> Self {
        Self { datasets: datasets.into_iter().collect() }
    }
}

impl<D: IterableDataset> IterableDataset for ChainDataset<D> {
    type Sample = D::Sample;

    fn iter(&self) -> Box<dyn Iterator<Item = D::Sample> + '_> {
        Box::new(self.datasets.iter().flat_map(D::iter))
    }
}
