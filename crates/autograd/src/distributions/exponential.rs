use super::argument::{Argument, expanded, single};
use super::shared::{Base, shapes, shown};
use super::{Constraint, Distribution};
use crate::Variable;

/// The exponential distribution by its rate: `torch.distributions.Exponential(rate)`.
///
/// ```
/// use autograd::distributions::{Distribution, Exponential};
/// tensor::manual_seed(0);
/// assert_eq!(Exponential::new(2.0).sample().to_string(), "tensor(1.7542)");
/// ```
#[derive(Clone)]
pub struct Exponential {
    rate: Variable,
    base: Base,
}

impl Exponential {
    /// The distribution of mean `1/rate`.
    ///
    /// # Panics
    /// If `rate` is not positive.
    #[track_caller]
    pub fn new(rate: impl Into<Argument>) -> Exponential {
        let rate = single(rate);
        let base = Base::new(&rate.shape(), &[]);
        let exponential = Exponential { rate, base };
        exponential.base.check(&exponential, &[("rate", &exponential.rate, Constraint::positive())]);
        exponential
    }

    /// The rate, one over the mean.
    pub fn rate(&self) -> &Variable {
        &self.rate
    }
}

impl Distribution for Exponential {
    shapes!();

    fn support(&self) -> Constraint {
        Constraint::nonnegative()
    }

    #[track_caller]
    fn expand(&self, batch_shape: &[usize]) -> Exponential {
        Exponential { rate: expanded(&self.rate, batch_shape), base: self.base.expanded(batch_shape) }
    }

    fn mean(&self) -> Variable {
        self.rate.reciprocal()
    }

    fn mode(&self) -> Variable {
        Variable::new(self.rate.data().zeros_like())
    }

    fn stddev(&self) -> Variable {
        self.rate.reciprocal()
    }

    fn variance(&self) -> Variable {
        self.rate.powf(-2.0)
    }

    fn has_rsample(&self) -> bool {
        true
    }

    fn rsample_shape(&self, sample_shape: &[usize]) -> Variable {
        let mut unit = tensor::zeros_dtype(self.base.extended(sample_shape), self.rate.dtype());
        unit.exponential_(1.0);
        Variable::new(unit) / &self.rate
    }

    #[track_caller]
    fn log_prob(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        self.rate.log() - &self.rate * value
    }

    #[track_caller]
    fn cdf(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        1.0 - (-&self.rate * value).exp()
    }

    fn icdf(&self, value: &Variable) -> Variable {
        -(-value).log1p() / &self.rate
    }

    fn entropy(&self) -> Variable {
        1.0 - self.rate.log()
    }
}

shown!(Exponential: |this| [("rate", &this.rate)]);
