use super::Reduction;
use crate::{Options, Variable};

/// The options of [`hinge_embedding_loss`] and `nn::HingeEmbeddingLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct HingeEmbeddingLossOptions {
    /// The distance from which on a dissimilar pair costs nothing. Default 1.
    #[option(default = 1.0)]
    pub margin: f64,
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
}

/// Loss of the distances `x` of pairs: `x` where the target is 1, for similar pairs, and `max(0, margin − x)`
/// where it is −1, reduced; the sum of both for any other target, as in torch. `x` gets a gradient. Shapes
/// that differ are broadcast.
///
/// # Panics
/// If the shapes do not broadcast.
#[track_caller]
pub fn hinge_embedding_loss(
    x: &Variable,
    target: &Variable,
    options: &HingeEmbeddingLossOptions,
) -> Variable {
    let [zero, margin] = [0.0, options.margin].map(|c| Variable::new(tensor::full_dtype((), c, x.dtype())));
    let target = target.data();
    let apart = (margin - x).clamp(Some(0.0), None).where_(&target.ne(1), &zero);
    let together = x.where_(&target.ne(-1), &zero);
    options.reduction.of_recorded(apart + together)
}
