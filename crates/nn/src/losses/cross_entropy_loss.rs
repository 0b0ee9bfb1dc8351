use autograd::{ClassLossOptions, Reduction, Variable, cross_entropy};
use tensor::Tensor;

use super::{Target, nothing, tensor_of};
use crate::{Buffer, Module};

/// Cross entropy of scores with classes: the mean of `−w[t]·ln softmax(x)[t]`, as
/// `torch.nn.CrossEntropyLoss`. It wants scores, not probabilities: no softmax before it.
///
/// Targets of a float dtype hold a probability per class instead: the mean of `−Σ w[c]·t[c]·ln
/// softmax(x)[c]`.
///
/// # Shapes
/// - `input`: (C), (N, C) or (N, C, d₁, …)
/// - `target`: (), (N) or (N, d₁, …), classes from 0 to C − 1 as `I64` or `U8`; or probabilities in the shape
///   of `input`
/// - output: no axes, or (N) or (N, d₁, …) without reduction
///
/// ```
/// use autograd::Variable;
/// use nn::CrossEntropyLoss;
/// use tensor::Tensor;
///
/// let scores = Variable::new(Tensor::from([[0.0f32, 0.0], [0.0, 0.0]])).requires_grad_(true);
/// let loss = CrossEntropyLoss::new().forward(&scores, &Tensor::from([0i64, 1]));
/// assert!((loss.item() - 2f64.ln()).abs() < 1e-7);
/// loss.backward();
/// assert_eq!(scores.grad().unwrap().to_vec::<f32>(), [-0.25, 0.25, 0.25, -0.25]);
/// ```
#[derive(Module, Clone)]
#[module(extra_repr = nothing, check = Self::check)]
pub struct CrossEntropyLoss {
    weight: Option<Buffer>,
    #[module(config)]
    ignore_index: i64,
    #[module(config)]
    reduction: Reduction,
    #[module(config)]
    label_smoothing: f64,
}

/// The options of [`CrossEntropyLoss`].
#[derive(Clone, Debug)]
pub struct CrossEntropyLossConfig {
    /// What the loss of each class is multiplied by, `[C]`, for class targets of the input's dtype. Default
    /// 1.
    pub weight: Option<Tensor>,
    /// The target of positions to leave out. Default −100. Not for probabilities.
    pub ignore_index: i64,
    /// What becomes of the single losses. Default mean: their sum by the sum of their classes' weights, so
    /// NaN if every position is left out; for probabilities by the number of positions.
    pub reduction: Reduction,
    /// How much of each target is spread evenly over all classes (Szegedy et al., *Rethinking the inception
    /// architecture*, 2015), from 0 to 1. Default 0.
    pub label_smoothing: f64,
}

impl Default for CrossEntropyLossConfig {
    fn default() -> Self {
        CrossEntropyLossConfig {
            weight: None,
            ignore_index: -100,
            reduction: Reduction::Mean,
            label_smoothing: 0.0,
        }
    }
}

impl CrossEntropyLoss {
    /// The unweighted mean over all positions.
    pub fn new() -> Self {
        CrossEntropyLoss::default()
    }

    /// The loss with the options given.
    ///
    /// # Panics
    /// If `label_smoothing` is outside [0, 1].
    #[track_caller]
    pub fn with(config: CrossEntropyLossConfig) -> Self {
        let loss = CrossEntropyLoss {
            weight: config.weight.map(Buffer::new),
            ignore_index: config.ignore_index,
            reduction: config.reduction,
            label_smoothing: config.label_smoothing,
        };
        if let Err(problem) = loss.check() {
            panic!("CrossEntropyLoss: {problem}");
        }
        loss
    }

    fn check(&self) -> Result<(), String> {
        if (0.0..=1.0).contains(&self.label_smoothing) {
            Ok(())
        } else {
            Err(format!("label_smoothing must be between 0.0 and 1.0. Got: {:?}", self.label_smoothing))
        }
    }

    /// The loss of `input` against `target`.
    ///
    /// # Panics
    /// If the shapes or dtypes do not fit, or a target is neither a class nor `ignore_index`: "Target 4 is
    /// out of bounds."
    #[track_caller]
    pub fn forward(&self, input: &Variable, target: &impl Target) -> Variable {
        let options = ClassLossOptions {
            weight: tensor_of(&self.weight),
            ignore_index: self.ignore_index,
            reduction: self.reduction,
            label_smoothing: self.label_smoothing,
        };
        cross_entropy(input, &target.variable(), &options)
    }
}

impl Default for CrossEntropyLoss {
    fn default() -> Self {
        CrossEntropyLoss::with(CrossEntropyLossConfig::default())
    }
}
