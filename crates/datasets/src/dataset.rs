use std::sync::Arc;

use crate::{Collate, Mapped, random};

/// Samples that are asked for by number, as `torch.utils.data.Dataset`.
///
/// Two methods make a dataset; a loader does the rest:
///
/// ```
/// use datasets::{DataLoader, Dataset};
/// use tensor::Tensor;
///
/// struct Squares;
///
/// impl Dataset for Squares {
///     type Sample = (f32, f32);
///     fn len(&self) -> usize {
///         5
///     }
///     fn get(&self, index: usize) -> (f32, f32) {
///         let x = index as f32;
///         (x, x * x)
///     }
/// }
///
/// let (x, y) = DataLoader::new(&Squares).batch_size(3).iter().next().unwrap();
/// assert_eq!(x.to_vec::<f32>(), [0.0, 1.0, 2.0]);
/// assert_eq!(y.to_vec::<f32>(), [0.0, 1.0, 4.0]);
/// ```
///
/// A `Vec` of samples is a dataset too, and so are references, `Arc`s and boxes of datasets. This crate's
/// datasets have `iter()`, and `for` goes over a reference to one; [`Samples::new`](crate::Samples::new) goes
/// over any.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Dataset`",
    note = "an `IterableDataset` is loaded by `IterableLoader::new`"
)]
pub trait Dataset {
    /// One sample, for example `(Tensor, i64)`: an image and its label.
    type Sample: Collate;

    /// The number of samples.
    fn len(&self) -> usize;

    /// The sample with this number, from 0 to `len() - 1`.
    ///
    /// It is to be the same whenever it is asked for, except that it may draw random numbers through
    /// [`random::with_generator`].
    ///
    /// # Panics
    /// If there is no such sample.
    fn get(&self, index: usize) -> Self::Sample;

    /// Whether there are no samples.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The samples with these numbers as one batch. A dataset that can gather quicker than sample by sample
    /// overrides this, to the same result.
    ///
    /// # Panics
    /// If there is no such sample.
    fn batch(&self, indices: &[usize]) -> BatchOf<Self> {
        Collate::collate(self.samples(indices))
    }

    /// The samples with these numbers, each with its own random numbers.
    ///
    /// # Panics
    /// If there is no such sample.
    fn samples(&self, indices: &[usize]) -> Vec<Self::Sample> {
        let sample = |(k, &index)| random::in_sample(k, || self.get(index));
        indices.iter().enumerate().map(sample).collect()
    }

    /// The dataset of what `f` makes of each sample, when it is asked for.
    ///
    /// ```
    /// use datasets::Dataset;
    ///
    /// let halves = vec![1.0f32, 2.0, 3.0].map(|x| x / 2.0);
    /// assert_eq!((halves.len(), halves.get(2)), (3, 1.5));
    /// ```
    fn map<S: Collate, F: Fn(Self::Sample) -> S>(self, f: F) -> Mapped<Self, F>
    where
        Self: Sized,
    {
        Mapped::new(self, f)
    }
}

/// The type of a batch of a dataset's samples.
pub type BatchOf<D> = <<D as Dataset>::Sample as Collate>::Batch;

macro_rules! pointer {
    ($($t:ty),*) => {$(
        impl<D: Dataset + ?Sized> Dataset for $t {
            type Sample = D::Sample;

            fn len(&self) -> usize {
                (**self).len()
            }
            fn get(&self, index: usize) -> D::Sample {
                (**self).get(index)
            }
            fn batch(&self, indices: &[usize]) -> BatchOf<D> {
                (**self).batch(indices)
            }
        }
    )*};
}
pointer!(&D, Arc<D>, Box<D>);

impl<S: Collate + Clone> Dataset for Vec<S> {
    type Sample = S;

    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, index: usize) -> S {
        self[index].clone()
    }
}

#[cold]
#[track_caller]
pub(crate) fn out_of_range(index: usize, len: usize) -> ! {
    panic!("dataset: index {index} is out of range for {len} samples")
}
