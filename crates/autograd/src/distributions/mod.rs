//! Probability distributions, as `torch.distributions`: samples that are torch's for the same seed, to the
//! bit, and log probabilities, entropies and divergences with gradients.
//!
//! A distribution has parameters for a batch of independent events: its `batch_shape`; an event is one
//! number, or several that depend on each other: its `event_shape`. A sample has the shape `sample_shape +
//! batch_shape + event_shape`.
//!
//! ```
//! use autograd::Variable;
//! use autograd::distributions::{Categorical, Distribution, Normal, kl_divergence};
//! use tensor::Tensor;
//!
//! tensor::manual_seed(0);
//! // A policy: two states, three actions.
//! let logits = Variable::new(Tensor::from([[0.0f32, 1.0, 2.0], [2.0, 1.0, 0.0]])).requires_grad_(true);
//! let policy = Categorical::from_logits(&logits);
//! let action = policy.sample();
//! assert_eq!(action.shape(), [2]);
//! (-policy.log_prob(&action)).mean().backward(); // into the logits
//!
//! // The reparameterised draw of a variational autoencoder, which gradients flow through.
//! let q = Normal::new(Tensor::from([0.5f32, -0.5]), 1.0);
//! let z = q.rsample();
//! assert_eq!((q.batch_shape(), z.shape()), (&[2][..], vec![2]));
//! let kl = kl_divergence(&q, &Normal::new(0.0, 1.0));
//! assert_eq!(kl.data().to_vec::<f32>(), [0.125, 0.125]);
//! ```
//!
//! What a distribution is given has to lie in its range, and so has the value of `log_prob`; else there is a
//! panic in torch's words. [`set_default_validate_args`] switches that off.

mod argument;
mod bernoulli;
mod beta;
mod categorical;
mod constraint;
mod dirichlet;
mod exponential;
mod gamma;
mod independent;
mod kl;
mod multivariate_normal;
mod normal;
mod shared;
mod uniform;

pub use argument::Argument;
pub use bernoulli::Bernoulli;
pub use beta::Beta;
pub use categorical::Categorical;
pub use constraint::Constraint;
pub use dirichlet::Dirichlet;
pub use exponential::Exponential;
pub use gamma::Gamma;
pub use independent::Independent;
pub use kl::{KlDivergence, kl_divergence};
pub use multivariate_normal::MultivariateNormal;
pub use normal::Normal;
pub use shared::set_default_validate_args;
pub use uniform::Uniform;

use std::fmt;

use crate::{Variable, no_grad};

/// A distribution: `torch.distributions.Distribution`. It prints as torch's `repr`.
///
/// The trait is object-safe but for [`expand`](Distribution::expand).
pub trait Distribution: fmt::Display + fmt::Debug + Send + Sync {
    /// The shape of the independent events that the parameters are for.
    fn batch_shape(&self) -> &[usize];

    /// The shape of one event.
    fn event_shape(&self) -> &[usize];

    /// The values that there are.
    fn support(&self) -> Constraint;

    /// The same distribution with parameters that are repeated, without a copy, to this batch shape.
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    fn expand(&self, batch_shape: &[usize]) -> Self
    where
        Self: Sized;

    /// The mean of every event.
    fn mean(&self) -> Variable;

    /// The most probable value of every event.
    fn mode(&self) -> Variable;

    /// The variance of every event.
    fn variance(&self) -> Variable;

    /// The standard deviation of every event.
    fn stddev(&self) -> Variable {
        self.variance().sqrt()
    }

    /// One sample of every event, which no gradient flows through.
    #[track_caller]
    fn sample(&self) -> Variable {
        self.sample_shape(&[])
    }

    /// Samples of this shape of every event: `sample(sample_shape)`.
    #[track_caller]
    fn sample_shape(&self, sample_shape: &[usize]) -> Variable {
        no_grad(|| self.rsample_shape(sample_shape))
    }

    /// Whether gradients can flow through samples into the parameters.
    fn has_rsample(&self) -> bool {
        false
    }

    /// One sample of every event, as a differentiable function of the parameters.
    ///
    /// # Panics
    /// If this distribution has none, as those of whole numbers.
    #[track_caller]
    fn rsample(&self) -> Variable {
        self.rsample_shape(&[])
    }

    /// Samples of this shape of every event: `rsample(sample_shape)`.
    ///
    /// # Panics
    /// As [`rsample`](Distribution::rsample).
    #[track_caller]
    fn rsample_shape(&self, _sample_shape: &[usize]) -> Variable {
        panic!("{self}: rsample is not implemented")
    }

    /// The logarithm of the probability, or of its density, at a value of each event; what stands before the
    /// batch is broadcast.
    ///
    /// # Panics
    /// If the shapes do not fit, or a value is impossible.
    #[track_caller]
    fn log_prob(&self, value: &Variable) -> Variable;

    /// The share of events up to a value.
    ///
    /// # Panics
    /// As [`log_prob`](Distribution::log_prob), and if torch has none for this distribution.
    #[track_caller]
    fn cdf(&self, _value: &Variable) -> Variable {
        panic!("{self}: cdf is not implemented")
    }

    /// The value up to which this share of events lies.
    ///
    /// # Panics
    /// If torch has none for this distribution.
    #[track_caller]
    fn icdf(&self, _value: &Variable) -> Variable {
        panic!("{self}: icdf is not implemented")
    }

    /// The entropy in nats.
    fn entropy(&self) -> Variable;

    /// `e` to the power of the entropy.
    fn perplexity(&self) -> Variable {
        self.entropy().exp()
    }

    /// Whether the values can be listed.
    fn has_enumerate_support(&self) -> bool {
        false
    }

    /// All values along a new first axis, for every event of the batch; without `expand`, the axes of the
    /// batch have size 1.
    ///
    /// # Panics
    /// If the values cannot be listed.
    #[track_caller]
    fn enumerate_support(&self, _expand: bool) -> Variable {
        panic!("{self}: enumerate_support is not implemented")
    }
}
