use std::fmt;

use crate::{Collate, Dataset};

/// What a function makes of the samples of a dataset: [`Dataset::map`].
///
/// ```
/// use datasets::{Dataset, FakeData, FakeDataOptions, Subset};
/// use datasets::transforms::{ToTensor, Transform};
///
/// // A transform for one part of a split alone.
/// let data = FakeData::new(FakeDataOptions { image_size: [1, 4, 4], ..Default::default() }, ());
/// let train = Subset::new(data, 0..800).map(|(image, label)| (ToTensor.apply(image), label));
/// assert_eq!(train.get(3).0.shape(), [1, 4, 4]);
/// ```
#[derive(Clone, Copy)]
pub struct Mapped<D, F> {
    dataset: D,
    f: F,
}

impl<D, F> Mapped<D, F> {
    pub(crate) fn new(dataset: D, f: F) -> Self {
        Self { dataset, f }
    }

    /// The dataset that the samples come from.
    pub fn dataset(&self) -> &D {
        &self.dataset
    }
}

impl<D: Dataset, S: Collate, F: Fn(D::Sample) -> S> Dataset for Mapped<D, F> {
    type Sample = S;

    fn len(&self) -> usize {
        self.dataset.len()
    }

    fn get(&self, index: usize) -> S {
        (self.f)(self.dataset.get(index))
    }
}

impl<D: fmt::Debug, F> fmt::Debug for Mapped<D, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mapped({:?})", self.dataset)
    }
}
