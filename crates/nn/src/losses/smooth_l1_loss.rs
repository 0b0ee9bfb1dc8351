use autograd::{Reduction, Variable, smooth_l1_loss};

use super::{Target, nothing};
use crate::Module;

/// Squared error near 0, absolute error further out: with `d = x − t`, the mean of `d²/(2β)` where `|d| < β`,
/// else `|d| − β/2`, as `torch.nn.SmoothL1Loss`.
///
/// # Shapes
/// - `input`, `target`: any, but the same; others are broadcast with a warning on stderr, as in torch
/// - output: no axes, or the shape of both without reduction
///
/// ```
/// use autograd::Variable;
/// use nn::SmoothL1Loss;
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([0.5f32, 3.0]));
/// let loss = SmoothL1Loss::new().forward(&x, &Tensor::from([0.0f32, 0.0]));
/// assert_eq!(loss.item(), (0.125 + 2.5) / 2.0);
/// ```
#[derive(Module, Clone, Copy, Debug)]
#[module(extra_repr = nothing, check = Self::check)]
pub struct SmoothL1Loss {
    #[module(config)]
    beta: f64,
    #[module(config)]
    reduction: Reduction,
}

/// The options of [`SmoothL1Loss`].
#[derive(Clone, Copy, Debug)]
pub struct SmoothL1LossConfig {
    /// Where the absolute error takes over from the squared one; 0 is [`L1Loss`](crate::L1Loss). Default 1.
    pub beta: f64,
    /// What becomes of the single losses. Default mean.
    pub reduction: Reduction,
}

impl Default for SmoothL1LossConfig {
    fn default() -> Self {
        SmoothL1LossConfig { beta: 1.0, reduction: Reduction::Mean }
    }
}

impl SmoothL1Loss {
    /// The mean over all elements, with the default `beta`.
    pub fn new() -> Self {
        SmoothL1Loss::default()
    }

    /// The loss with the options given.
    ///
    /// # Panics
    /// If `beta` is negative.
    #[track_caller]
    pub fn with(SmoothL1LossConfig { beta, reduction }: SmoothL1LossConfig) -> Self {
        let loss = SmoothL1Loss { beta, reduction };
        if let Err(problem) = loss.check() {
            panic!("SmoothL1Loss: {problem}");
        }
        loss
    }

    fn check(&self) -> Result<(), String> {
        if self.beta >= 0.0 {
            Ok(())
        } else {
            Err(format!("does not support negative values for beta, got {}", self.beta))
        }
    }

    /// The loss of `input` against `target`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn forward(&self, input: &Variable, target: &impl Target) -> Variable {
        smooth_l1_loss(input, &target.variable(), self.beta, self.reduction)
    }
}

impl Default for SmoothL1Loss {
    fn default() -> Self {
        SmoothL1Loss::with(SmoothL1LossConfig::default())
    }
}
