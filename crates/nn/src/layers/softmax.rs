use autograd::Variable;

use crate::{Forward, Module};

/// Scores to probabilities along one axis: `y = eˣ / Σ eˣ`, as `torch.nn.Softmax`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Softmax};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([[1.0f32, 1.0, 1.0, 1.0]]));
/// let y = Softmax::new(1).forward(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [0.25; 4]);
/// ```
#[derive(Module, Clone, Copy, Debug, Default)]
pub struct Softmax {
    #[module(config)]
    dim: Option<isize>,
}

impl Softmax {
    /// Along axis `dim`; −1 is the last.
    ///
    /// torch still takes `Softmax()` without an axis, which it warns against and which is
    /// [`Softmax::default`] here: axis 0 of inputs with 0, 1 or 3 axes, else axis 1.
    pub fn new(dim: isize) -> Self {
        Softmax { dim: Some(dim) }
    }
}

impl Forward for Softmax {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.softmax(self.dim.unwrap_or_else(|| implicit_dim(x)))
    }
}

/// The axis that torch takes where none is named.
pub(super) fn implicit_dim(x: &Variable) -> isize {
    match x.shape().len() {
        0 | 1 | 3 => 0,
        _ => 1,
    }
}
