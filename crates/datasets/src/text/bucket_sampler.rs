use std::sync::Arc;

use crate::generator::draw_seed;
use crate::samplers::check_batch_size;
use crate::{Sampler, SharedGenerator};
use tensor::Generator;

/// Batches of sequences of like lengths, so that little is padded.
///
/// Each epoch shuffles the samples, cuts them into pools of 100 batches, sorts each pool by length and cuts
/// it into batches, which come in random order: what torchtext's `BucketIterator` did. As with a
/// [`RandomSampler`](crate::RandomSampler) an epoch takes one seed from the default generator, unless it has
/// a generator of its own.
///
/// ```
/// use datasets::Sampler;
/// use datasets::text::BucketSampler;
///
/// tensor::manual_seed(0);
/// let lengths = [3, 9, 4, 8, 3, 9];
/// for batch in BucketSampler::new(lengths, 2).iter() {
///     let lengths: Vec<usize> = batch.iter().map(|&i| lengths[i]).collect();
///     assert!(matches!(lengths[..], [3, 3] | [4, 8] | [9, 9]));
/// }
/// ```
#[derive(Clone, Debug)]
pub struct BucketSampler {
    lengths: Arc<[usize]>,
    batch_size: usize,
    generator: Option<SharedGenerator>,
}

/// The batches of a pool.
const POOL: usize = 100;

impl BucketSampler {
    /// For samples of these lengths, `batch_size` at a time; the last batch of a pool may be shorter.
    ///
    /// # Panics
    /// If `batch_size` is 0.
    #[track_caller]
    pub fn new(lengths: impl IntoIterator<Item = usize>, batch_size: usize) -> Self {
        check_batch_size(batch_size);
        Self { lengths: lengths.into_iter().collect(), batch_size, generator: None }
    }

    /// Draws from this generator.
    pub fn generator(self, generator: impl Into<SharedGenerator>) -> Self {
        Self { generator: Some(generator.into()), ..self }
    }
}

impl Sampler<Vec<usize>> for BucketSampler {
    fn iter(&self) -> Box<dyn Iterator<Item = Vec<usize>> + Send> {
        let generator = self.generator.clone().unwrap_or_else(|| Generator::new(draw_seed(None)).into());
        let order = |n: usize| -> Vec<usize> {
            generator.with(|g| g.randperm(n)).into_iter().map(|i| i as usize).collect()
        };
        let mut samples = order(self.lengths.len());
        for pool in samples.chunks_mut(self.batch_size.saturating_mul(POOL)) {
            pool.sort_by_key(|&sample| self.lengths[sample]);
        }
        let mut batches: Vec<Vec<usize>> = samples.chunks(self.batch_size).map(<[usize]>::to_vec).collect();
        let order = order(batches.len());
        Box::new(order.into_iter().map(move |batch| std::mem::take(&mut batches[batch])))
    }

    fn len(&self) -> usize {
        self.lengths.len().div_ceil(self.batch_size)
    }
}
