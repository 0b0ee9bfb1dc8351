use std::fmt;
use std::sync::Arc;

pub use autograd::TripletMarginWithDistanceLossOptions;
use autograd::Variable;
use tensor::Value;

use crate::{Builder, Error, Members, Module, Options, PairwiseDistance, Target, Training};

/// Loss of triplets with a distance of one's own: the mean of `max(0, margin + d(a, p) − d(a, n))`, as
/// `torch.nn.TripletMarginWithDistanceLoss`.
///
/// A file has the loss with [`PairwiseDistance`], but no function of a program: a model with such a loss is
/// saved, and refused when it is loaded.
///
/// # Shapes
/// - `anchor`, `positive`, `negative`: what the distance takes, of the same number of axes
/// - output: no axes, or without reduction those of a distance
///
/// ```
/// use autograd::Variable;
/// use nn::{TripletMarginWithDistanceLoss, TripletMarginWithDistanceLossOptions};
/// use tensor::Tensor;
///
/// let furthest = |x: &Variable, y: &Variable| (x - y).abs().amax(-1, false);
/// let options = TripletMarginWithDistanceLossOptions { margin: 1.5, ..Default::default() };
/// let loss = TripletMarginWithDistanceLoss::with(furthest, options).forward(
///     &Variable::new(Tensor::from([[0.0f32, 0.0]])),
///     &Tensor::from([[3.0f32, 4.0]]),
///     &Tensor::from([[0.0f32, 2.0]]),
/// );
/// assert_eq!(loss.item(), 3.5); // 1.5 + 4 − 2
/// ```
#[derive(Clone)]
pub struct TripletMarginWithDistanceLoss {
    distance: Distance,
    options: TripletMarginWithDistanceLossOptions,
    training: Training,
}

#[derive(Clone)]
enum Distance {
    Pairwise(PairwiseDistance),
    Own(Arc<Function>),
}

type Function = dyn Fn(&Variable, &Variable) -> Variable + Send + Sync;

impl TripletMarginWithDistanceLoss {
    /// The loss with torch's defaults, whose distance is [`PairwiseDistance`].
    pub fn new() -> Self {
        Self::default()
    }

    /// The loss with this distance and the options given.
    ///
    /// # Panics
    /// If `margin` is not above 0.
    #[track_caller]
    pub fn with(
        distance: impl Fn(&Variable, &Variable) -> Variable + Send + Sync + 'static,
        options: TripletMarginWithDistanceLossOptions,
    ) -> Self {
        options.assert_valid(Self::kind_name());
        Self { distance: Distance::Own(Arc::new(distance)), options, training: Training::default() }
    }

    /// The options.
    pub fn options(&self) -> TripletMarginWithDistanceLossOptions {
        self.options
    }

    /// The loss of `anchor`, `positive`, `negative`.
    ///
    /// # Panics
    /// As [`autograd::triplet_margin_with_distance_loss`].
    #[track_caller]
    pub fn forward(&self, anchor: &Variable, positive: &impl Target, negative: &impl Target) -> Variable {
        let (positive, negative) = (positive.variable(), negative.variable());
        let distance = |x: &Variable, y: &Variable| match &self.distance {
            Distance::Pairwise(distance) => distance.forward(x, y),
            Distance::Own(distance) => distance(x, y),
        };
        autograd::triplet_margin_with_distance_loss(anchor, &positive, &negative, distance, &self.options)
    }
}

impl Default for TripletMarginWithDistanceLoss {
    fn default() -> Self {
        let (distance, options) = (Distance::Pairwise(PairwiseDistance::new()), Default::default());
        Self { distance, options, training: Training::default() }
    }
}

impl Module for TripletMarginWithDistanceLoss {
    fn kind_name() -> &'static str {
        "TripletMarginWithDistanceLoss"
    }

    fn members(&self) -> Members<'_> {
        let mut members = Members::new();
        if let Distance::Pairwise(distance) = &self.distance {
            members.add("distance_function", distance);
        }
        members.add("training", &self.training);
        members
    }

    fn config(&self) -> Vec<(&'static str, Value)> {
        self.options.saved()
    }

    fn extra_repr(&self) -> String {
        String::new()
    }

    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        builder.expect_kind::<Self>()?;
        let Some(distance) = builder.field("distance_function")? else {
            return Err(builder.error("its distance is a function of the program that saved it"));
        };
        let (options, training) = (builder.options()?, builder.field("training")?);
        Ok(Self { distance: Distance::Pairwise(distance), options, training })
    }
}

impl fmt::Display for TripletMarginWithDistanceLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}

impl fmt::Debug for TripletMarginWithDistanceLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}
