use autograd::Variable;
use tensor::{AxisSizes, PadMode, Scalar};

use crate::{Forward, Module, Training};

/// Pads an image with one number, as `torch.nn.ConstantPad1d`, `ConstantPad2d` and `ConstantPad3d`.
///
/// # Shapes
/// - `x`: `[…]` with the axes that are padded at the end
/// - output: the same, with so many more elements along each of these
///
/// ```
/// use autograd::Variable;
/// use nn::{ConstantPad1d, Forward};
/// use tensor::ones;
///
/// let layer = ConstantPad1d::new([2, 1], 3.5);
/// let y = layer.forward(&Variable::new(ones([1, 2])));
/// assert_eq!(y.data().to_vec::<f32>(), [3.5, 3.5, 1.0, 1.0, 3.5]);
/// assert_eq!(layer.to_string(), "ConstantPad1d(padding=(2, 1), value=3.5)");
/// ```
#[derive(Module, Clone, Debug)]
#[module(name = ["ConstantPad1d", "ConstantPad2d", "ConstantPad3d"][N / 2 - 1])]
pub struct ConstantPad<const N: usize> {
    #[module(config)]
    padding: AxisSizes<N, isize>,
    #[module(config)]
    value: Scalar,
    training: Training,
}

/// [`ConstantPad`] over the last axis, which has two ends.
pub type ConstantPad1d = ConstantPad<2>;

/// [`ConstantPad`] over the last two axes, which have four ends.
pub type ConstantPad2d = ConstantPad<4>;

/// [`ConstantPad`] over the last three axes, which have six ends.
pub type ConstantPad3d = ConstantPad<6>;

impl<const N: usize> ConstantPad<N> {
    /// Padding with `value`, of this length at all ends, or of a length for each: before and behind the last
    /// axis, then the one before it. Negative ones cut off.
    pub fn new(padding: impl Into<AxisSizes<N, isize>>, value: impl Into<Scalar>) -> Self {
        Self { padding: padding.into().each(), value: value.into(), training: Training::default() }
    }
}

#[nn::hooks]
impl<const N: usize> Forward for ConstantPad<N> {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.pad(self.padding.axes(), PadMode::Constant(self.value))
    }
}
