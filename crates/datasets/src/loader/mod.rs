mod iter;
mod iterable;
mod state;
mod workers;

pub use iter::Iter;
pub use iterable::{IterableIter, IterableLoader};
pub use state::LoaderState;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::samplers::check_batch_size;
use crate::{
    BatchOf, BatchSampler, Dataset, RandomSampler, Result, Sampler, SequentialSampler, SharedGenerator,
};
use workers::{Ahead, SideBySide, Worker, Workers};

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
pub struct DataLoader<D: Dataset, B = BatchOf<D>> {
    dataset: Arc<D>,
    fetch: Arc<Fetch<D, B>>,
    batch_size: Option<usize>,
    shuffle: bool,
    drop_last: bool,
    sampler: Option<Arc<dyn Sampler>>,
    batch_sampler: Option<Arc<dyn Sampler<Vec<usize>>>>,
    generator: Option<SharedGenerator>,
    part: Option<Arc<Part>>,
    num_workers: usize,
    prefetch_factor: Option<usize>,
    /// Makes the workers of an epoch; known where `D` and `B` are known to be fit for threads.
    workers: Option<MakeWorkers<D, B>>,
}

type Fetch<D, B> = dyn Fn(&D, &[usize]) -> B + Send + Sync;
type Part = dyn Fn(usize) -> Range<usize> + Send + Sync;
type MakeWorkers<D, B> = for<'l> fn(&'l DataLoader<D, B>) -> Workers<'l, Vec<usize>, B>;

impl<D: Dataset> DataLoader<D> {
    /// One sample at a time, in order; the methods below change that. The loader takes the dataset itself or,
    /// as `&dataset`, borrows it.
    pub fn new(dataset: D) -> Self {
        Self::fetching(dataset, Arc::new(|dataset: &D, indices: &[usize]| dataset.batch(indices)))
    }
}

impl<D: Dataset, B> DataLoader<D, B> {
    /// With another way than [`default_collate`](crate::default_collate) to make a batch of samples: torch's
    /// `collate_fn`.
    ///
    /// ```
    /// use datasets::DataLoader;
    /// let words = vec!["a".to_string(), "few".to_string(), "words".to_string()];
    /// let loader = DataLoader::with_collate(&words, |words: Vec<String>| words.join(" ")).batch_size(2);
    /// assert_eq!(loader.iter().collect::<Vec<_>>(), ["a few", "words"]);
    /// ```
    #[doc(alias = "collate_fn")]
    pub fn with_collate(dataset: D, collate: impl Fn(Vec<D::Sample>) -> B + Send + Sync + 'static) -> Self {
        Self::fetching(
            dataset,
            Arc::new(move |dataset: &D, indices: &[usize]| collate(dataset.samples(indices))),
        )
    }

