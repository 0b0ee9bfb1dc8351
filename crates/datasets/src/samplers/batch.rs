use super::Sampler;

/// Another sampler's indices, some at a time, as `torch.utils.data.BatchSampler`.
///
/// ```
/// use datasets::{BatchSampler, Sampler, SequentialSampler};
/// let batches = BatchSampler::new(SequentialSampler::new(10), 4, false);
/// assert_eq!(batches.iter().last().unwrap(), [8, 9]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BatchSampler<S> {
    sampler: S,
    batch_size: usize,
    drop_last: bool,
}

impl<S: Sampler> BatchSampler<S> {
    /// `batch_size` at a time; a shorter last batch is left out if `drop_last`.
    ///
    /// # Panics
    /// If `batch_size` is 0.
    #[track_caller]
    pub fn new(sampler: S, batch_size: usize, drop_last: bool) -> Self {
        check_batch_size(batch_size);
        Self { sampler, batch_size, drop_last }
    }
}

impl<S: Sampler> Sampler<Vec<usize>> for BatchSampler<S> {
    fn iter(&self) -> Box<dyn Iterator<Item = Vec<usize>> + Send> {
        let Self { batch_size, drop_last, .. } = *self;
        let mut indices = self.sampler.iter().fuse();
        Box::new(std::iter::from_fn(move || {
            let batch: Vec<usize> = indices.by_ref().take(batch_size).collect();
            (batch.len() == batch_size || !drop_last && !batch.is_empty()).then_some(batch)
        }))
    }

    fn len(&self) -> usize {
        match self.drop_last {
            true => self.sampler.len() / self.batch_size,
            false => self.sampler.len().div_ceil(self.batch_size),
        }
    }
}

#[track_caller]
pub(crate) fn check_batch_size(batch_size: usize) {
    assert!(
        batch_size > 0,
        "DataLoader: batch_size should be a positive integer value, but got batch_size={batch_size}"
    );
}
