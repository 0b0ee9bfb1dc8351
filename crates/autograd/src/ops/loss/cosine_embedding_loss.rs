use super::Reduction;
use crate::{Options, Variable};

/// The options of [`cosine_embedding_loss`] and `nn::CosineEmbeddingLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct CosineEmbeddingLossOptions {
    /// The cosine up to which a dissimilar pair costs nothing. Default 0.
    pub margin: f64,
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
}

/// Loss of pairs of vectors by their cosine: `1 − cos` where the target is 1, `max(0, cos − margin)` where it
/// is −1, and 0 for any other target, reduced. Both inputs get gradients.
///
/// # Shapes
/// - `input1`, `input2`: (N, D), or (D) for one pair
/// - `target`: (N), or () for one pair
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn cosine_embedding_loss(
    input1: &Variable,
    input2: &Variable,
    target: &Variable,
    options: &CosineEmbeddingLossOptions,
) -> Variable {
    const NAME: &str = "cosine_embedding_loss";
    const EPSILON: f64 = 1e-12f32 as f64; // torch has it as an f32
    let ([a, b], t) = ([input1, input2].map(Variable::shape), target.shape());
    assert!(t.len() <= 1, "{NAME}: 0D or 1D target tensor expected, multi-target not supported, got {t:?}");
    let axes = t.len() + 1;
    assert!(
        a.len() == axes && b.len() == axes,
        "{NAME}: {}D target tensor expects {axes}D input tensors, but found inputs with sizes {a:?} and {b:?}",
        t.len()
    );
    let product = |a: &Variable, b: &Variable| (a * b).sum_dim(-1, false);
    let both = product(input1, input2);
    let [square1, square2] = [input1, input2].map(|x| product(x, x) + EPSILON);
    let cos = both / (square1 * square2).sqrt();
    let (zero, target) = (Variable::new(cos.data().zeros_like()), target.data());
    let together = (1.0 - &cos).where_(&target.eq(1), &zero);
    let apart = (cos - options.margin).clamp(Some(0.0), None).where_(&target.eq(-1), &zero);
    options.reduction.of_recorded(together + apart)
}
