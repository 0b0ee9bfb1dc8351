use std::f64::consts::TAU;

use super::Reduction;
use crate::{Options, Variable};

/// The options of [`poisson_nll_loss`] and `nn::PoissonNLLLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct PoissonNLLLossOptions {
    /// Whether `x` is the logarithm of the rate. Default yes.
    #[option(default = true)]
    pub log_input: bool,
    /// Whether the part that depends on the target alone is added. Default no.
    pub full: bool,
    /// Added to a rate before its logarithm is taken (`ε`). Default 1e-8.
    #[option(default = 1e-8)]
    pub eps: f64,
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
}

/// Negative log-likelihood of counts `t` under Poisson distributions: `eˣ − t·x` for the logarithms `x` of
/// the rates, or `x − t·ln(x + ε)` for the rates themselves, reduced. The full form adds `ln t!` by
/// Stirling's formula, `t·ln t − t + ½·ln(2π·t)`, where `t > 1`. Both sides get gradients. Shapes that
/// differ are broadcast.
///
/// # Panics
/// If the shapes do not broadcast.
#[track_caller]
pub fn poisson_nll_loss(x: &Variable, target: &Variable, options: &PoissonNLLLossOptions) -> Variable {
    let mut loss = match options.log_input {
        true => x.exp() - target * x,
        false => x - target * (x + options.eps).log(),
    };
    if options.full {
        let stirling = target * target.log() - target + 0.5 * (TAU * target).log();
        loss += stirling.masked_fill(&target.data().le(1.0), 0.0);
    }
    options.reduction.of_recorded(loss)
}
