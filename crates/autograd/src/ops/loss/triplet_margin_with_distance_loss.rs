use super::Reduction;
use crate::{Options, Variable};

/// The options of [`triplet_margin_with_distance_loss`] and `nn::TripletMarginWithDistanceLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct TripletMarginWithDistanceLossOptions {
    /// How much farther the negative has to be than the positive, above 0. Default 1.
    #[option(default = 1.0, check(
        margin > 0.0 || margin.is_nan(),
        "expected margin to be greater than 0, got {margin} instead"
    ))]
    pub margin: f64,
    /// Whether the negative's distance from the positive counts where it is smaller than that from the
    /// anchor. Default no.
    pub swap: bool,
    /// The use made of the single losses. Default mean.
    pub reduction: Reduction,
}

/// [`triplet_margin_loss`](super::triplet_margin_loss()) with a distance of one's own, as
/// `torch.nn.functional.triplet_margin_with_distance_loss`: `max(0, margin + d(a, p) − d(a, n))`, reduced.
///
/// # Panics
/// If the numbers of axes differ, the distances do not broadcast, or `margin` is not above 0; and where the
/// distance does.
#[track_caller]
pub fn triplet_margin_with_distance_loss(
    anchor: &Variable,
    positive: &Variable,
    negative: &Variable,
    distance: impl Fn(&Variable, &Variable) -> Variable,
    options: &TripletMarginWithDistanceLossOptions,
) -> Variable {
    options.assert_valid("triplet_margin_with_distance_loss");
    of_distances("triplet_margin_with_distance_loss", [anchor, positive, negative], distance, options)
}

/// The loss of triplets; the margin is checked.
#[track_caller]
pub(super) fn of_distances(
    name: &str,
    [anchor, positive, negative]: [&Variable; 3],
    distance: impl Fn(&Variable, &Variable) -> Variable,
    options: &TripletMarginWithDistanceLossOptions,
) -> Variable {
    let [a, p, n] = [anchor, positive, negative].map(Variable::ndim);
    assert!(
        a == p && p == n,
        "{name}: The anchor, positive, and negative tensors are expected to have the same number of dimensions, but \
         got: anchor {a}D, positive {p}D, and negative {n}D inputs"
    );
    let (near, mut far) = (distance(anchor, positive), distance(anchor, negative));
    if options.swap {
        far = far.minimum(&distance(positive, negative));
    }
    options.reduction.of_recorded((options.margin + near - far).clamp(Some(0.0), None))
}
