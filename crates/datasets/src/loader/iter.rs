use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use super::workers::Workers;
use super::{DataLoader, LoaderState};
use crate::generator::draw_seed;
use crate::random::{self, Place};
use crate::{Dataset, Error, Result, Sampler};

/// The batches of one epoch of a [`DataLoader`].
///
/// If the dataset, a transform or the collating function panics, `next` panics where that
/// batch would have come, with any number of workers. The call after it gives the batch after
/// it, as in torch after an exception.
pub struct Iter<'l, D: Dataset, B> {
    loader: &'l DataLoader<D, B>,
    /// Place of the next batch to be asked for, if everything queued has been.
    next: Place,
    next_batch: usize,
    queue: Queue,
    workers: Option<Workers<'l, Vec<usize>, B>>,
}

/// Where the indices of the coming batches are.
struct Queue {
    /// With the workers.
    given: VecDeque<Vec<usize>>,
    /// Known but not given to a worker: what a saved state held, or what was drawn for one.
    known: VecDeque<Vec<usize>>,
    source: Source,
    /// Batches that `source` has not produced yet.
    to_draw: usize,
}

enum Source {
    /// Not begun: the sampler draws when the first batch is asked for, after the base seed, as torch's does.
    Sampler(Arc<dyn Sampler<Vec<usize>>>),
    Begun(Box<dyn Iterator<Item = Vec<usize>> + Send>),
}

impl Queue {
    fn draw(&mut self) -> Option<Vec<usize>> {
        self.known.pop_front().or_else(|| self.draw_new())
    }

    fn draw_new(&mut self) -> Option<Vec<usize>> {
        if let Source::Sampler(sampler) = &self.source {
            self.source = Source::Begun(sampler.iter());
        }
        let Source::Begun(batches) = &mut self.source else { unreachable!("begun just above") };
        let batch = batches.next();
        self.to_draw = if batch.is_some() { self.to_draw.saturating_sub(1) } else { 0 };
        batch
    }
}

impl<'l, D: Dataset, B> Iter<'l, D, B> {
    pub(super) fn new(loader: &'l DataLoader<D, B>, batches: Arc<dyn Sampler<Vec<usize>>>) -> Self {
        let queue = Queue {
            given: VecDeque::new(),
            known: VecDeque::new(),
            to_draw: batches.len(),
            source: Source::Sampler(batches),
        };
        let base_seed = draw_seed(loader.generator.as_ref());
        Self::from_queue(loader, Place { base_seed, position: 0 }, 0, queue)
    }

    pub(super) fn resume(loader: &'l DataLoader<D, B>, state: &LoaderState) -> Result<Self> {
        let len = loader.dataset.len();
        if let Some(index) = state.remaining.iter().flatten().find(|&&index| index >= len) {
            return Err(Error::LoaderState(format!("index {index} is outside the dataset's {len} samples")));
        }
        match (&loader.generator, &state.generator) {
            (Some(generator), Some(state)) => {
                generator.with(|g| g.set_state(state)).map_err(|e| Error::LoaderState(e.to_string()))?;
            }
            (None, None) => {}
            (ours, _) => {
                let (has, lacks) = if ours.is_some() { ("loader", "state") } else { ("state", "loader") };
                return Err(Error::LoaderState(format!(
                    "the {has} has a generator and the {lacks} has none"
                )));
            }
        }
        let queue = Queue {
            given: VecDeque::new(),
            known: state.remaining.iter().cloned().collect(),
            to_draw: 0,
            source: Source::Begun(Box::new(std::iter::empty())),
        };
        let next = Place { base_seed: state.base_seed, position: state.next_sample };
        Ok(Self::from_queue(loader, next, state.next_batch, queue))
    }

    fn from_queue(loader: &'l DataLoader<D, B>, next: Place, next_batch: usize, queue: Queue) -> Self {
        let workers = loader.workers.filter(|_| loader.num_workers > 0).map(|make| make(loader));
        Self { loader, next, next_batch, queue, workers }
    }

    /// The position: enough to [resume](DataLoader::resume) the epoch with the batch that would come next.
    ///
    /// Draws the rest of the epoch's order, if the sampler has not yet; so save the state of
    /// the default generator after this.
    pub fn state(&mut self) -> LoaderState {
        while let Some(batch) = self.queue.draw_new() {
            self.queue.known.push_back(batch);
        }
        let Queue { given, known, .. } = &self.queue;
        let given_samples: usize = given.iter().map(Vec::len).sum();
        LoaderState {
            base_seed: self.next.base_seed,
            next_batch: self.next_batch,
            next_sample: self.next.position - given_samples,
            remaining: given.iter().chain(known).cloned().collect(),
            generator: self.loader.generator.as_ref().map(|g| g.with(|g| g.get_state())),
        }
    }

    /// Takes the next batch's indices and its place.
    fn take(&mut self) -> Option<(Vec<usize>, Place)> {
        let indices = self.queue.draw()?;
        let place = self.next;
        self.next.position += indices.len();
        Some((indices, place))
    }

    /// The part of a batch that this loader makes, and its place.
    #[track_caller]
    fn part(&self, mut indices: Vec<usize>, place: Place) -> (Vec<usize>, Place) {
        let Some(part) = &self.loader.part else { return (indices, place) };
        let (samples, part) = (indices.len(), part(indices.len()));
        assert!(
            part.start < part.end && part.end <= samples,
            "DataLoader: {part:?} is no part of a batch of {samples} samples; drop_last leaves out a last batch that \
             is too small to be shared"
        );
        indices.truncate(part.end);
        indices.drain(..part.start);
        (indices, Place { position: place.position + part.start, ..place })
    }
}

impl<D: Dataset, B> Iterator for Iter<'_, D, B> {
    type Item = B;

    fn next(&mut self) -> Option<B> {
        let batch = if let Some(mut workers) = self.workers.take() {
            let ahead = self.loader.num_workers * self.loader.prefetch_factor.unwrap_or(1);
            while self.queue.given.len() < ahead {
                let Some((indices, place)) = self.take() else { break };
                self.queue.given.push_back(indices.clone());
                workers.give(self.part(indices, place));
            }
            let workers = self.workers.insert(workers);
            self.queue.given.pop_front()?;
            workers.receive()
        } else {
            let (indices, place) = self.take()?;
            let (indices, place) = self.part(indices, place);
            random::in_batch(place, || self.loader.fetch(&indices))
        };
        self.next_batch += 1;
        Some(batch)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let Queue { given, known, to_draw, .. } = &self.queue;
        let left = given.len() + known.len() + to_draw;
        (left, Some(left))
    }
}

impl<D: Dataset, B> ExactSizeIterator for Iter<'_, D, B> {}

impl<D: Dataset, B> fmt::Debug for Iter<'_, D, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iter({} batches left of {:?})", self.len(), self.loader)
    }
}
