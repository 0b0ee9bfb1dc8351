use autograd::Variable;

use crate::{Module, Options, Training};

/// The cosine of the angle between the vectors of two inputs along one axis,
/// `x·y/(max(‖x‖, eps)·max(‖y‖, eps))`, as `torch.nn.CosineSimilarity`.
///
/// ```
/// use autograd::Variable;
/// use nn::CosineSimilarity;
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([[3.0f32, 0.0]]));
/// let y = Variable::new(Tensor::from([[3.0f32, 4.0]]));
/// assert_eq!(CosineSimilarity::new().forward(&x, &y).data().to_vec::<f32>(), [0.6]);
/// ```
#[derive(Module, Clone, Debug, Default)]
#[module(extra_repr = Self::describe)]
pub struct CosineSimilarity {
    #[module(options)]
    options: CosineSimilarityOptions,
    training: Training,
}

/// The options of [`CosineSimilarity`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct CosineSimilarityOptions {
    /// The axis of the vectors. Default 1.
    #[option(default = 1)]
    pub dim: isize,
    /// The least length that a vector counts with. Default 1e-8.
    #[option(default = 1e-8)]
    pub eps: f64,
}

impl CosineSimilarity {
    /// Along axis 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// The module with the options given.
    pub fn with(options: CosineSimilarityOptions) -> Self {
        Self { options, training: Training::default() }
    }

    /// Nothing: torch prints no settings here.
    fn describe(&self) -> String {
        String::new()
    }

    /// The cosines, without the axis.
    ///
    /// # Panics
    /// If the shapes do not broadcast, there is no such axis, or neither input is of a float dtype.
    #[track_caller]
    pub fn forward(&self, x1: &Variable, x2: &Variable) -> Variable {
        x1.cosine_similarity(x2, self.options.dim, self.options.eps)
    }
}
