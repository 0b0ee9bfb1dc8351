use autograd::Variable;

use crate::{Module, Options, Training};

/// The distance between the vectors of two inputs along the last axis: the `p`-norm of `x1 − x2 + eps`, as
/// `torch.nn.PairwiseDistance`.
///
/// ```
/// use autograd::Variable;
/// use nn::PairwiseDistance;
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([[1.0f32, 2.0], [4.0, 6.0]]));
/// let y = Variable::new(Tensor::from([1.0f32, 2.0]));
/// let distance = PairwiseDistance::new().forward(&x, &y);
/// assert_eq!(distance.data().to_string(), "tensor([1.4142e-06, 5.0000e+00])");
/// ```
#[derive(Module, Clone, Debug, Default)]
#[module(extra_repr = Self::describe)]
pub struct PairwiseDistance {
    #[module(options)]
    options: PairwiseDistanceOptions,
    training: Training,
}

/// The options of [`PairwiseDistance`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct PairwiseDistanceOptions {
    /// The order of the norm. Default 2.
    #[option(default = 2.0)]
    pub p: f64,
    /// What is added to each difference. Default 1e-6.
    #[option(default = 1e-6)]
    pub eps: f64,
    /// Whether the axis stays, of size 1. Default no.
    pub keepdim: bool,
}

impl PairwiseDistance {
    /// Of the Euclidean norm.
    pub fn new() -> Self {
        Self::default()
    }

    /// The module with the options given.
    pub fn with(options: PairwiseDistanceOptions) -> Self {
        Self { options, training: Training::default() }
    }

    /// Nothing: torch prints no settings here.
    fn describe(&self) -> String {
        String::new()
    }

    /// The distances.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn forward(&self, x1: &Variable, x2: &Variable) -> Variable {
        let PairwiseDistanceOptions { p, eps, keepdim } = self.options;
        x1.pairwise_distance(x2, p, eps, keepdim)
    }
}
