use tensor::{Options, PerAxis, Value};

use super::{FromInput, Lazy};
use crate::{Builder, Conv, ConvOptions, ConvTranspose, ConvTransposeOptions, Error, setting};

/// A row has the layer, its options, the names of its lazy forms, which axis of the weight has the inputs,
/// and how many times as many there are: the weight may have those of a group.
macro_rules! lazy {
    ($($Conv:ident $Options:ident [$One:ident $Two:ident $Three:ident]: $axis:literal $groups:expr;)*) => {$(
        #[doc = concat!("[`Lazy`] form of [`", stringify!($Conv), "`] over the last axis, as `torch.nn.", stringify!($One), "`.")]
        pub type $One = Lazy<$Conv<1>>;

        #[doc = concat!("[`Lazy`] form of [`", stringify!($Conv), "`] over the last two axes, as `torch.nn.", stringify!($Two), "`.")]
        pub type $Two = Lazy<$Conv<2>>;

        #[doc = concat!("[`Lazy`] form of [`", stringify!($Conv), "`] over the last three axes, as `torch.nn.", stringify!($Three), "`.")]
        pub type $Three = Lazy<$Conv<3>>;

        impl<const D: usize> Lazy<$Conv<D>>
        where
            $Conv<D>: FromInput<Settings = (usize, PerAxis<D>, $Options<D>)>,
        {
            /// A layer with `out_channels`, which takes `in_channels` from the first input, with a bias.
            #[track_caller]
            pub fn new(out_channels: usize, kernel_size: impl Into<PerAxis<D>>) -> Self {
                Self::with(out_channels, kernel_size, $Options::default())
            }

            /// The layer with the options given.
            ///
            /// # Panics
            /// If the groups do not divide the channels, or an option is not what the layer itself takes.
            #[track_caller]
            pub fn with(
                out_channels: usize,
                kernel_size: impl Into<PerAxis<D>>,
                options: $Options<D>,
            ) -> Self {
                let kind = $Conv::<D>::lazy_name();
                options.assert_valid(kind);
                if let Err(problem) = check_groups("out_channels", out_channels, options.groups) {
                    panic!("{kind}: {problem}");
                }
                Self::from_settings((out_channels, kernel_size.into().each(), options))
            }
        }

        impl<const D: usize> FromInput for $Conv<D>
        where
            $Conv<D>: crate::Forward,
        {
            type Settings = (usize, PerAxis<D>, $Options<D>);

            fn lazy_name() -> &'static str {
                [stringify!($One), stringify!($Two), stringify!($Three)][D - 1]
            }

            fn describe((out_channels, kernel_size, options): &Self::Settings) -> String {
                options.describe([0, *out_channels], *kernel_size)
            }

            fn save((out_channels, kernel_size, options): &Self::Settings) -> Vec<(&'static str, Value)> {
                let sizes = [("out_channels", setting(out_channels)), ("kernel_size", setting(kernel_size))];
                sizes.into_iter().chain(options.saved()).collect()
            }

            fn read(builder: &mut Builder<'_>) -> Result<Self::Settings, Error> {
                let (out_channels, options): (_, $Options<D>) =
                    (builder.config("out_channels")?, builder.options()?);
                builder.check(check_groups("out_channels", out_channels, options.groups))?;
                Ok((out_channels, builder.config("kernel_size")?, options))
            }

            #[track_caller]
            fn inputs((_, _, options): &Self::Settings, x: &[usize]) -> usize {
                let (kind, axes) = (Self::lazy_name(), D + 1);
                assert!(
                    x.len() == axes || x.len() == axes + 1,
                    "{kind}: Expected {axes}D (unbatched) or {}D (batched) input, but got input of size: {x:?}",
                    axes + 1
                );
                let inputs = x[x.len() - axes];
                if let Err(problem) = check_groups("in_channels", inputs, options.groups) {
                    panic!("{kind}: {problem}");
                }
                inputs
            }

            fn inputs_of((_, _, options): &Self::Settings, name: &str, shape: &[usize]) -> Option<usize> {
                let channels = shape.get($axis).filter(|_| name == "weight")?;
                let inputs = channels.checked_mul($groups(options))?;
                inputs.is_multiple_of(options.groups).then_some(inputs)
            }

            fn fewest((_, _, options): &Self::Settings) -> usize {
                options.groups
            }

            #[track_caller]
            fn with_inputs(&(out_channels, kernel_size, options): &Self::Settings, inputs: usize) -> Self {
                $Conv::with(inputs, out_channels, kernel_size, options)
            }
        }
    )*};
}

lazy! {
    Conv ConvOptions [LazyConv1d LazyConv2d LazyConv3d]: 1 |options: &ConvOptions<D>| options.groups;
    ConvTranspose ConvTransposeOptions [LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d]:
        0 |_: &ConvTransposeOptions<D>| 1;
}

fn check_groups(name: &str, channels: usize, groups: usize) -> Result<(), String> {
    if channels.is_multiple_of(groups) { Ok(()) } else { Err(format!("{name} must be divisible by groups")) }
}
