use super::Convolution;
use crate::{OptionValue, PerAxis, Value, ValueError};

/// The options of `conv1d`, `conv2d` and `conv3d`, as in `torch.nn.functional`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvFuncOptions<const D: usize> {
    /// How far the kernel moves at a time. Default 1.
    pub stride: PerAxis<D>,
    /// Zeros on both sides of each axis. Default 0.
    pub padding: Padding<D>,
    /// How far the taps of the kernel are apart. Default 1.
    pub dilation: PerAxis<D>,
    /// Into how many groups the channels fall, each of which is convolved on its own. Default 1.
    pub groups: usize,
}

impl<const D: usize> Default for ConvFuncOptions<D> {
    fn default() -> Self {
        Self { stride: 1.into(), padding: 0.into(), dilation: 1.into(), groups: 1 }
    }
}

impl<const D: usize> ConvFuncOptions<D> {
    /// The convolution by a weight of this shape, whose kernel `'same'` padding depends on.
    pub fn convolution(&self, weight: &[usize]) -> Convolution {
        let kernel = |axis: usize| weight.get(axis + 2).copied().unwrap_or(1);
        let dilation = self.dilation.axes();
        let padding = std::array::from_fn(|axis| match self.padding {
            Padding::Size(size) => [size.axes()[axis]; 2],
            Padding::Valid => [0; 2],
            Padding::Same => {
                let total = dilation[axis].saturating_mul(kernel(axis).saturating_sub(1));
                [total / 2, total - total / 2]
            }
        });
        let same = self.padding == Padding::Same;
        Convolution::new(self.stride.axes(), padding, dilation, self.groups, same)
    }
}

/// The options of `conv_transpose1d`, `conv_transpose2d` and `conv_transpose3d`, as in `torch.nn.functional`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvTransposeFuncOptions<const D: usize> {
    /// How far apart the input's places lie in the output. Default 1.
    pub stride: PerAxis<D>,
    /// How much is cut off on both sides of each axis. Default 0.
    pub padding: PerAxis<D>,
    /// How much is added behind each axis: with a stride several sizes of output have this input. Default 0.
    pub output_padding: PerAxis<D>,
    /// Into how many groups the channels fall, each of which is convolved on its own. Default 1.
    pub groups: usize,
    /// How far the taps of the kernel are apart. Default 1.
    pub dilation: PerAxis<D>,
}

impl<const D: usize> Default for ConvTransposeFuncOptions<D> {
    fn default() -> Self {
        let (one, none) = (1.into(), 0.into());
        Self { stride: one, padding: none, output_padding: none, groups: 1, dilation: one }
    }
}

impl<const D: usize> ConvTransposeFuncOptions<D> {
    /// The convolution whose transpose this is.
    pub fn convolution(&self) -> Convolution {
        let padding = self.padding.axes().map(|size| [size; 2]);
        Convolution::new(self.stride.axes(), padding, self.dilation.axes(), self.groups, false)
    }
}

/// The zeros around the input of a convolution.
///
/// ```
/// use tensor::Padding;
///
/// assert_eq!(Padding::<2>::from("same"), Padding::Same);
/// assert_eq!(Padding::<2>::from(1), Padding::from([1, 1]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding<const D: usize> {
    /// So many on both sides of each axis.
    Size(PerAxis<D>),
    /// None: `'valid'`.
    Valid,
    /// As many as leave an output of the input's size, one more behind than in front where the number is
    /// odd: `'same'`. Not for strides.
    Same,
}

impl<const D: usize, T: Into<PerAxis<D>>> From<T> for Padding<D> {
    fn from(size: T) -> Self {
        Padding::Size(size.into())
    }
}

impl<const D: usize> From<&str> for Padding<D> {
    /// `"same"` or `"valid"`.
    ///
    /// # Panics
    /// If it is neither.
    #[track_caller]
    fn from(name: &str) -> Self {
        match name {
            "same" => Padding::Same,
            "valid" => Padding::Valid,
            _ => panic!("Invalid padding string '{name}', should be one of {{'same', 'valid'}}"),
        }
    }
}

impl<const D: usize> OptionValue for Padding<D> {
    fn to_value(&self) -> Value {
        match self {
            Padding::Size(size) => size.to_value(),
            Padding::Valid => "valid".into(),
            Padding::Same => "same".into(),
        }
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        match value.as_str() {
            Some("same") => Ok(Padding::Same),
            Some("valid") => Ok(Padding::Valid),
            Some(_) => Err(value.is_not("'same' or 'valid'")),
            None => PerAxis::from_value(value).map(Padding::Size),
        }
    }
}
