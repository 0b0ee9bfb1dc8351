use std::f64::consts::TAU;

use super::Reduction;
use crate::ops::elementwise::AtLeast;
use crate::{Options, Variable};

/// The options of [`gaussian_nll_loss`] and `nn::GaussianNLLLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct GaussianNLLLossOptions {
    /// Whether the constant `½·ln 2π` is added. Default no.
    pub full: bool,
    /// The least variance (`ε`). Default 1e-6.
    #[option(default = 1e-6)]
    pub eps: f64,
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
}

/// Negative log-likelihood of `t` under Gaussian distributions of means `x` and variances `v`:
/// `½·(ln v + (x − t)²/v)`, reduced, with `v` no lower than `ε`; its gradient takes no notice of that. The
/// full form adds `½·ln 2π`. All three get gradients.
///
/// # Shapes
/// - `x`: any
/// - `target`: any that broadcasts with it
/// - `var`: that of `x`, or the same with one axis of size 1, or without the last axis
///
/// # Panics
/// If the shapes do not fit, a variance is negative, or the variances are not of a float dtype.
#[track_caller]
pub fn gaussian_nll_loss(
    x: &Variable,
    target: &Variable,
    var: &Variable,
    options: &GaussianNLLLossOptions,
) -> Variable {
    const NAME: &str = "gaussian_nll_loss";
    let (size, of_var, dtype) = (x.shape(), var.shape(), var.dtype());
    assert!(dtype.is_float(), "{NAME}: var must be of a float dtype, got {dtype} (shape {of_var:?})");
    let negative = var.data().lt(0).any().item() != 0.0;
    assert!(!negative, "{NAME}: var has negative entry/entries, its size is {of_var:?}");
    let var = if of_var != size && size.split_last().is_some_and(|(_, rest)| rest == of_var) {
        var.unsqueeze(-1)
    } else {
        let others = size.iter().zip(&of_var).filter(|(x, var)| x != var);
        let one = size.len() == of_var.len() && others.map(|(_, var)| var).sum::<usize>() == 1;
        assert!(
            of_var == size || one,
            "{NAME}: var is of incorrect size: {of_var:?} beside an input of size {size:?}"
        );
        var.clone()
    };
    let var = var.elementwise(AtLeast { least: options.eps });
    let mut loss = 0.5 * (var.log() + (x - target).powf(2.0) / &var);
    if options.full {
        loss += 0.5 * TAU.ln();
    }
    options.reduction.of_recorded(loss)
}
