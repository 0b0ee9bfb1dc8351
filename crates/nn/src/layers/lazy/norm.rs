use tensor::{Options, Value};

use super::{FromInput, Lazy};
use crate::{BatchNorm, BatchNormOptions, Builder, Error, InstanceNorm, InstanceNormOptions};

/// A row has the layer, its options, torch's defaults for the lazy form, and the names of the lazy forms.
macro_rules! lazy {
    ($($Norm:ident $Options:ident $default:expr, [$One:ident $Two:ident $Three:ident];)*) => {$(
        #[doc = concat!("[`Lazy`] form of [`", stringify!($Norm), "`] with one spatial axis, as `torch.nn.", stringify!($One), "`.")]
        pub type $One = Lazy<$Norm<1>>;

        #[doc = concat!("[`Lazy`] form of [`", stringify!($Norm), "`] with two spatial axes, as `torch.nn.", stringify!($Two), "`.")]
        pub type $Two = Lazy<$Norm<2>>;

        #[doc = concat!("[`Lazy`] form of [`", stringify!($Norm), "`] with three spatial axes, as `torch.nn.", stringify!($Three), "`.")]
        pub type $Three = Lazy<$Norm<3>>;

        impl<const D: usize> Lazy<$Norm<D>> {
            /// A norm of the first input's channels, with a scale, a shift and running statistics.
            pub fn new() -> Self {
                Self::with($default)
            }

            /// The norm with the options given.
            pub fn with(options: $Options) -> Self {
                Self::from_settings(options)
            }
        }

        impl<const D: usize> Default for Lazy<$Norm<D>> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<const D: usize> FromInput for $Norm<D> {
            type Settings = $Options;

            fn lazy_name() -> &'static str {
                [stringify!($One), stringify!($Two), stringify!($Three)][D - 1]
            }

            fn describe(options: &$Options) -> String {
                options.describe(0, options.affine && options.bias)
            }

            fn save(options: &$Options) -> Vec<(&'static str, Value)> {
                options.saved()
            }

            fn read(builder: &mut Builder<'_>) -> Result<$Options, Error> {
                builder.options()
            }

            #[track_caller]
            fn inputs(_: &$Options, x: &[usize]) -> usize {
                x[Self::channel_axis(Self::lazy_name(), x.len())]
            }

            fn inputs_of(_: &$Options, name: &str, shape: &[usize]) -> Option<usize> {
                if name == "num_batches_tracked" { None } else { shape.first().copied() }
            }

            #[track_caller]
            fn with_inputs(options: &$Options, inputs: usize) -> Self {
                $Norm::with(inputs, *options)
            }
        }
    )*};
}

lazy! {
    BatchNorm BatchNormOptions BatchNormOptions::default(), [LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d];
    InstanceNorm InstanceNormOptions
        InstanceNormOptions { affine: true, track_running_stats: true, ..Default::default() },
        [LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d];
}
