use tensor::Tensor;

use super::argument::{Argument, expanded, pair};
use super::shared::{Base, finfo, shapes, shown};
use super::{Constraint, Distribution};
use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// The gamma distribution by its shape parameter and rate: `torch.distributions.Gamma(concentration, rate)`.
///
/// ```
/// use autograd::distributions::{Distribution, Gamma};
/// tensor::manual_seed(0);
/// assert_eq!(Gamma::new(1.0, 2.0).sample().to_string(), "tensor(1.4412)");
/// ```
#[derive(Clone)]
pub struct Gamma {
    concentration: Variable,
    rate: Variable,
    base: Base,
}

impl Gamma {
    /// The distribution of mean `concentration/rate`.
    ///
    /// # Panics
    /// If a parameter is not positive, or the shapes do not broadcast.
    #[track_caller]
    pub fn new(concentration: impl Into<Argument>, rate: impl Into<Argument>) -> Gamma {
        let [concentration, rate] = pair(concentration, rate);
        let base = Base::new(&rate.shape(), &[]);
        let gamma = Gamma { concentration, rate, base };
        let parameters = [
            ("concentration", &gamma.concentration, Constraint::positive()),
            ("rate", &gamma.rate, Constraint::positive()),
        ];
        gamma.base.check(&gamma, &parameters);
        gamma
    }

    /// The shape parameter, often called α.
    pub fn concentration(&self) -> &Variable {
        &self.concentration
    }

    /// The rate, often called β.
    pub fn rate(&self) -> &Variable {
        &self.rate
    }
}

impl Distribution for Gamma {
    shapes!();

    fn support(&self) -> Constraint {
        Constraint::nonnegative()
    }

    #[track_caller]
    fn expand(&self, batch_shape: &[usize]) -> Gamma {
        let [concentration, rate] = [&self.concentration, &self.rate].map(|x| expanded(x, batch_shape));
        Gamma { concentration, rate, base: self.base.expanded(batch_shape) }
    }

    fn mean(&self) -> Variable {
        &self.concentration / &self.rate
    }

    fn mode(&self) -> Variable {
        ((&self.concentration - 1.0) / &self.rate).clamp(Some(0.0), None)
    }

    fn variance(&self) -> Variable {
        &self.concentration / self.rate.powf(2.0)
    }

    fn has_rsample(&self) -> bool {
        true
    }

    /// A draw moves with the concentration so that its place among all that there are stays.
    fn rsample_shape(&self, sample_shape: &[usize]) -> Variable {
        let shape = self.base.extended(sample_shape);
        let unit = apply(StandardGamma, &[&expanded(&self.concentration, &shape)]).single();
        let value = unit / expanded(&self.rate, &shape);
        let [_, tiny, _] = finfo(value.dtype());
        value.set_data(value.data().clamp(Some(tiny), None));
        value
    }

    #[track_caller]
    fn log_prob(&self, value: &Variable) -> Variable {
        let value = &value.to_dtype(self.rate.dtype());
        self.base.check_value(self, value);
        let Gamma { concentration, rate, .. } = self;
        concentration.xlogy(rate) + (concentration - 1.0).xlogy(value) - rate * value - concentration.lgamma()
    }

    #[track_caller]
    fn cdf(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        self.concentration.gammainc(&(&self.rate * value))
    }

    fn entropy(&self) -> Variable {
        let Gamma { concentration, rate, .. } = self;
        concentration - rate.log() + concentration.lgamma() + (1.0 - concentration) * concentration.digamma()
    }
}

shown!(Gamma: |this| [("concentration", &this.concentration), ("rate", &this.rate)]);

/// A draw of rate 1 for each parameter, and how it moves with that.
struct StandardGamma;

impl Op for StandardGamma {
    describe!("StandardGammaBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output(0);
        x[0].standard_gamma().into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let [alpha, draws] = [0, 1].map(|i| saved[i].plain_only("_standard_gamma"));
        (dy.single() * V::constant(alpha.standard_gamma_grad(draws))).into()
    }
}
