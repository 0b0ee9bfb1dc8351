//! Which samples, in which order: the samplers of `torch.utils.data`, draw for draw.

mod batch;
mod distributed;
mod random;
mod sequential;
mod subset_random;
mod weighted_random;

pub use batch::BatchSampler;
pub(crate) use batch::check_batch_size;
pub use distributed::DistributedSampler;
pub use random::RandomSampler;
pub use sequential::SequentialSampler;
pub use subset_random::SubsetRandomSampler;
pub use weighted_random::WeightedRandomSampler;

/// An order of samples, anew for each epoch. `Sampler<Vec<usize>>` is one of whole batches.
///
/// ```
/// use datasets::Sampler;
///
/// struct Backwards(usize);
///
/// impl Sampler for Backwards {
///     fn iter(&self) -> Box<dyn Iterator<Item = usize> + Send> {
///         Box::new((0..self.0).rev())
///     }
///     fn len(&self) -> usize {
///         self.0
///     }
/// }
/// ```
pub trait Sampler<T = usize>: Send + Sync {
    /// The order of one epoch.
    fn iter(&self) -> Box<dyn Iterator<Item = T> + Send>;

    /// How many indices, or batches, an epoch has.
    fn len(&self) -> usize;

    /// Whether an epoch has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T, S: Sampler<T> + ?Sized> Sampler<T> for std::sync::Arc<S> {
    fn iter(&self) -> Box<dyn Iterator<Item = T> + Send> {
        (**self).iter()
    }
    fn len(&self) -> usize {
        (**self).len()
    }
}

impl<T, S: Sampler<T> + ?Sized> Sampler<T> for Box<S> {
    fn iter(&self) -> Box<dyn Iterator<Item = T> + Send> {
        (**self).iter()
    }
    fn len(&self) -> usize {
        (**self).len()
    }
}

#[track_caller]
fn check_num_samples(n: usize) {
    assert!(n > 0, "sampler: num_samples should be a positive integer value, but got num_samples=0");
}
