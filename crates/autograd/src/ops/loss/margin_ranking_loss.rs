use super::Reduction;
use crate::{Options, Variable};

/// The options of [`margin_ranking_loss`] and `nn::MarginRankingLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct MarginRankingLossOptions {
    /// How much larger the one has to be than the other. Default 0.
    pub margin: f64,
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
}

/// Ranking loss of pairs: `max(0, −t·(x₁ − x₂) + margin)`, reduced. The target is 1 where the first input
/// should be the larger one, and −1 where the second should be. All three get gradients. Sizes of 1 are
/// broadcast.
///
/// # Panics
/// If the numbers of axes differ, or the shapes do not broadcast.
#[track_caller]
pub fn margin_ranking_loss(
    input1: &Variable,
    input2: &Variable,
    target: &Variable,
    options: &MarginRankingLossOptions,
) -> Variable {
    let [a, b, t] = [input1, input2, target].map(Variable::shape);
    assert!(
        a.len() == b.len() && a.len() == t.len(),
        "margin_ranking_loss: All input tensors should have same dimension but got sizes: input1: {a:?}, input2: \
         {b:?}, target: {t:?}"
    );
    let losses = (-target * (input1 - input2) + options.margin).clamp(Some(0.0), None);
    options.reduction.of_recorded(losses)
}
