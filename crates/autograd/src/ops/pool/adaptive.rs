use tensor::{Divisor, OptionValue, OutputSize, Planes, Tensor};

use super::avg_pool::Averaged;
use super::max_pool::MaxPool;
use crate::{Variable, apply};

/// The methods for each number of axes.
macro_rules! adaptive_pools {
    ($($avg:ident $max:ident $with_indices:ident | $D:literal, $node:literal;)*) => {$(
        impl Variable {
            #[doc = concat!("Means of so many parts as `output_size` says, as `torch.nn.functional.", stringify!($avg), "`;")]
            #[doc = concat!("see [`Tensor::", stringify!($avg), "`].")]
            ///
            /// # Panics
            /// In torch's words, if the axes are others.
            #[track_caller]
            pub fn $avg(&self, output_size: impl Into<OutputSize<$D>>) -> Variable {
                let (op, output_size) = (stringify!($avg), output_size.into());
                let planes = Planes::adaptive(op, &self.shape(), output_size);
                let attributes = vec![("output_size", output_size.to_value())];
                let divisor = Divisor::Axes;
                apply(Averaged { op, node: concat!("AdaptiveAvgPool", $node, "DBackward0"), planes, divisor, attributes, back: false }, &[self]).single()
            }

            #[doc = concat!("The largest elements of so many parts as `output_size` says, as `torch.nn.functional.", stringify!($max), "`;")]
            #[doc = concat!("see [`Tensor::", stringify!($max), "`].")]
            ///
            /// # Panics
            /// In torch's words, if the axes are others.
            #[track_caller]
            pub fn $max(&self, output_size: impl Into<OutputSize<$D>>) -> Variable {
                apply(largest(self, stringify!($max), concat!("AdaptiveMaxPool", $node, "DBackward0"), output_size.into()), &[self]).single()
            }

            #[doc = concat!("[`Variable::", stringify!($max), "`], and where each maximum is.")]
            ///
            /// # Panics
            #[doc = concat!("As [`Variable::", stringify!($max), "`].")]
            #[track_caller]
            pub fn $with_indices(&self, output_size: impl Into<OutputSize<$D>>) -> (Variable, Tensor) {
                largest(self, stringify!($max), concat!("AdaptiveMaxPool", $node, "DBackward0"), output_size.into()).with_indices(self)
            }
        }
    )*};
}

adaptive_pools! {
    adaptive_avg_pool1d adaptive_max_pool1d adaptive_max_pool1d_with_indices | 1, 2;
    adaptive_avg_pool2d adaptive_max_pool2d adaptive_max_pool2d_with_indices | 2, 2;
    adaptive_avg_pool3d adaptive_max_pool3d adaptive_max_pool3d_with_indices | 3, 3;
}

#[track_caller]
fn largest<const D: usize>(
    x: &Variable,
    op: &'static str,
    node: &'static str,
    output_size: OutputSize<D>,
) -> MaxPool {
    let planes = Planes::adaptive(op, &x.shape(), output_size);
    let attributes = vec![("output_size", output_size.to_value())];
    MaxPool { op, node, planes, attributes, indices: false }
}
