use std::sync::OnceLock;

use tensor::Tensor;

use super::argument::{Argument, broadcast, expanded, single};
use super::categorical::Given;
use super::shared::{Base, finfo, shapes, shown};
use super::{Constraint, Distribution};
use crate::{BCEWithLogitsLossOptions, Reduction, Variable, bce_with_logits, enable_grad};

/// The distribution of 0 and 1: `torch.distributions.Bernoulli(probs)`, or `Bernoulli(logits=logits)`.
///
/// ```
/// use autograd::distributions::{Bernoulli, Distribution};
/// use tensor::Tensor;
/// tensor::manual_seed(0);
/// let bernoulli = Bernoulli::new(0.7);
/// assert_eq!(bernoulli.sample_shape(&[4]).data().to_vec::<f32>(), [1.0, 0.0, 1.0, 1.0]);
/// let half = Bernoulli::from_logits(Tensor::from([0.0f32, 0.0]));
/// assert_eq!(half.probs().data().to_vec::<f32>(), [0.5, 0.5]);
/// ```
#[derive(Clone)]
pub struct Bernoulli {
    given: Given,
    param: Variable,
    /// The other of the two, when it has been asked for.
    other: OnceLock<Variable>,
    base: Base,
}

impl Bernoulli {
    /// The distribution by the probability of 1.
    ///
    /// # Panics
    /// If a probability lies outside 0 … 1.
    #[track_caller]
    pub fn new(probs: impl Into<Argument>) -> Bernoulli {
        Bernoulli::of(Given::Probs, single(probs), Constraint::unit_interval())
    }

    /// The distribution by the logarithm of the odds of 1.
    ///
    /// # Panics
    /// If one is NaN.
    #[track_caller]
    pub fn from_logits(logits: impl Into<Argument>) -> Bernoulli {
        Bernoulli::of(Given::Logits, single(logits), Constraint::Real)
    }

    #[track_caller]
    fn of(given: Given, param: Variable, constraint: Constraint) -> Bernoulli {
        let base = Base::new(&param.shape(), &[]);
        let bernoulli = Bernoulli { given, param, other: OnceLock::new(), base };
        bernoulli.base.check(&bernoulli, &[(given.name(), &bernoulli.param, constraint)]);
        bernoulli
    }

    /// The probability of 1.
    pub fn probs(&self) -> &Variable {
        match self.given {
            Given::Probs => &self.param,
            Given::Logits => self.other.get_or_init(|| enable_grad(|| self.param.sigmoid())),
        }
    }

    /// The logarithm of the odds of 1.
    pub fn logits(&self) -> &Variable {
        match self.given {
            Given::Logits => &self.param,
            Given::Probs => self.other.get_or_init(|| {
                enable_grad(|| {
                    let probs = clamped(&self.param);
                    probs.log() - (-probs).log1p()
                })
            }),
        }
    }
}

/// Probabilities that have a logarithm.
pub(super) fn clamped(probs: &Variable) -> Variable {
    let [eps, ..] = finfo(probs.dtype());
    probs.clamp(Some(eps), Some(1.0 - eps))
}

impl Distribution for Bernoulli {
    shapes!();

    fn support(&self) -> Constraint {
        Constraint::Boolean
    }

    #[track_caller]
    fn expand(&self, batch_shape: &[usize]) -> Bernoulli {
        let param = expanded(&self.param, batch_shape);
        let other = OnceLock::new();
        if let Some(known) = self.other.get() {
            let _ = other.set(expanded(known, batch_shape));
        }
        Bernoulli { given: self.given, param, other, base: self.base.expanded(batch_shape) }
    }

    fn mean(&self) -> Variable {
        self.probs().clone()
    }

    /// NaN where both are as probable.
    fn mode(&self) -> Variable {
        let probs = self.probs().data();
        let mode = probs.ge(0.5).to_dtype(probs.dtype());
        Variable::new(mode.masked_fill(&probs.eq(0.5), f64::NAN))
    }

    fn variance(&self) -> Variable {
        self.probs() * (1.0 - self.probs())
    }

    fn sample_shape(&self, sample_shape: &[usize]) -> Variable {
        let probs: Tensor = self.probs().data().expand(self.base.extended(sample_shape));
        Variable::new(probs.bernoulli())
    }

    #[track_caller]
    fn log_prob(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        let [logits, value] = broadcast(self.logits(), value);
        -cross_entropy(&logits, &value)
    }

    fn entropy(&self) -> Variable {
        cross_entropy(self.logits(), self.probs())
    }

    fn has_enumerate_support(&self) -> bool {
        true
    }

    fn enumerate_support(&self, expand: bool) -> Variable {
        let values = tensor::arange(0, 2, 1).to_dtype(self.param.dtype());
        Variable::new(along_first(&values, self.batch_shape(), expand))
    }
}

#[track_caller]
fn cross_entropy(logits: &Variable, target: &Variable) -> Variable {
    bce_with_logits(
        logits,
        target,
        &BCEWithLogitsLossOptions { reduction: Reduction::None, ..Default::default() },
    )
}

/// Values along a first axis before those of the batch.
pub(super) fn along_first(values: &Tensor, batch: &[usize], expand: bool) -> Tensor {
    let axis = |size: usize| std::iter::once(values.numel()).chain(std::iter::repeat_n(size, batch.len()));
    let values = values.reshape(axis(1).collect::<Vec<_>>());
    if expand { values.expand([&[values.size(0)], batch].concat()) } else { values }
}

shown!(Bernoulli: |this| [(this.given.name(), &this.param)]);
