//! Transforms that compose: they turn a sample as it lies in the file into what the model takes.
//!
//! ```
//! use datasets::transforms;
//! use datasets::transforms::{Flatten, Normalize, ToTensor, Transform};
//! use tensor::Tensor;
//!
//! let data_tf = transforms![ToTensor, Normalize::new(0.5, 0.5), Flatten];
//! let image = Tensor::from([[0u8, 255], [51, 102]]);
//! assert_eq!(data_tf.apply(image).to_vec::<f32>(), [-1.0, 1.0, -0.6, -0.19999999]);
//! ```
//!
//! # Images
//!
//! What torchvision keeps as a PIL image is here a tensor of bytes (`U8`), `[height, width]` for grey or
//! `[height, width, channels]` for colours, red, green and blue: transforms do with it what torchvision does
//! with the PIL image, to the byte. [`ToTensor`] makes floats of it with the channels first. A tensor of any
//! other dtype is `[…, channels, height, width]`, and transforms do with it what torchvision does with
//! tensors.
//!
//! What each transform does without its draws is a function in [`functional`].
//!
//! # Speed
//!
//! Any `Fn(Tensor) -> Tensor` is a transform. A chain in which every part [works element by
//! element](Transform::is_elementwise) is the quickest: for images of bytes it is a table of 256 values, and
//! a loader makes a whole batch in one pass.

mod center_crop;
mod color_jitter;
mod compose;
mod draws;
mod elementwise;
mod flatten;
pub mod functional;
mod grayscale;
mod lambda;
mod normalize;
mod pad;
mod random_affine;
mod random_apply;
mod random_choice;
mod random_crop;
mod random_erasing;
mod random_grayscale;
mod random_horizontal_flip;
mod random_order;
mod random_resized_crop;
mod random_rotation;
mod random_vertical_flip;
mod range;
mod resize;
pub(crate) mod table;
mod to_tensor;

pub use center_crop::CenterCrop;
pub use color_jitter::ColorJitter;
pub use compose::Compose;
pub use elementwise::Elementwise;
pub use flatten::Flatten;
pub use functional::{Borders, InterpolationMode, PaddingMode};
pub use grayscale::Grayscale;
pub use lambda::Lambda;
pub use normalize::{Channels, Normalize};
pub use pad::Pad;
pub use random_affine::RandomAffine;
pub use random_apply::RandomApply;
pub use random_choice::RandomChoice;
pub use random_crop::RandomCrop;
pub use random_erasing::RandomErasing;
pub use random_grayscale::RandomGrayscale;
pub use random_horizontal_flip::RandomHorizontalFlip;
pub use random_order::RandomOrder;
pub use random_resized_crop::RandomResizedCrop;
pub use random_rotation::RandomRotation;
pub use random_vertical_flip::RandomVerticalFlip;
pub use range::Range;
pub use resize::Resize;
pub use to_tensor::ToTensor;

use std::sync::Arc;

use tensor::Tensor;

/// One step from a raw sample to what a model takes.
///
/// A transform is to be a function: the same output for the same input. One that draws random numbers takes
/// them from [`random::with_generator`](crate::random::with_generator).
pub trait Transform: Send + Sync {
    /// The transformed sample. For MNIST the first transform of a chain gets the
    /// image, `U8` of shape `[28, 28]`.
    fn apply(&self, x: Tensor) -> Tensor;

    /// Whether each element of the output depends on nothing but the element of the input in the same place,
    /// row by row, and in the same way in every place. The shape may change, the order may not.
    ///
    /// For images without a channel axis, `[height, width]`; when in doubt `false`, the default.
    fn is_elementwise(&self) -> bool {
        false
    }

    /// What a [`Compose`] that is printed calls it: by default its type, without modules and parameters.
    fn name(&self) -> &str {
        let name = std::any::type_name::<Self>();
        let name = name.split('<').next().unwrap_or(name);
        match name.strip_suffix("::{{closure}}") {
            Some(_) => "closure",
            None => name.rsplit("::").next().unwrap_or(name),
        }
    }
}

impl<F: Fn(Tensor) -> Tensor + Send + Sync> Transform for F {
    fn apply(&self, x: Tensor) -> Tensor {
        self(x)
    }
}

/// No transform: the sample as it is.
impl Transform for () {
    fn apply(&self, x: Tensor) -> Tensor {
        x
    }
    fn is_elementwise(&self) -> bool {
        true
    }
}

macro_rules! pointer {
    ($($t:ty),*) => {$(
        impl Transform for $t {
            fn apply(&self, x: Tensor) -> Tensor {
                (**self).apply(x)
            }
            fn is_elementwise(&self) -> bool {
                (**self).is_elementwise()
            }
            fn name(&self) -> &str {
                (**self).name()
            }
        }
    )*};
}
pointer!(Box<dyn Transform>, Arc<dyn Transform>);

/// A [`Compose`]($crate::transforms::Compose) of these transforms, first to last.
///
/// ```
/// use datasets::transforms;
/// use datasets::transforms::{Flatten, ToTensor};
/// use tensor::Tensor;
/// let chain = transforms![ToTensor, |x: Tensor| x * 2.0, Flatten];
/// ```
#[macro_export]
macro_rules! transforms {
    ($($transform:expr),* $(,)?) => {
        $crate::transforms::Compose::new([
            $(Box::new($transform) as Box<dyn $crate::transforms::Transform>),*
        ])
    };
}
