use serde::{Deserialize, Serialize};

use crate::{OptionValue, Value};

/// What [`Tensor::grid_sample`](crate::Tensor::grid_sample) makes of the elements around a position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GridSampleMode {
    /// A straight line between two elements, along one axis after the other; in images of three axes as well.
    #[default]
    Bilinear,
    /// The nearest element.
    Nearest,
    /// A cubic curve through four elements, along one axis after the other, with `a = −¾`.
    Bicubic,
}
crate::option_value!(GridSampleMode);

/// What [`Tensor::grid_sample`](crate::Tensor::grid_sample) reads outside of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GridSamplePadding {
    /// Zeros.
    #[default]
    Zeros,
    /// The nearest element.
    Border,
    /// The image reflected at its border, as often as it takes.
    Reflection,
}
crate::option_value!(GridSamplePadding);

/// How [`Tensor::grid_sample`](crate::Tensor::grid_sample) reads, as the arguments of
/// `torch.nn.functional.grid_sample`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GridSampleOptions {
    /// What is made of the elements around a position. Default bilinear.
    pub mode: GridSampleMode,
    /// What is read outside of the image. Default zeros.
    pub padding_mode: GridSamplePadding,
    /// Whether −1 and 1 are the middles of the first and last elements of an axis; else they are its ends.
    /// Default no.
    pub align_corners: bool,
}

impl GridSampleOptions {
    /// The options by name.
    pub(super) fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("mode", self.mode.to_value()),
            ("padding_mode", self.padding_mode.to_value()),
            ("align_corners", self.align_corners.to_value()),
        ]
    }
}
