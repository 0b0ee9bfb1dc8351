use std::fmt;
use std::iter::Fuse;
use std::sync::Arc;

use super::workers::{SideBySide, Work, Workers};
use crate::generator::draw_seed;
use crate::random::{self, Place};
use crate::samplers::check_batch_size;
use crate::{Collate, IterableDataset, SharedGenerator};

/// Batches of an [`IterableDataset`]: torch's `DataLoader` of one.
///
/// ```
/// use datasets::{IterableDataset, IterableLoader};
///
/// struct Squares;
///
/// impl IterableDataset for Squares {
///     type Sample = (i64, i64);
///     fn iter(&self) -> Box<dyn Iterator<Item = (i64, i64)> + '_> {
///         Box::new((0..).map(|x| (x, x * x))) // without end
///     }
/// }
///
/// let loader = IterableLoader::new(Squares).batch_size(3);
/// let (x, y) = loader.iter().nth(1).unwrap();
/// assert_eq!((x.to_vec::<i64>(), y.to_vec::<i64>()), (vec![3, 4, 5], vec![9, 16, 25]));
/// ```
///
/// There is no sampler and no shuffling: samples come in the dataset's order, from one iterator for each
/// epoch. That is so with workers too. In torch every worker has an iterator of its own, so that samples come
/// as often as there are workers unless the dataset asks `get_worker_info` for its share; here nothing has to
/// be divided, and the batches do not depend on the number of workers.
#[doc(alias = "DataLoader")]
pub struct IterableLoader<D: IterableDataset, B = <<D as IterableDataset>::Sample as Collate>::Batch> {
    dataset: D,
    collate: Arc<CollateFn<D::Sample, B>>,
    batch_size: usize,
    drop_last: bool,
    generator: Option<SharedGenerator>,
    num_workers: usize,
    workers: Option<MakeWorkers<D, B>>,
}

type CollateFn<S, B> = dyn Fn(Vec<S>) -> B + Send + Sync;
type Samples<D> = Vec<<D as IterableDataset>::Sample>;
type MakeWorkers<D, B> = for<'l> fn(&'l IterableLoader<D, B>) -> Workers<'l, Samples<D>, B>;

impl<D: IterableDataset> IterableLoader<D> {
    /// One sample at a time; the methods below change that. The loader takes the dataset itself or, as
    /// `&dataset`, borrows it.
    pub fn new(dataset: D) -> Self {
        Self::with_collate(dataset, |samples| Collate::collate(samples))
    }
}

impl<D: IterableDataset, B> IterableLoader<D, B> {
    /// With another way than [`default_collate`](crate::default_collate) to make a batch of samples: torch's
    /// `collate_fn`.
    #[doc(alias = "collate_fn")]
    pub fn with_collate(dataset: D, collate: impl Fn(Vec<D::Sample>) -> B + Send + Sync + 'static) -> Self {
        let (collate, generator, workers) = (Arc::new(collate), None, None);
        Self { dataset, collate, batch_size: 1, drop_last: false, generator, num_workers: 0, workers }
    }

    /// Samples in a batch, default 1.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn batch_size(self, batch_size: usize) -> Self {
        check_batch_size(batch_size);
        Self { batch_size, ..self }
    }

    /// Whether a last batch that is not full is left out. Default `false`.
    pub fn drop_last(self, drop_last: bool) -> Self {
        Self { drop_last, ..self }
    }

    /// Draws the base seed from this generator, not from the default one.
    pub fn generator(self, generator: impl Into<SharedGenerator>) -> Self {
        Self { generator: Some(generator.into()), ..self }
    }

    /// Threads that make batches of the samples, default 0. The samples of so many batches are taken from the
    /// iterator, and then the batches are made at once; that pays if collating does the work.
    pub fn num_workers(self, num_workers: usize) -> Self
    where
        D::Sample: Send,
        B: Send,
    {
        let workers: MakeWorkers<D, B> = |loader| Workers::SideBySide(SideBySide::new(&*loader.collate));
        Self { num_workers, workers: Some(workers), ..self }
    }

    /// The dataset.
    pub fn dataset(&self) -> &D {
        &self.dataset
    }

    /// A new epoch.
    pub fn iter(&self) -> IterableIter<'_, D, B> {
        let base_seed = draw_seed(self.generator.as_ref());
        let workers = self.workers.filter(|_| self.num_workers > 0).map(|make| make(self));
        let next = Place { base_seed, position: 0 };
        IterableIter { loader: self, samples: self.dataset.iter().fuse(), next, under_way: 0, workers }
    }
}

impl<'l, D: IterableDataset, B> IntoIterator for &'l IterableLoader<D, B> {
    type Item = B;
    type IntoIter = IterableIter<'l, D, B>;

    fn into_iter(self) -> IterableIter<'l, D, B> {
        self.iter()
    }
}

impl<D: IterableDataset, B> fmt::Debug for IterableLoader<D, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("IterableLoader");
        f.field("batch_size", &self.batch_size).field("drop_last", &self.drop_last);
        f.field("num_workers", &self.num_workers).finish_non_exhaustive()
    }
}

/// The batches of one epoch of an [`IterableLoader`].
///
/// A panic of the dataset or of the collating function goes on in `next`.
pub struct IterableIter<'l, D: IterableDataset, B> {
    loader: &'l IterableLoader<D, B>,
    samples: Fuse<Box<dyn Iterator<Item = D::Sample> + 'l>>,
    /// Place of the next sample to be taken from the dataset.
    next: Place,
    /// Batches given to the workers.
    under_way: usize,
    workers: Option<Workers<'l, Samples<D>, B>>,
}

impl<D: IterableDataset, B> IterableIter<'_, D, B> {
    /// Takes the samples of the next batch.
    fn take(&mut self) -> Option<Work<Samples<D>>> {
        let (place, size) = (self.next, self.loader.batch_size);
        let sample = |k| random::in_batch(place, || random::in_sample(k, || self.samples.next()));
        let samples: Samples<D> = (0..size).map_while(sample).collect();
        self.next.position += samples.len();
        let enough = if self.loader.drop_last { size } else { 1 };
        (samples.len() >= enough).then_some((samples, place))
    }
}

impl<D: IterableDataset, B> Iterator for IterableIter<'_, D, B> {
    type Item = B;

    fn next(&mut self) -> Option<B> {
        let Some(mut workers) = self.workers.take() else {
            let (samples, place) = self.take()?;
            return Some(random::in_batch(place, || (self.loader.collate)(samples)));
        };
        while self.under_way < self.loader.num_workers {
            let Some(work) = self.take() else { break };
            self.under_way += 1;
            workers.give(work);
        }
        let workers = self.workers.insert(workers);
        self.under_way = self.under_way.checked_sub(1)?;
        Some(workers.receive())
    }
}

impl<D: IterableDataset, B> fmt::Debug for IterableIter<'_, D, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IterableIter({} samples taken of {:?})", self.next.position, self.loader)
    }
}
