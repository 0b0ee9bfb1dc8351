use tensor::{Tensor, Value, broadcast_tensors};

use super::Reduction;
use crate::{Differentiable, Dy, Grads, Op, Options, Outputs, Saved, Saver, Variable, apply};

/// The options of [`soft_margin_loss`] and `nn::SoftMarginLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct SoftMarginLossOptions {
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
}

/// Logistic loss of scores `x` with targets of 1 and −1: `ln(1 + e^(−t·x))`, reduced. Both sides get
/// gradients; torch refuses the target's. The target is broadcast to the shape of `x`.
///
/// # Panics
/// If the target does not broadcast to the shape of `x`, or `x` is not of a float dtype.
#[track_caller]
pub fn soft_margin_loss(x: &Variable, target: &Variable, options: &SoftMarginLossOptions) -> Variable {
    const NAME: &str = "soft_margin_loss";
    let (shape, dtype) = (x.shape(), x.dtype());
    assert!(dtype.is_float(), "{NAME}: not defined for an input of {dtype} (shape {shape:?})");
    let common = broadcast_tensors(&[x.data(), target.data()]).remove(0);
    assert!(
        common.shape() == shape,
        "{NAME}: output with shape {shape:?} doesn't match the broadcast shape {:?}",
        common.shape()
    );
    let target = target.to_dtype(dtype).expand(&shape[..]);
    apply(SoftMargin(*options), &[x, &target]).single()
}

struct SoftMargin(SoftMarginLossOptions);

impl Op for SoftMargin {
    fn name(&self) -> &'static str {
        "SoftMarginLossBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.0.saved()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.input(1);
        self.0.reduction.of((-&x[0] * &x[1]).exp().log1p()).into()
    }

    /// `dx = −t·z/(1 + z)·dy` with `z = e^(−t·x)`, and `dt` the same with `x` and `t` in each other's places.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (x, t, dy) = (&saved[0], &saved[1], dy.single());
        let share = self.0.reduction.share(x.value().numel());
        let z = (-t.clone() * x).exp();
        let slope = |other: &V| other.clone() * &z * -share / (z.clone() + 1.0) * &dy;
        [needs[0].then(|| slope(t)), needs[1].then(|| slope(x))].into()
    }
}
