use super::triplet_margin_with_distance_loss::of_distances;
use super::{Reduction, TripletMarginWithDistanceLossOptions};
use crate::{Options, Variable};

/// The options of [`triplet_margin_loss`] and `nn::TripletMarginLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct TripletMarginLossOptions {
    /// How much farther the negative has to be than the positive, above 0. Default 1.
    #[option(default = 1.0, check(
        margin > 0.0 || margin.is_nan(),
        "expected margin to be greater than 0, got {margin} instead"
    ))]
    pub margin: f64,
    /// The norm by which distances are measured. Default 2.
    #[option(default = 2.0)]
    pub p: f64,
    /// Added to each difference. Default 1e-6.
    #[option(default = 1e-6)]
    pub eps: f64,
    /// Whether the negative's distance from the positive counts where it is smaller than that from the
    /// anchor (Balntas et al., *Learning shallow convolutional feature descriptors with triplet losses*,
    /// 2016). Default no.
    pub swap: bool,
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
}

/// Loss of triplets: `max(0, margin + d(a, p) − d(a, n))`, reduced, where `d` is
/// [`pairwise_distance`](Variable::pairwise_distance). All three get gradients. Sizes of 1 are broadcast.
///
/// # Shapes
/// - `anchor`, `positive`, `negative`: (N, D) or (D)
///
/// # Panics
/// If the numbers of axes differ, the shapes do not broadcast, or `margin` is not above 0.
#[track_caller]
pub fn triplet_margin_loss(
    anchor: &Variable,
    positive: &Variable,
    negative: &Variable,
    options: &TripletMarginLossOptions,
) -> Variable {
    const NAME: &str = "triplet_margin_loss";
    options.assert_valid(NAME);
    let TripletMarginLossOptions { margin, p, eps, swap, reduction } = *options;
    let distance = |x: &Variable, y: &Variable| x.pairwise_distance(y, p, eps, false);
    let options = TripletMarginWithDistanceLossOptions { margin, swap, reduction };
    of_distances(NAME, [anchor, positive, negative], distance, &options)
}
