mod iter;
mod state;
mod workers;

pub use iter::Iter;
pub use state::LoaderState;

use std::sync::Arc;

use crate::samplers::check_batch_size;
use crate::{
    BatchOf, BatchSampler, Dataset, RandomSampler, Result, Sampler, SequentialSampler, SharedGenerator,
};
use workers::Worker;

/// Batches of a dataset, as `torch.utils.data.DataLoader`, with its arguments and its draws.
///
/// ```
/// use datasets::{DataLoader, TensorDataset};
/// use tensor::{arange, manual_seed};
///
/// let data = TensorDataset::new(arange(0, 6, 1), arange(10, 16, 1));
/// let loader = DataLoader::new(&data).batch_size(4).shuffle(true);
/// assert_eq!(loader.len(), 2);
///
/// manual_seed(0);
/// let order: Vec<Vec<i64>> = loader.iter().map(|(x, _)| x.to_vec()).collect();
/// assert_eq!(order, [vec![0, 4, 3, 5], vec![2, 1]]); // torch's, from the same seed
///
/// for (x, y) in &loader {
///     assert_eq!(x.shape(), y.shape());
/// }
/// ```
///
/// Each iteration is an epoch. It draws a base seed from the generator, even without shuffling, and then
/// what the sampler draws. Whatever `num_workers` is, the batches are the same and come in the same
/// order; random transforms take their numbers from
/// [`random::with_generator`](crate::random::with_generator) to keep it so.
///
/// # Panics
/// As torch raises an error, on a batch size of 0, on shuffling an empty dataset, and on options that exclude
/// each other: a sampler and `shuffle`; a batch sampler and any of `batch_size`, `shuffle`, `sampler`,
/// `drop_last`. An empty dataset that is not shuffled has no batches.
pub struct DataLoader<'a, D: Dataset, B = BatchOf<D>> {
    dataset: &'a D,
    fetch: Arc<Fetch<D, B>>,
    batch_size: Option<usize>,
    shuffle: bool,
    drop_last: bool,
    sampler: Option<Arc<dyn Sampler>>,
    batch_sampler: Option<Arc<dyn Sampler<Vec<usize>>>>,
    generator: Option<SharedGenerator>,
    num_workers: usize,
    prefetch_factor: usize,
    spawn: Option<Box<dyn Fn() -> Worker<B> + Send + Sync>>,
}

type Fetch<D, B> = dyn Fn(&D, &[usize]) -> B + Send + Sync;

impl<'a, D: Dataset> DataLoader<'a, D> {
    /// One sample at a time, in order; the methods below change that.
    pub fn new(dataset: &'a D) -> Self {
        Self::fetching(dataset, Arc::new(|dataset: &D, indices: &[usize]| dataset.batch(indices)))
    }
}

impl<'a, D: Dataset, B> DataLoader<'a, D, B> {
    /// With another way than [`Collate`](crate::Collate) to make a batch of samples: torch's `collate_fn`.
    ///
    /// ```
    /// use datasets::DataLoader;
    /// let words = vec!["a".to_string(), "few".to_string(), "words".to_string()];
    /// let loader = DataLoader::with_collate(&words, |words: Vec<String>| words.join(" ")).batch_size(2);
    /// assert_eq!(loader.iter().collect::<Vec<_>>(), ["a few", "words"]);
    /// ```
    pub fn with_collate(
        dataset: &'a D,
        collate: impl Fn(Vec<D::Sample>) -> B + Send + Sync + 'static,
    ) -> Self {
        Self::fetching(
            dataset,
            Arc::new(move |dataset: &D, indices: &[usize]| collate(dataset.samples(indices))),
        )
    }

    fn fetching(dataset: &'a D, fetch: Arc<Fetch<D, B>>) -> Self {
        Self {
            dataset,
            fetch,
            batch_size: None,
            shuffle: false,
            drop_last: false,
            sampler: None,
            batch_sampler: None,
            generator: None,
            num_workers: 0,
            prefetch_factor: 2,
            spawn: None,
        }
    }