    fn fetching(dataset: D, fetch: Arc<Fetch<D, B>>) -> Self {
        Self {
            dataset: Arc::new(dataset),
            fetch,
            batch_size: None,
            shuffle: false,
            drop_last: false,
            sampler: None,
            batch_sampler: None,
            generator: None,
            part: None,
            num_workers: 0,
            prefetch_factor: None,
            workers: None,
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

    /// Makes only a part of each batch, the range that `part` gives for its number of samples: for one of
    /// several ranks that share the batches among them. Order, random numbers and [`state`](Iter::state) are
    /// those of the whole batches, so the parts together are what one loader makes.
    ///
    /// ```
    /// use datasets::DataLoader;
    ///
    /// let data: Vec<i64> = (0..7).collect();
    /// let second_half = DataLoader::new(&data).batch_size(4).part(|n| n / 2..n);
    /// let parts: Vec<Vec<i64>> = second_half.iter().map(|part| part.to_vec()).collect();
    /// assert_eq!(parts, [vec![2, 3], vec![5, 6]]);
    /// ```
    ///
    /// # Panics
    /// When a batch is asked for of which the part is empty, as that of a last batch with fewer samples than
    /// ranks, or no part.
    pub fn part(self, part: impl Fn(usize) -> Range<usize> + Send + Sync + 'static) -> Self {
        Self { part: Some(Arc::new(part)), ..self }
    }

    /// Threads that make batches, default 0: each batch is made when it is asked for.
    ///
    /// With more, so many batches are made at once, on as many threads, whenever the next one is not there
    /// yet. With a [`prefetch_factor`](DataLoader::prefetch_factor) they go on while the program works.
    pub fn num_workers(self, num_workers: usize) -> Self
    where
        D: Sync,
        B: Send,
    {
        let side_by_side: MakeWorkers<D, B> = |loader| {
            let (dataset, fetch) = (&*loader.dataset, &*loader.fetch);
            Workers::SideBySide(SideBySide::new(move |indices: Vec<usize>| fetch(dataset, &indices)))
        };
        let workers = if self.prefetch_factor.is_some() { self.workers } else { Some(side_by_side) };
        Self { num_workers, workers, ..self }
    }

    /// How many batches each worker makes ahead, while the program does something else. By default none,
    /// where torch has 2.
    ///
    /// Such threads outlive the call that starts them, so they cannot borrow: the loader has to own its
    /// dataset. A clone of one of this crate's shares its memory.
    ///
    /// ```
    /// use datasets::{DataLoader, TensorDataset};
    /// use tensor::rand;
    ///
    /// let data = TensorDataset::new(rand([10, 3]), rand([10]));
    /// let loader = DataLoader::new(data.clone()).batch_size(4).num_workers(2).prefetch_factor(2);
    /// assert_eq!(loader.iter().count(), 3);
    /// ```
    ///
    /// # Panics
    /// If it is 0; and, when an epoch begins, if there are no workers.
    #[track_caller]
    pub fn prefetch_factor(self, prefetch_factor: usize) -> Self
    where
        D: Send + Sync + 'static,
        B: Send + 'static,
    {
        assert!(prefetch_factor > 0, "DataLoader: prefetch_factor option should be a positive integer value");
        let ahead: MakeWorkers<D, B> = |loader| {
            let spawn = |_| {
                let (dataset, fetch) = (loader.dataset.clone(), loader.fetch.clone());
                Worker::spawn(move |indices: Vec<usize>| fetch(&dataset, &indices))
            };
            Workers::Ahead(Ahead::new((0..loader.num_workers).map(spawn)))
        };
        Self { prefetch_factor: Some(prefetch_factor), workers: Some(ahead), ..self }
    }

    /// The number of batches in an epoch.
    #[track_caller]
    #[expect(clippy::len_without_is_empty, reason = "Python's len(loader)")]
    pub fn len(&self) -> usize {
        self.batches().len()
    }

    /// The dataset.
    pub fn dataset(&self) -> &D {
        &self.dataset
    }

    fn fetch(&self, indices: &[usize]) -> B {
        (self.fetch)(&self.dataset, indices)
    }

    /// A new epoch.
    #[track_caller]
    pub fn iter(&self) -> Iter<'_, D, B> {
        assert!(
            !self.shuffle || !self.dataset.is_empty(),
            "DataLoader: num_samples should be a positive integer value, but got num_samples=0: the dataset is empty"
        );
        assert!(
            self.prefetch_factor.is_none() || self.num_workers > 0,
            "DataLoader: prefetch_factor option could only be specified in multiprocessing. \
             let num_workers > 0 to enable multiprocessing"
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

impl<'l, D: Dataset, B> IntoIterator for &'l DataLoader<D, B> {
    type Item = B;
    type IntoIter = Iter<'l, D, B>;

    #[track_caller]
    fn into_iter(self) -> Iter<'l, D, B> {
        self.iter()
    }
}

/// Shares the dataset.
impl<D: Dataset, B> Clone for DataLoader<D, B> {
    fn clone(&self) -> Self {
        Self {
            dataset: self.dataset.clone(),
            fetch: self.fetch.clone(),
            sampler: self.sampler.clone(),
            batch_sampler: self.batch_sampler.clone(),
            generator: self.generator.clone(),
            part: self.part.clone(),
            ..*self
        }
    }
}

/// The number of samples and the options.
impl<D: Dataset, B> fmt::Debug for DataLoader<D, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("DataLoader");
        f.field("samples", &self.dataset.len());
        if self.batch_sampler.is_none() {
            f.field("batch_size", &self.batch_size.unwrap_or(1)).field("shuffle", &self.shuffle);
            f.field("drop_last", &self.drop_last);
        }
        f.field("num_workers", &self.num_workers).finish_non_exhaustive()
    }
}
