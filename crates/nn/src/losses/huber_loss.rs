use autograd::{Reduction, Variable, huber_loss};

use super::{Target, nothing};
use crate::Module;

/// Squared error near 0, linear further out: with `d = x − t`, the mean of `d²/2` where `|d| ≤ δ`, else
/// `δ·(|d| − δ/2)`, as `torch.nn.HuberLoss`.
///
/// # Shapes
/// - `input`, `target`: any, but the same; others are broadcast with a warning on stderr, as in torch
/// - output: no axes, or the shape of both without reduction
///
/// ```
/// use autograd::Variable;
/// use nn::HuberLoss;
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([0.5f32, 3.0]));
/// let loss = HuberLoss::new().forward(&x, &Tensor::from([0.0f32, 0.0]));
/// assert_eq!(loss.item(), (0.125 + 2.5) / 2.0);
/// ```
#[derive(Module, Clone, Copy, Debug)]
#[module(extra_repr = nothing, check = Self::check)]
pub struct HuberLoss {
    #[module(config)]
    delta: f64,
    #[module(config)]
    reduction: Reduction,
}

/// The options of [`HuberLoss`].
#[derive(Clone, Copy, Debug)]
pub struct HuberLossConfig {
    /// Where the linear part takes over from the squared one. Default 1.
    pub delta: f64,
    /// What becomes of the single losses. Default mean.
    pub reduction: Reduction,
}

impl Default for HuberLossConfig {
    fn default() -> Self {
        HuberLossConfig { delta: 1.0, reduction: Reduction::Mean }
    }
}

impl HuberLoss {
    /// The mean over all elements, with the default `delta`.
    pub fn new() -> Self {
        HuberLoss::default()
    }

    /// The loss with the options given.
    ///
    /// # Panics
    /// If `delta` is not positive.
    #[track_caller]
    pub fn with(HuberLossConfig { delta, reduction }: HuberLossConfig) -> Self {
        let loss = HuberLoss { delta, reduction };
        if let Err(problem) = loss.check() {
            panic!("HuberLoss: {problem}");
        }
        loss
    }

    fn check(&self) -> Result<(), String> {
        if self.delta > 0.0 {
            Ok(())
        } else {
            Err(format!("does not support non-positive values for delta, got {}", self.delta))
        }
    }

    /// The loss of `input` against `target`.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or `input` is not a float.
    #[track_caller]
    pub fn forward(&self, input: &Variable, target: &impl Target) -> Variable {
        huber_loss(input, &target.variable(), self.delta, self.reduction)
    }
}

impl Default for HuberLoss {
    fn default() -> Self {
        HuberLoss::with(HuberLossConfig::default())
    }
}
