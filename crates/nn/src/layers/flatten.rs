use autograd::Variable;

use crate::{Forward, Module};

/// Joins neighbouring axes into one, by default all but the batch, as `torch.nn.Flatten`.
///
/// # Shapes
/// - `x`: `[…, s, …, e, …]`
/// - output: `[…, s·…·e, …]`
///
/// ```
/// use autograd::Variable;
/// use nn::{Flatten, Forward};
///
/// let images = Variable::new(tensor::zeros([64, 1, 28, 28]));
/// assert_eq!(Flatten::new().forward(&images).shape(), [64, 784]);
/// assert_eq!(Flatten::with(1, 2).forward(&images).shape(), [64, 28, 28]);
/// ```
#[derive(Module, Clone, Copy, Debug)]
pub struct Flatten {
    #[module(config)]
    start_dim: isize,
    #[module(config)]
    end_dim: isize,
}

impl Flatten {
    /// All axes after the first.
    pub fn new() -> Self {
        Flatten::with(1, -1)
    }

    /// The axes from `start_dim` to `end_dim`, both included; −1 is the last.
    pub fn with(start_dim: isize, end_dim: isize) -> Self {
        Flatten { start_dim, end_dim }
    }
}

impl Default for Flatten {
    fn default() -> Self {
        Flatten::new()
    }
}

impl Forward for Flatten {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.flatten(self.start_dim, self.end_dim)
    }
}
