use std::fmt;

use super::shared::{Base, shapes, sum_rightmost};
use super::{Constraint, Distribution};
use crate::Variable;

/// A distribution whose last axes of the batch belong to one event: `torch.distributions.Independent`.
///
/// ```
/// use autograd::distributions::{Distribution, Independent, Normal};
/// let normal = Normal::new(tensor::zeros([2, 3]), 1.0);
/// assert_eq!((normal.batch_shape(), normal.event_shape()), (&[2, 3][..], &[][..]));
/// let vectors = Independent::new(normal, 1);
/// assert_eq!((vectors.batch_shape(), vectors.event_shape()), (&[2][..], &[3][..]));
/// assert_eq!(vectors.log_prob(&vectors.sample()).shape(), [2]);
/// ```
#[derive(Clone)]
pub struct Independent<D> {
    base_dist: D,
    reinterpreted_batch_ndims: usize,
    base: Base,
}

impl<D: Distribution> Independent<D> {
    /// The distribution whose last `reinterpreted_batch_ndims` axes of the batch become axes of the event.
    ///
    /// # Panics
    /// If there are fewer.
    #[track_caller]
    pub fn new(base_distribution: D, reinterpreted_batch_ndims: usize) -> Independent<D> {
        let batch = base_distribution.batch_shape();
        assert!(
            reinterpreted_batch_ndims <= batch.len(),
            "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), actual \
             {reinterpreted_batch_ndims} vs {}",
            batch.len()
        );
        let (batch, event) = batch.split_at(batch.len() - reinterpreted_batch_ndims);
        let base = Base::new(batch, &[event, base_distribution.event_shape()].concat());
        Independent { base_dist: base_distribution, reinterpreted_batch_ndims, base }
    }

    /// The distribution of the single parts.
    pub fn base_dist(&self) -> &D {
        &self.base_dist
    }

    /// How many axes of its batch belong to the event.
    pub fn reinterpreted_batch_ndims(&self) -> usize {
        self.reinterpreted_batch_ndims
    }
}

impl<D: Distribution> Distribution for Independent<D> {
    shapes!();

    fn support(&self) -> Constraint {
        match self.reinterpreted_batch_ndims {
            0 => self.base_dist.support(),
            axes => Constraint::Independent(Box::new(self.base_dist.support()), axes),
        }
    }

    #[track_caller]
    fn expand(&self, batch_shape: &[usize]) -> Independent<D> {
        let event = &self.base.event[..self.reinterpreted_batch_ndims];
        Independent {
            base_dist: self.base_dist.expand(&[batch_shape, event].concat()),
            reinterpreted_batch_ndims: self.reinterpreted_batch_ndims,
            base: self.base.expanded(batch_shape),
        }
    }

    fn mean(&self) -> Variable {
        self.base_dist.mean()
    }

    fn mode(&self) -> Variable {
        self.base_dist.mode()
    }

    fn variance(&self) -> Variable {
        self.base_dist.variance()
    }

    fn sample_shape(&self, sample_shape: &[usize]) -> Variable {
        self.base_dist.sample_shape(sample_shape)
    }

    fn has_rsample(&self) -> bool {
        self.base_dist.has_rsample()
    }

    #[track_caller]
    fn rsample_shape(&self, sample_shape: &[usize]) -> Variable {
        self.base_dist.rsample_shape(sample_shape)
    }

    #[track_caller]
    fn log_prob(&self, value: &Variable) -> Variable {
        sum_rightmost(&self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)
    }

    fn entropy(&self) -> Variable {
        sum_rightmost(&self.base_dist.entropy(), self.reinterpreted_batch_ndims)
    }

    fn has_enumerate_support(&self) -> bool {
        self.reinterpreted_batch_ndims == 0 && self.base_dist.has_enumerate_support()
    }

    #[track_caller]
    fn enumerate_support(&self, expand: bool) -> Variable {
        assert!(self.reinterpreted_batch_ndims == 0, "Enumeration over cartesian product is not implemented");
        self.base_dist.enumerate_support(expand)
    }
}

impl<D: Distribution> fmt::Display for Independent<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Independent({}, {})", self.base_dist, self.reinterpreted_batch_ndims)
    }
}

impl<D: Distribution> fmt::Debug for Independent<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
