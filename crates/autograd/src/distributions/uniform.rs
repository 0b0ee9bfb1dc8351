use super::argument::{Argument, expanded, pair};
use super::shared::{Base, shapes, shown};
use super::{Constraint, Distribution};
use crate::Variable;

/// The uniform distribution on `[low, high)`: `torch.distributions.Uniform(low, high)`.
///
/// ```
/// use autograd::distributions::{Distribution, Uniform};
/// let uniform = Uniform::new(0.0, 4.0);
/// assert_eq!(uniform.mean().item(), 2.0);
/// assert_eq!(uniform.cdf(&tensor::ones(()).into()).item(), 0.25);
/// ```
#[derive(Clone)]
pub struct Uniform {
    low: Variable,
    high: Variable,
    base: Base,
}

impl Uniform {
    /// The distribution from `low` to `high`.
    ///
    /// # Panics
    /// Unless `low < high`, or if the shapes do not broadcast.
    #[track_caller]
    pub fn new(low: impl Into<Argument>, high: impl Into<Argument>) -> Uniform {
        let [low, high] = pair(low, high);
        let base = Base::new(&low.shape(), &[]);
        let uniform = Uniform { low, high, base };
        let (below, above) =
            (Constraint::LessThan(uniform.high.data()), Constraint::GreaterThan(uniform.low.data()));
        uniform.base.check(&uniform, &[("low", &uniform.low, below), ("high", &uniform.high, above)]);
        uniform
    }

    /// The lower end, which can be drawn.
    pub fn low(&self) -> &Variable {
        &self.low
    }

    /// The upper end, which cannot.
    pub fn high(&self) -> &Variable {
        &self.high
    }
}

impl Distribution for Uniform {
    shapes!();

    fn support(&self) -> Constraint {
        Constraint::Interval(self.low.data(), self.high.data())
    }

    #[track_caller]
    fn expand(&self, batch_shape: &[usize]) -> Uniform {
        let [low, high] = [&self.low, &self.high].map(|x| expanded(x, batch_shape));
        Uniform { low, high, base: self.base.expanded(batch_shape) }
    }

    fn mean(&self) -> Variable {
        (&self.high + &self.low) / 2.0
    }

    /// NaN: no value is more probable than the others.
    fn mode(&self) -> Variable {
        &self.high * f64::NAN
    }

    fn stddev(&self) -> Variable {
        (&self.high - &self.low) / 12.0f64.sqrt()
    }

    fn variance(&self) -> Variable {
        (&self.high - &self.low).powf(2.0) / 12.0
    }

    fn has_rsample(&self) -> bool {
        true
    }

    fn rsample_shape(&self, sample_shape: &[usize]) -> Variable {
        let rand = tensor::rand_dtype(self.base.extended(sample_shape), self.low.dtype());
        &self.low + Variable::new(rand) * (&self.high - &self.low)
    }

    #[track_caller]
    fn log_prob(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        let (low, high, value) = (self.low.data(), self.high.data(), value.data());
        let inside = low.le(&value).logical_and(&high.gt(&value)).to_dtype(low.dtype());
        Variable::new(inside.log()) - (&self.high - &self.low).log()
    }

    #[track_caller]
    fn cdf(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        ((value - &self.low) / (&self.high - &self.low)).clamp(Some(0), Some(1))
    }

    fn icdf(&self, value: &Variable) -> Variable {
        value * (&self.high - &self.low) + &self.low
    }

    fn entropy(&self) -> Variable {
        (&self.high - &self.low).log()
    }
}

shown!(Uniform: |this| [("low", &this.low), ("high", &this.high)]);
