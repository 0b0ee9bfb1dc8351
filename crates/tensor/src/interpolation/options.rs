use serde::{Deserialize, Serialize};

use crate::Spatial;

/// How [`Tensor::interpolate`](crate::Tensor::interpolate) finds the elements between those that there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InterpolateMode {
    /// The element before, as OpenCV has it.
    #[default]
    Nearest,
    /// The element whose middle is nearest, as Pillow and scikit-image have it.
    NearestExact,
    /// A straight line between two elements, along one axis.
    Linear,
    /// A straight line between two elements, along one of two axes after the other.
    Bilinear,
    /// A cubic curve through four elements, along one of two axes after the other.
    Bicubic,
    /// A straight line between two elements, along one of three axes after the other.
    Trilinear,
    /// The mean of the elements that fall into each part of an axis, as adaptive pools have it.
    Area,
}
crate::option_value!(InterpolateMode);

impl InterpolateMode {
    /// The number of axes that the mode is for, unless it is for any number.
    pub(super) fn axes(self) -> Option<usize> {
        match self {
            InterpolateMode::Linear => Some(1),
            InterpolateMode::Bilinear | InterpolateMode::Bicubic => Some(2),
            InterpolateMode::Trilinear => Some(3),
            _ => None,
        }
    }
}

/// What [`Tensor::interpolate`](crate::Tensor::interpolate) is to do, as the arguments of
/// `torch.nn.functional.interpolate`. Either a size or a factor has to be given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InterpolateOptions {
    /// The sizes of the spatial axes. Default none.
    pub size: Option<Spatial<usize>>,
    /// How many times as long these become, rounded down. Default none.
    pub scale_factor: Option<Spatial<f64>>,
    /// How elements between others are found. Default the nearest one.
    pub mode: InterpolateMode,
    /// Whether the middles of the corners stay where they are; else their edges do. Only the modes that
    /// draw lines or curves take it. Default no.
    pub align_corners: Option<bool>,
    /// Whether positions are computed from the sizes, where the factor makes no whole ones; else from the
    /// factor. Default no.
    pub recompute_scale_factor: Option<bool>,
    /// Whether all elements under a filter count where the image becomes smaller, as Pillow has it:
    /// `Bilinear` and `Bicubic` can. Default no.
    pub antialias: bool,
}
