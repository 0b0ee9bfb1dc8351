use super::functional::{Borders, PaddingMode, pad};
use super::{Channels, Transform};
use tensor::Tensor;

/// Borders around the image, as `torchvision.transforms.Pad`.
///
/// ```
/// use datasets::transforms::{Pad, PaddingMode, Transform};
/// use tensor::Tensor;
///
/// let image = Tensor::from([[1u8, 2]]);
/// let y = Pad::new([1, 0, 2, 1]).padding_mode(PaddingMode::Edge).apply(image);
/// assert_eq!((y.shape(), y.to_vec::<u8>()), (&[2, 5][..], vec![1, 1, 2, 2, 2, 1, 1, 2, 2, 2]));
/// ```
///
/// # Panics
/// As [`pad`](super::functional::pad).
#[derive(Clone, Debug)]
pub struct Pad {
    padding: Borders,
    fill: Channels,
    padding_mode: PaddingMode,
}

impl Pad {
    /// `padding` for all sides, `[left and right, top and bottom]`, or `[left, top, right, bottom]`.
    pub fn new(padding: impl Into<Borders>) -> Self {
        Self { padding: padding.into(), fill: 0.0.into(), padding_mode: PaddingMode::default() }
    }

    /// The colour of the borders, default 0: one number or, for bytes, one for each channel.
    pub fn fill(self, fill: impl Into<Channels>) -> Self {
        Self { fill: fill.into(), ..self }
    }

    /// What the borders show, by default one colour.
    pub fn padding_mode(self, padding_mode: PaddingMode) -> Self {
        Self { padding_mode, ..self }
    }
}

impl Transform for Pad {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        pad(&x, self.padding, self.fill.clone(), self.padding_mode)
    }
}
