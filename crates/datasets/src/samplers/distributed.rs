use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tensor::Generator;

use super::Sampler;

/// Every rank's own samples, as `torch.utils.data.distributed.DistributedSampler`: of an order that all ranks
/// know, rank `r` of `n` takes the samples at `r`, `r + n`, `r + 2n`, …
///
/// The order is `randperm` of the seed and the epoch. All ranks get as many samples: the first ones come
/// again at the end, or with [`drop_last`](DistributedSampler::drop_last) the last ones are left out.
///
/// Clones share the epoch, so a program keeps one and gives the loader the other:
///
/// ```
/// use datasets::{DataLoader, DistributedSampler};
///
/// let data: Vec<i64> = (0..10).collect();
/// let sampler = DistributedSampler::new(data.len(), 4, 1).shuffle(false);
/// let loader = DataLoader::new(&data).batch_size(3).sampler(sampler.clone());
/// for epoch in 0..2 {
///     sampler.set_epoch(epoch);
///     for batch in &loader {
///         assert_eq!(batch.to_vec::<i64>(), [1, 5, 9]);
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct DistributedSampler {
    len: usize,
    num_replicas: usize,
    rank: usize,
    shuffle: bool,
    seed: u64,
    drop_last: bool,
    epoch: Arc<AtomicU64>,
}

impl DistributedSampler {
    /// For a dataset of `len` samples, and this of `num_replicas` ranks.
    ///
    /// # Panics
    /// If there is no such rank.
    #[track_caller]
    pub fn new(len: usize, num_replicas: usize, rank: usize) -> Self {
        assert!(
            rank < num_replicas,
            "DistributedSampler: Invalid rank {rank}, rank should be in the interval [0, {}]",
            num_replicas as i64 - 1
        );
        let epoch = Arc::new(AtomicU64::new(0));
        Self { len, num_replicas, rank, shuffle: true, seed: 0, drop_last: false, epoch }
    }

    /// Whether the order is drawn. Default `true`.
    pub fn shuffle(self, shuffle: bool) -> Self {
        Self { shuffle, ..self }
    }

    /// What the order is drawn from, the same on all ranks. Default 0.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Whether samples at the end are left out, where their number is not a multiple of that of the ranks.
    /// Default `false`: then the first ones come again.
    pub fn drop_last(self, drop_last: bool) -> Self {
        Self { drop_last, ..self }
    }

    /// The epoch that begins next: with the seed it gives the order. Without it every epoch has that of
    /// epoch 0.
    pub fn set_epoch(&self, epoch: u64) {
        self.epoch.store(epoch, Ordering::Relaxed);
    }
}

impl Sampler for DistributedSampler {
    fn iter(&self) -> Box<dyn Iterator<Item = usize> + Send> {
        let seed = self.seed.wrapping_add(self.epoch.load(Ordering::Relaxed));
        let order: Vec<usize> = match self.shuffle {
            true => Generator::new(seed).randperm(self.len).into_iter().map(|i| i as usize).collect(),
            false => (0..self.len).collect(),
        };
        let own = (self.rank..).step_by(self.num_replicas).take(self.len());
        Box::new(own.map(move |i| order[i % order.len()]).collect::<Vec<_>>().into_iter())
    }

    fn len(&self) -> usize {
        match self.drop_last {
            true => self.len / self.num_replicas,
            false => self.len.div_ceil(self.num_replicas),
        }
    }
}
