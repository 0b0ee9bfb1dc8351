use autograd::{LPPoolOptions, Variable};
use tensor::{PerAxis, Scalar};

use crate::{Forward, Module, Training};

/// `(Σ xᵖ)^(1/p)` of each window that slides over the last `D` axes, with the p of `norm_type`, as
/// `torch.nn.LPPool1d`, `LPPool2d` and `LPPool3d`; shapes are those of [`AvgPool`](crate::AvgPool). The
/// stride is the window's size unless it is given.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, LPPool1d};
/// use tensor::Tensor;
///
/// let layer = LPPool1d::new(2, 2);
/// let x = Variable::new(Tensor::from([[3.0f32, 4.0, 6.0, 8.0]]));
/// assert_eq!(layer.forward(&x).data().to_vec::<f32>(), [5.0, 10.0]);
/// assert_eq!(layer.to_string(), "LPPool1d(norm_type=2, kernel_size=2, stride=None, ceil_mode=False)");
/// ```
#[derive(Module, Clone, Debug)]
#[module(hooks, name = ["LPPool1d", "LPPool2d", "LPPool3d"][D - 1])]
pub struct LPPool<const D: usize> {
    #[module(config)]
    norm_type: Scalar,
    #[module(config)]
    kernel_size: PerAxis<D>,
    #[module(options)]
    options: LPPoolOptions<D>,
    training: Training,
}

/// [`LPPool`] over the last axis.
pub type LPPool1d = LPPool<1>;

/// [`LPPool`] over the last two axes.
pub type LPPool2d = LPPool<2>;

/// [`LPPool`] over the last three axes.
pub type LPPool3d = LPPool<3>;

impl<const D: usize> LPPool<D> {
    /// Windows of this size beside each other.
    pub fn new(norm_type: impl Into<Scalar>, kernel_size: impl Into<PerAxis<D>>) -> Self {
        Self::with(norm_type, kernel_size, LPPoolOptions::default())
    }

    /// Windows of this size with the options given.
    pub fn with(
        norm_type: impl Into<Scalar>,
        kernel_size: impl Into<PerAxis<D>>,
        options: LPPoolOptions<D>,
    ) -> Self {
        Self {
            norm_type: norm_type.into(),
            kernel_size: kernel_size.into(),
            options,
            training: Training::default(),
        }
    }
}

macro_rules! forward {
    ($($D:literal: $function:ident;)*) => {$(
        #[nn::hooks]
        impl Forward for LPPool<$D> {
            #[track_caller]
            fn forward(&self, x: &Variable) -> Variable {
                x.$function(self.norm_type.to_f64(), self.kernel_size, self.options)
            }
        }
    )*};
}

forward! {
    1: lp_pool1d;
    2: lp_pool2d;
    3: lp_pool3d;
}
