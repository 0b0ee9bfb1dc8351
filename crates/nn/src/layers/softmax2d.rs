use autograd::Variable;

use crate::{Forward, Module, Training};

/// Scores to probabilities along the channels of `[batch, channels, h, w]` or `[channels, h, w]`, as
/// `torch.nn.Softmax2d`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Softmax2d};
///
/// let y = Softmax2d::new().forward(&Variable::new(tensor::ones([4, 1, 1])));
/// assert_eq!(y.data().to_vec::<f32>(), [0.25; 4]);
/// ```
#[derive(Module, Clone, Debug, Default)]
pub struct Softmax2d {
    training: Training,
}

impl Softmax2d {
    /// A new layer.
    pub fn new() -> Self {
        Softmax2d::default()
    }
}

#[nn::hooks]
impl Forward for Softmax2d {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let n = x.ndim();
        assert!(n == 3 || n == 4, "Softmax2d: expected input to be 3D or 4D, got {n}D instead");
        x.softmax(-3)
    }
}