    /// Samples in a batch, default 1.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn batch_size(self, batch_size: usize) -> Self {
        check_batch_size(batch_size);
        Self { batch_size: Some(batch_size), ..self }
    }

    /// Whether each epoch has its own random order, by a [`RandomSampler`]. Default `false`.
    pub fn shuffle(self, shuffle: bool) -> Self {
        Self { shuffle, ..self }
    }

    /// Whether a last batch that is not full is left out. Default `false`.
    pub fn drop_last(self, drop_last: bool) -> Self {
        Self { drop_last, ..self }
    }

    /// Takes the order of the samples from here.
    pub fn sampler(self, sampler: impl Sampler + 'static) -> Self {
        Self { sampler: Some(Arc::new(sampler)), ..self }
    }

    /// Takes whole batches of indices from here.
    pub fn batch_sampler(self, batch_sampler: impl Sampler<Vec<usize>> + 'static) -> Self {
        Self { batch_sampler: Some(Arc::new(batch_sampler)), ..self }
    }

    /// Draws the base seed and the order from this generator, not from the default one.
    pub fn generator(self, generator: impl Into<SharedGenerator>) -> Self {
        Self { generator: Some(generator.into()), ..self }
    }

    /// How many batches each worker prepares ahead, default 2.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn prefetch_factor(self, prefetch_factor: usize) -> Self {
        assert!(prefetch_factor > 0, "DataLoader: prefetch_factor should be a positive integer value");
        Self { prefetch_factor, ..self }
    }

    /// Threads that make batches ahead of their use, default 0: batches are made when they are asked for.
    ///
    /// The threads own a clone of the dataset. Cloning this crate's datasets costs nothing; for one of your
    /// own that is costly to clone, load an `Arc` of it.
    pub fn num_workers(self, num_workers: usize) -> Self
    where
        D: Clone + Send + Sync + 'static,
        B: Send + 'static,
    {
        let (dataset, fetch) = (Arc::new(self.dataset.clone()), self.fetch.clone());
        let spawn = move || {
            let (dataset, fetch) = (dataset.clone(), fetch.clone());
            Worker::spawn(move |indices| fetch(&dataset, indices))
        };
        Self { num_workers, spawn: Some(Box::new(spawn)), ..self }
    }

    /// The number of batches in an epoch.
    #[track_caller]
    #[expect(clippy::len_without_is_empty, reason = "Python's len(loader)")]
    pub fn len(&self) -> usize {
        self.batches().len()
    }

    /// The dataset.
    pub fn dataset(&self) -> &'a D {
        self.dataset
    }

    /// A new epoch.
    #[track_caller]
    pub fn iter(&self) -> Iter<'_, D, B> {
        assert!(
            !self.shuffle || !self.dataset.is_empty(),
            "DataLoader: num_samples should be a positive integer value, but got num_samples=0: the dataset is empty"
        );
        Iter::new(self, self.batches())
    }

    /// The rest of the epoch that `state` was taken in: the same batches as there, with the same random
    /// numbers.
    ///
    /// A generator given to the loader goes back to its state too. The default generator is the caller's to
    /// save and restore, after [`Iter::state`] and before this.
    ///
    /// # Errors
    /// If the state holds indices outside the dataset, or differs from this loader in having a generator.
    pub fn resume(&self, state: &LoaderState) -> Result<Iter<'_, D, B>> {
        Iter::resume(self, state)
    }

    /// The order of batches that the options ask for.
    #[track_caller]
    fn batches(&self) -> Arc<dyn Sampler<Vec<usize>>> {
        if let Some(batches) = &self.batch_sampler {
            assert!(
                self.batch_size.is_none() && !self.shuffle && self.sampler.is_none() && !self.drop_last,
                "DataLoader: batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
            );
            return batches.clone();
        }
        assert!(
            self.sampler.is_none() || !self.shuffle,
            "DataLoader: sampler option is mutually exclusive with shuffle"
        );
        let n = self.dataset.len();
        let sampler: Box<dyn Sampler> = match (&self.sampler, &self.generator) {
            (Some(sampler), _) => Box::new(sampler.clone()),
            (None, _) if !self.shuffle => Box::new(SequentialSampler::new(n)),
            (None, None) => Box::new(RandomSampler::new(n)),
            (None, Some(generator)) => Box::new(RandomSampler::new(n).generator(generator.clone())),
        };
        Arc::new(BatchSampler::new(sampler, self.batch_size.unwrap_or(1), self.drop_last))
    }
}

impl<'l, D: Dataset, B> IntoIterator for &'l DataLoader<'_, D, B> {
    type Item = B;
    type IntoIter = Iter<'l, D, B>;

    #[track_caller]
    fn into_iter(self) -> Iter<'l, D, B> {
        self.iter()
    }
}
