use tensor::Tensor;

use super::Reduction;
use crate::{Options, Variable};

/// The options of [`multilabel_soft_margin_loss`] and `nn::MultiLabelSoftMarginLoss`.
#[derive(Clone, Debug, Options)]
#[options(crate = tensor, shown = never)]
pub struct MultiLabelSoftMarginLossOptions {
    /// A factor for the loss of each class, spread over the shape of the input. Default 1.
    #[option(skip)]
    pub weight: Option<Tensor>,
    /// The use made of the samples' losses. Default mean.
    pub reduction: Reduction,
}

/// Binary cross entropy of scores `x`, one for each class, averaged over classes:
/// `−1/C·Σ w·(t·ln σ(x) + (1 − t)·ln σ(−x))`, reduced. Both sides get gradients. Shapes that differ are
/// broadcast.
///
/// # Shapes
/// - `x`: (…, C)
/// - `target`: the same, 1 for the classes of a sample and 0 for others
/// - output: no axes, or (…) without reduction
///
/// # Panics
/// If the shapes do not broadcast, or `x` has no axes.
#[track_caller]
pub fn multilabel_soft_margin_loss(
    x: &Variable,
    target: &Variable,
    options: &MultiLabelSoftMarginLossOptions,
) -> Variable {
    let shape = x.shape();
    let classes = *shape.last().expect("multilabel_soft_margin_loss: the input needs an axis of classes");
    let mut loss = -(target * x.log_sigmoid() + (1.0 - target) * (-x).log_sigmoid());
    if let Some(weight) = &options.weight {
        loss *= Variable::new(weight.clone());
    }
    options.reduction.of_recorded(loss.sum_dim([shape.len() as isize - 1], false) / classes as f64)
}
