use std::f64::consts::{PI, SQRT_2};

use super::argument::{Argument, expanded, pair};
use super::shared::{Base, shapes, shown};
use super::{Constraint, Distribution};
use crate::Variable;

/// The normal distribution by its mean and standard deviation: `torch.distributions.Normal(loc, scale)`.
///
/// ```
/// use autograd::distributions::{Distribution, Normal};
/// tensor::manual_seed(0);
/// let normal = Normal::new(0.0, 1.0);
/// assert_eq!(normal.to_string(), "Normal(loc: 0.0, scale: 1.0)");
/// assert_eq!(normal.sample_shape(&[2]).to_string(), "tensor([ 1.5410, -0.2934])");
/// ```
#[derive(Clone)]
pub struct Normal {
    loc: Variable,
    scale: Variable,
    base: Base,
}

impl Normal {
    /// The distribution of mean `loc` and standard deviation `scale`.
    ///
    /// # Panics
    /// If `loc` is NaN or `scale` not positive, or the shapes do not broadcast.
    #[track_caller]
    pub fn new(loc: impl Into<Argument>, scale: impl Into<Argument>) -> Normal {
        let [loc, scale] = pair(loc, scale);
        let base = Base::new(&loc.shape(), &[]);
        let normal = Normal { loc, scale, base };
        let parameters =
            [("loc", &normal.loc, Constraint::Real), ("scale", &normal.scale, Constraint::positive())];
        normal.base.check(&normal, &parameters);
        normal
    }

    /// The mean.
    pub fn loc(&self) -> &Variable {
        &self.loc
    }

    /// The standard deviation.
    pub fn scale(&self) -> &Variable {
        &self.scale
    }
}

impl Distribution for Normal {
    shapes!();

    fn support(&self) -> Constraint {
        Constraint::Real
    }

    #[track_caller]
    fn expand(&self, batch_shape: &[usize]) -> Normal {
        let [loc, scale] = [&self.loc, &self.scale].map(|x| expanded(x, batch_shape));
        Normal { loc, scale, base: self.base.expanded(batch_shape) }
    }

    fn mean(&self) -> Variable {
        self.loc.clone()
    }

    fn mode(&self) -> Variable {
        self.loc.clone()
    }

    fn stddev(&self) -> Variable {
        self.scale.clone()
    }

    fn variance(&self) -> Variable {
        self.scale.powf(2.0)
    }

    fn has_rsample(&self) -> bool {
        true
    }

    fn rsample_shape(&self, sample_shape: &[usize]) -> Variable {
        let noise = tensor::randn_dtype(self.base.extended(sample_shape), self.loc.dtype());
        &self.loc + Variable::new(noise) * &self.scale
    }

    #[track_caller]
    fn log_prob(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        let var = self.scale.powf(2.0);
        -(value - &self.loc).powf(2.0) / (var * 2.0) - self.scale.log() - (2.0 * PI).sqrt().ln()
    }

    #[track_caller]
    fn cdf(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        (((value - &self.loc) * self.scale.reciprocal() / SQRT_2).erf() + 1.0) * 0.5
    }

    fn icdf(&self, value: &Variable) -> Variable {
        &self.loc + &self.scale * (value * 2.0 - 1.0).erfinv() * SQRT_2
    }

    fn entropy(&self) -> Variable {
        self.scale.log() + (0.5 + 0.5 * (2.0 * PI).ln())
    }
}

shown!(Normal: |this| [("loc", &this.loc), ("scale", &this.scale)]);
