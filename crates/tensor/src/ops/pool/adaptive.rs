use crate::{Divisor, OutputSize, Planes, Tensor};

/// The methods for each number of axes.
macro_rules! adaptive_pools {
    ($($avg:ident $max:ident $with_indices:ident | $D:literal over $axes:literal;)*) => {$(
        impl Tensor {
            #[doc = concat!("Means of as many parts of ", $axes, " as `output_size` says, as `torch.nn.functional.", stringify!($avg), "`;")]
            /// `None` leaves an axis as it is. The `i`th of `m` parts of an axis of size `n` is from
            /// `⌊i·n/m⌋` up to but without `⌈(i + 1)·n/m⌉`.
            ///
            /// ```
            /// let x = tensor::arange(1.0, 8.0, 1.0).reshape([1, 7]);
            /// assert_eq!(x.adaptive_avg_pool1d(3).to_vec::<f32>(), [2.0, 4.0, 6.0]);
            /// ```
            ///
            /// # Panics
            /// In torch's words, if the axes are others.
            #[track_caller]
            pub fn $avg(&self, output_size: impl Into<OutputSize<$D>>) -> Tensor {
                let op = stringify!($avg);
                Planes::adaptive(op, self.shape(), output_size.into()).average(op, self, Divisor::Axes)
            }

            #[doc = concat!("The largest elements of as many parts of ", $axes, " as `output_size` says, as `torch.nn.functional.", stringify!($max), "`;")]
            /// `None` leaves an axis as it is. The `i`th of `m` parts of an axis of size `n` is from
            /// `⌊i·n/m⌋` up to but without `⌈(i + 1)·n/m⌉`.
            ///
            /// ```
            /// let x = tensor::arange(1.0, 8.0, 1.0).reshape([1, 7]);
            /// assert_eq!(x.adaptive_max_pool1d(3).to_vec::<f32>(), [3.0, 5.0, 7.0]);
            /// ```
            ///
            /// # Panics
            /// In torch's words, if the axes are others.
            #[track_caller]
            pub fn $max(&self, output_size: impl Into<OutputSize<$D>>) -> Tensor {
                let op = stringify!($max);
                Planes::adaptive(op, self.shape(), output_size.into()).max(op, self)
            }

            #[doc = concat!("[`Tensor::", stringify!($max), "`], and where each maximum is:")]
            /// its position among the elements of its channel, `I64`.
            ///
            /// # Panics
            #[doc = concat!("As [`Tensor::", stringify!($max), "`].")]
            #[track_caller]
            pub fn $with_indices(&self, output_size: impl Into<OutputSize<$D>>) -> (Tensor, Tensor) {
                let op = stringify!($max);
                let planes = Planes::adaptive(op, self.shape(), output_size.into());
                let (y, places) = planes.max_with_places(op, self);
                (y, planes.indices(&places))
            }
        }
    )*};
}

adaptive_pools! {
    adaptive_avg_pool1d adaptive_max_pool1d adaptive_max_pool1d_with_indices | 1 over "the last axis";
    adaptive_avg_pool2d adaptive_max_pool2d adaptive_max_pool2d_with_indices | 2 over "the last two axes";
    adaptive_avg_pool3d adaptive_max_pool3d adaptive_max_pool3d_with_indices | 3 over "the last three axes";
}
