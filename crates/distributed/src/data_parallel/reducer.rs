use std::ops::Add;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use autograd::HookHandle;
use nn::Parameter;
use tensor::Tensor;

use super::DataParallelOptions;
use super::buckets::Bucket;
use super::nodes::Nodes;
use super::worker::{Jobs, Pending};

/// Sums the gradients over the ranks, bucket by bucket: the first ones while the backward pass is still on
/// its way.
///
/// Buckets leave in their order, the same on all ranks, each as soon as all its gradients are finished.
pub(super) struct Reducer {
    shared: Arc<Shared>,
    /// The hooks on the finished gradients.
    hooks: Vec<HookHandle>,
}

struct Shared {
    shards: usize,
    /// Whether buckets leave before the end of the pass.
    early: bool,
    buckets: Vec<Bucket>,
    /// The bucket of each parameter.
    bucket_of: Vec<usize>,
    jobs: Jobs,
    round: Mutex<Option<Round>>,
}

/// The last shard's turn.
struct Round {
    shard: usize,
    /// What the shards before came to, by bucket.
    before: Vec<Nodes<Tensor>>,
    finished: Vec<bool>,
    /// How many gradients are still to come, by bucket.
    missing: Vec<usize>,
    sent: Vec<Pending<Tensor>>,
    /// A parameter whose gradient grew after it had been sent.
    late: Option<usize>,
}

impl Reducer {
    /// With `owners` the sums go only to the rank, of so many, that updates the parameter.
    pub(super) fn new(
        parameters: &[Parameter],
        options: &DataParallelOptions,
        owners: Option<(&[usize], usize)>,
        jobs: Jobs,
    ) -> Reducer {
        let &DataParallelOptions { shards, bucket_bytes, overlap: early, .. } = options;
        let mut buckets = Bucket::fill(parameters, bucket_bytes);
        if let Some((owners, ranks)) = owners {
            buckets.iter_mut().for_each(|bucket| bucket.divide(owners, ranks));
        }
        let mut bucket_of = vec![0; parameters.len()];
        for (number, bucket) in buckets.iter().enumerate() {
            bucket.places().for_each(|place| bucket_of[place] = number);
        }
        let shared = Arc::new(Shared { shards, early, buckets, bucket_of, jobs, round: Mutex::new(None) });
        let hook = |(place, parameter): (usize, &Parameter)| {
            let shared = shared.clone();
            parameter.register_post_accumulate_grad_hook(move |_| shared.finish(place))
        };
        // Without them the order of sums within a gradient may be another: also where nothing leaves early.
        let watched = if shards > 1 { parameters } else { &[] };
        let hooks = watched.iter().enumerate().map(hook).collect();
        Reducer { shared, hooks }
    }

    pub(super) fn buckets(&self) -> &[Bucket] {
        &self.shared.buckets
    }

    /// Sums of shards, none yet, for each bucket.
    pub(super) fn empty(&self) -> Vec<Nodes<Tensor>> {
        self.shared.buckets.iter().map(|_| Nodes::new(self.shared.shards)).collect()
    }

    /// The backward pass of the rank's last shard begins: from now on buckets leave.
    pub(super) fn open(&self, shard: usize, before: Vec<Nodes<Tensor>>) {
        let missing = self.shared.buckets.iter().map(|bucket| bucket.places().count()).collect();
        let finished = vec![false; self.shared.bucket_of.len()];
        let round = Round { shard, before, finished, missing, sent: Vec::new(), late: None };
        *self.shared.round() = Some(round);
    }

    /// The pass is over: the other buckets leave, too. Gives the sums to come, or the place of a parameter
    /// whose gradient was sent too early.
    pub(super) fn close(&self) -> Result<Vec<Pending<Tensor>>, usize> {
        let mut round = self.shared.round().take().expect("it was opened");
        while round.sent.len() < self.shared.buckets.len() {
            self.shared.send(&mut round);
        }
        round.late.map_or(Ok(round.sent), Err)
    }

    /// The step has failed.
    pub(super) fn give_up(&self) {
        *self.shared.round() = None;
    }
}

impl Shared {
    fn round(&self) -> MutexGuard<'_, Option<Round>> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A pass has brought a parameter all that it brings.
    fn finish(&self, place: usize) {
        let mut round = self.round();
        let Some(round) = round.as_mut().filter(|_| self.early) else { return };
        let bucket = self.bucket_of[place];
        if std::mem::replace(&mut round.finished[place], true) {
            // A pass within the pass, such as a checkpoint's, finishes a parameter more than once.
            if bucket < round.sent.len() {
                round.late = Some(place);
            }
            return;
        }
        round.missing[bucket] -= 1;
        while round.missing.get(round.sent.len()) == Some(&0) {
            self.send(round);
        }
    }

    /// Sends the next bucket.
    fn send(&self, round: &mut Round) {
        let number = round.sent.len();
        let shards = self.shards;
        let mut sum = std::mem::replace(&mut round.before[number], Nodes::new(shards));
        sum.push(round.shard, self.buckets[number].gather(), Add::add);
        round.sent.push(self.jobs.submit(self.buckets[number].sum(shards, sum.into_nodes())));
    }
}

impl Drop for Reducer {
    fn drop(&mut self) {
        self.hooks.drain(..).for_each(HookHandle::remove);
    }
}
