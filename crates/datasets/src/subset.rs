use std::sync::Arc;

use crate::dataset::out_of_range;
use crate::{BatchOf, Dataset};

/// Some of a dataset's samples, in the order given, as `torch.utils.data.Subset`.
///
/// ```
/// use datasets::{Dataset, Subset};
/// let letters = vec!["a".to_string(), "b".to_string(), "c".to_string()];
/// let some = Subset::new(&letters, [2, 0]);
/// assert_eq!(some.batch(&[0, 1]), ["c", "a"]);
/// ```
#[derive(Clone, Debug)]
pub struct Subset<D> {
    dataset: D,
    indices: Arc<[usize]>,
}

impl<D: Dataset> Subset<D> {
    /// The samples with these numbers.
    ///
    /// # Panics
    /// If there is no such sample.
    #[track_caller]
    pub fn new(dataset: D, indices: impl IntoIterator<Item = usize>) -> Self {
        let indices: Arc<[usize]> = indices.into_iter().collect();
        let len = dataset.len();
        if let Some(&index) = indices.iter().find(|&&index| index >= len) {
            out_of_range(index, len);
        }
        Self { dataset, indices }
    }

    /// The dataset that this is a part of.
    pub fn dataset(&self) -> &D {
        &self.dataset
    }

    /// The numbers that the samples have there.
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }

    #[track_caller]
    fn index(&self, index: usize) -> usize {
        *self.indices.get(index).unwrap_or_else(|| out_of_range(index, self.indices.len()))
    }
}

impl<D: Dataset> Dataset for Subset<D> {
    type Sample = D::Sample;

    fn len(&self) -> usize {
        self.indices.len()
    }

    fn get(&self, index: usize) -> D::Sample {
        self.dataset.get(self.index(index))
    }

    fn batch(&self, indices: &[usize]) -> BatchOf<D> {
        self.dataset.batch(&indices.iter().map(|&index| self.index(index)).collect::<Vec<_>>())
    }
}
