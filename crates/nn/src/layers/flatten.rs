use autograd::Variable;

use crate::{Forward, Module, Options, Training};

/// Joins neighbouring axes into one, by default all but the batch, as `torch.nn.Flatten`.
///
/// # Shapes
/// - `x`: `[…, s, …, e, …]`
/// - output: `[…, s·…·e, …]`
///
/// ```
/// use autograd::Variable;
/// use nn::{Flatten, FlattenOptions, Forward};
///
/// let images = Variable::new(tensor::zeros([64, 1, 28, 28]));
/// assert_eq!(Flatten::new().forward(&images).shape(), [64, 784]);
/// let joined = Flatten::with(FlattenOptions { end_dim: 2, ..Default::default() });
/// assert_eq!(joined.forward(&images).shape(), [64, 28, 28]);
/// ```
#[derive(Module, Clone, Debug, Default)]
pub struct Flatten {
    #[module(options)]
    options: FlattenOptions,
    training: Training,
}

/// The options of [`Flatten`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct FlattenOptions {
    /// The first axis to join. Default 1.
    #[option(default = 1)]
    pub start_dim: isize,
    /// The last axis to join. Default −1, the last there is.
    #[option(default = -1)]
    pub end_dim: isize,
}

impl Flatten {
    /// All axes after the first.
    pub fn new() -> Self {
        Flatten::default()
    }

    /// The layer with the options given.
    pub fn with(options: FlattenOptions) -> Self {
        Flatten { options, training: Training::default() }
    }
}

#[nn::hooks]
impl Forward for Flatten {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.flatten(self.options.start_dim, self.options.end_dim)
    }
}
