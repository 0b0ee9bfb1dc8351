use std::sync::OnceLock;

use tensor::{DType, Tensor};

use super::argument::expanded;
use super::bernoulli::{along_first, clamped};
use super::shared::{Base, finfo, shapes, shown};
use super::{Constraint, Distribution};
use crate::{Variable, enable_grad};

/// The distribution of a choice among `0 … K − 1`: `torch.distributions.Categorical(probs)`, or
/// `Categorical(logits=logits)`.
///
/// ```
/// use autograd::distributions::{Categorical, Distribution};
/// use tensor::Tensor;
/// tensor::manual_seed(0);
/// let policy = Categorical::new(Tensor::from([0.25f32, 0.25, 0.25, 0.25]));
/// let action = policy.sample();
/// assert_eq!(action.item_as::<i64>(), 2);
/// assert_eq!(policy.log_prob(&action).to_string(), "tensor(-1.3863)");
/// ```
#[derive(Clone)]
pub struct Categorical {
    given: Given,
    /// Normalised along the last axis.
    param: Variable,
    /// The other of the two, when it has been asked for.
    other: OnceLock<Variable>,
    base: Base,
}

/// Which of two parameters a distribution was made from.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Given {
    Probs,
    Logits,
}

impl Given {
    pub(super) fn name(self) -> &'static str {
        match self {
            Given::Probs => "probs",
            Given::Logits => "logits",
        }
    }
}

impl Categorical {
    /// The distribution by probabilities along the last axis, which need not add up to 1.
    ///
    /// # Panics
    /// If there is no axis, or a probability is negative or not finite, or all in a row are 0.
    #[track_caller]
    pub fn new(probs: impl Into<Variable>) -> Categorical {
        let probs = probs.into();
        assert!(probs.ndim() > 0, "`probs` parameter must be at least one-dimensional.");
        let probs = &probs / probs.sum_dim(-1, true);
        Categorical::of(Given::Probs, probs, Constraint::Simplex)
    }

    /// The distribution by logarithms of probabilities along the last axis, which need not be normalised.
    ///
    /// # Panics
    /// If there is no axis, or one is NaN or ∞.
    #[track_caller]
    pub fn from_logits(logits: impl Into<Variable>) -> Categorical {
        let logits = logits.into();
        assert!(logits.ndim() > 0, "`logits` parameter must be at least one-dimensional.");
        let logits = &logits - logits.logsumexp(-1, true);
        Categorical::of(Given::Logits, logits, Constraint::real_vector())
    }

    #[track_caller]
    fn of(given: Given, param: Variable, constraint: Constraint) -> Categorical {
        let shape = param.shape();
        let base = Base::new(&shape[..shape.len() - 1], &[]);
        let categorical = Categorical { given, param, other: OnceLock::new(), base };
        categorical.base.check(&categorical, &[(given.name(), &categorical.param, constraint)]);
        categorical
    }

    /// The probabilities, which add up to 1.
    pub fn probs(&self) -> &Variable {
        match self.given {
            Given::Probs => &self.param,
            Given::Logits => self.other.get_or_init(|| enable_grad(|| self.param.softmax(-1))),
        }
    }

    /// The logarithms of the probabilities.
    pub fn logits(&self) -> &Variable {
        match self.given {
            Given::Logits => &self.param,
            Given::Probs => self.other.get_or_init(|| enable_grad(|| clamped(&self.param).log())),
        }
    }

    /// The number of choices.
    fn num_events(&self) -> usize {
        self.param.size(-1)
    }

    /// A choice has no mean: as in torch, NaN.
    fn nothing(&self) -> Variable {
        Variable::new(tensor::full_dtype(self.base.extended(&[]), f64::NAN, self.param.dtype()))
    }
}

impl Distribution for Categorical {
    shapes!();

    fn support(&self) -> Constraint {
        Constraint::IntegerInterval(0, self.num_events() as i64 - 1)
    }

    #[track_caller]
    fn expand(&self, batch_shape: &[usize]) -> Categorical {
        let shape = [batch_shape, &[self.num_events()]].concat();
        let other = OnceLock::new();
        if let Some(known) = self.other.get() {
            let _ = other.set(expanded(known, &shape));
        }
        let param = expanded(&self.param, &shape);
        Categorical { given: self.given, param, other, base: self.base.expanded(batch_shape) }
    }

    fn mean(&self) -> Variable {
        self.nothing()
    }

    fn mode(&self) -> Variable {
        Variable::new(self.probs().data().argmax(-1, false))
    }

    fn variance(&self) -> Variable {
        self.nothing()
    }

    /// Whole numbers, `I64`.
    ///
    /// # Panics
    /// If `sample_shape` has no samples.
    #[track_caller]
    fn sample_shape(&self, sample_shape: &[usize]) -> Variable {
        let probs = self.probs().data().reshape([-1, self.num_events() as isize]);
        let samples = probs.multinomial(sample_shape.iter().product(), true);
        Variable::new(samples.t().reshape(self.base.extended(sample_shape)))
    }

    #[track_caller]
    fn log_prob(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        let index = value.data().to_dtype(DType::I64).unsqueeze(-1);
        let index = tensor::broadcast_tensors(&[index, self.logits().data()]).remove(0);
        let logits = expanded(self.logits(), index.shape());
        logits.gather(-1, &index.narrow(-1, 0, 1)).squeeze(-1)
    }

    fn entropy(&self) -> Variable {
        // −∞ times a probability of 0 would be NaN.
        let [.., lowest] = finfo(self.param.dtype());
        -(self.logits().clamp(Some(lowest), None) * self.probs()).sum_dim(-1, false)
    }

    fn has_enumerate_support(&self) -> bool {
        true
    }

    fn enumerate_support(&self, expand: bool) -> Variable {
        let values: Tensor = tensor::arange(0, self.num_events() as i64, 1);
        Variable::new(along_first(&values, self.batch_shape(), expand))
    }
}

shown!(Categorical: |this| [(this.given.name(), &this.param)]);
