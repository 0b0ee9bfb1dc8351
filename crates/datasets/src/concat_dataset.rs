use crate::Dataset;
use crate::dataset::out_of_range;

/// Datasets one after the other, as `torch.utils.data.ConcatDataset`.
///
/// ```
/// use datasets::{ConcatDataset, Dataset};
/// let all = ConcatDataset::new([vec![1i64, 2], vec![], vec![3]]);
/// assert_eq!(all.len(), 3);
/// assert_eq!(all.get(2), 3);
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "chain")]
pub struct ConcatDataset<D> {
    datasets: Vec<D>,
    /// How many samples there are up to the end of each.
    ends: Vec<usize>,
}

impl<D: Dataset> ConcatDataset<D> {
    /// These datasets; different kinds go together as `Box<dyn Dataset<Sample = …>>`.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn new(datasets: impl IntoIterator<Item = D>) -> Self {
        let datasets: Vec<D> = datasets.into_iter().collect();
        assert!(!datasets.is_empty(), "ConcatDataset: datasets should not be an empty iterable");
        let mut end = 0;
        let add = |dataset: &D| {
            end += dataset.len();
            end
        };
        let ends = datasets.iter().map(add).collect();
        Self { datasets, ends }
    }
}

impl<D: Dataset> Dataset for ConcatDataset<D> {
    type Sample = D::Sample;

    fn len(&self) -> usize {
        *self.ends.last().expect("there is a dataset")
    }

    fn get(&self, index: usize) -> D::Sample {
        let at = self.ends.partition_point(|&end| end <= index);
        let Some(dataset) = self.datasets.get(at) else { out_of_range(index, self.len()) };
        dataset.get(index - if at == 0 { 0 } else { self.ends[at - 1] })
    }
}
