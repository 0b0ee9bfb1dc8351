//! What the transforms do, without their draws: `torchvision.transforms.functional`.
//!
//! Each function takes [an image](super#images) and gives a new one; what it leaves as it is shares its
//! memory.

mod affine;
mod color;
mod crop;
mod erase;
mod flip;
mod grayscale;
mod hue;
mod interpolation;
mod pad;
pub(super) mod places;
pub(super) mod planes;
mod resample;
mod resize;
mod resized_crop;
mod rotate;
mod sampled;
mod warp;

pub use affine::affine;
pub use color::{adjust_brightness, adjust_contrast, adjust_saturation};
pub use crop::{center_crop, crop};
pub use erase::erase;
pub(super) use erase::tensor_image;
pub use flip::{hflip, vflip};
pub use grayscale::rgb_to_grayscale;
pub use hue::adjust_hue;
pub use interpolation::InterpolationMode;
pub use pad::{Borders, PaddingMode, pad};
pub use resize::resize;
pub use resized_crop::resized_crop;
pub use rotate::rotate;

use super::Channels;
