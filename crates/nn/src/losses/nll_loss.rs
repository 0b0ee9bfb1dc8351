use autograd::{ClassLossOptions, Reduction, Variable, nll_loss};
use tensor::Tensor;

use super::{Target, nothing, tensor_of};
use crate::{Buffer, Module};

/// Negative log-likelihood of classes: the mean of `−w[t]·x[t]` for log-probabilities `x`, such as
/// [`LogSoftmax`](crate::LogSoftmax) gives, as `torch.nn.NLLLoss`.
///
/// # Shapes
/// - `input`: (C), (N, C) or (N, C, d₁, …)
/// - `target`: (), (N) or (N, d₁, …), classes from 0 to C − 1 as `I64` or `U8`
/// - output: no axes, or (N) or (N, d₁, …) without reduction
///
/// ```
/// use autograd::Variable;
/// use nn::NLLLoss;
/// use tensor::Tensor;
///
/// let log_p = Variable::new(Tensor::from([[-0.5f32, -1.5], [-2.0, -0.25]]));
/// let loss = NLLLoss::new().forward(&log_p, &Tensor::from([0i64, 1]));
/// assert_eq!(loss.item(), 0.375);
/// ```
#[derive(Module, Clone)]
#[module(extra_repr = nothing)]
pub struct NLLLoss {
    weight: Option<Buffer>,
    #[module(config)]
    ignore_index: i64,
    #[module(config)]
    reduction: Reduction,
}

/// The options of [`NLLLoss`].
#[derive(Clone, Debug)]
pub struct NLLLossConfig {
    /// What the loss of each class is multiplied by, `[C]` of the input's dtype. Default 1.
    pub weight: Option<Tensor>,
    /// The target of positions to leave out. Default −100.
    pub ignore_index: i64,
    /// What becomes of the single losses. Default mean: their sum by the sum of their classes' weights, so
    /// NaN if every position is left out.
    pub reduction: Reduction,
}

impl Default for NLLLossConfig {
    fn default() -> Self {
        NLLLossConfig { weight: None, ignore_index: -100, reduction: Reduction::Mean }
    }
}

impl NLLLoss {
    /// The unweighted mean over all positions.
    pub fn new() -> Self {
        NLLLoss::default()
    }

    /// The loss with the options given.
    pub fn with(NLLLossConfig { weight, ignore_index, reduction }: NLLLossConfig) -> Self {
        NLLLoss { weight: weight.map(Buffer::new), ignore_index, reduction }
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
            ..Default::default()
        };
        nll_loss(input, &target.variable().data(), &options)
    }
}

impl Default for NLLLoss {
    fn default() -> Self {
        NLLLoss::with(NLLLossConfig::default())
    }
}
