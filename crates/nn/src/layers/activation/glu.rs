use autograd::Variable;

use crate::{Forward, Module, Options, Training};

/// Gated linear unit: `y = a·σ(b)` of the two halves `a` and `b` of the input along one axis (Dauphin et al.,
/// *Language modeling with gated convolutional networks*, 2017), as `torch.nn.GLU`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, GLU};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([[4.0f32, 6.0, 0.0, 100.0]]));
/// assert_eq!(GLU::new(1).forward(&x).data().to_vec::<f32>(), [2.0, 6.0]);
/// ```
#[derive(Module, Clone, Debug, Default)]
pub struct GLU {
    #[module(options)]
    options: GLUOptions,
    training: Training,
}

/// The options of [`GLU`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct GLUOptions {
    /// The axis, whose size is even. Default −1, the last.
    #[option(default = -1)]
    pub dim: isize,
}

impl GLU {
    /// Of halves along axis `dim`; −1 is the last.
    pub fn new(dim: isize) -> Self {
        GLU::with(GLUOptions { dim })
    }

    /// The layer with the options given.
    pub fn with(options: GLUOptions) -> Self {
        GLU { options, training: Training::default() }
    }
}

#[nn::hooks]
impl Forward for GLU {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.glu(self.options.dim)
    }
}
