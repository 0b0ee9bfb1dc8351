//! Padding of images, each mode over one, two or three axes.

mod constant;

use autograd::Variable;
use tensor::{AxisSizes, PadMode};

use crate::{Forward, Module, Registry, Training, setting};

pub use constant::{ConstantPad, ConstantPad1d, ConstantPad2d, ConstantPad3d};

/// The layers whose only setting is the padding.
macro_rules! layers {
    ($(
        $(#[$doc:meta])*
        $Pad:ident $One:ident $Two:ident $Three:ident: $mode:expr;
    )*) => {$(
        $(#[$doc])*
        ///
        #[doc = concat!("Source: `torch.nn.", stringify!($One), "`, `", stringify!($Two), "` and `", stringify!($Three), "`.")]
        ///
        /// # Shapes
        /// - `x`: `[batch, channels, …]` or `[channels, …]`, and then the axes that are padded
        /// - output: the same, with so many more elements along each of these
        #[derive(Module, Clone, Debug)]
        #[module(
            name = [stringify!($One), stringify!($Two), stringify!($Three)][N / 2 - 1],
            extra_repr = Self::describe
        )]
        pub struct $Pad<const N: usize> {
            #[module(config)]
            padding: AxisSizes<N, isize>,
            training: Training,
        }

        #[doc = concat!("[`", stringify!($Pad), "`] over the last axis, which has two ends.")]
        pub type $One = $Pad<2>;

        #[doc = concat!("[`", stringify!($Pad), "`] over the last two axes, which have four ends.")]
        pub type $Two = $Pad<4>;

        #[doc = concat!("[`", stringify!($Pad), "`] over the last three axes, which have six ends.")]
        pub type $Three = $Pad<6>;

        impl<const N: usize> $Pad<N> {
            /// Padding of this length at all ends, or of a length for each: before and behind the last axis,
            /// then the one before it. Negative ones cut off.
            pub fn new(padding: impl Into<AxisSizes<N, isize>>) -> Self {
                Self { padding: padding.into().each(), training: Training::default() }
            }

            fn describe(&self) -> String {
                setting(&self.padding).to_string()
            }
        }

        #[nn::hooks]
        impl<const N: usize> Forward for $Pad<N> {
            #[track_caller]
            fn forward(&self, x: &Variable) -> Variable {
                x.pad(&self.padding.axes(), $mode)
            }
        }
    )*

        pub(crate) fn register(registry: &mut Registry) {
            $(
                registry.register::<$One>();
                registry.register::<$Two>();
                registry.register::<$Three>();
            )*
            registry.register::<ConstantPad1d>();
            registry.register::<ConstantPad2d>();
            registry.register::<ConstantPad3d>();
        }
    };
}

layers! {
    /// Pads an image with its own elements, from its other end.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{CircularPad1d, Forward};
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[1.0f32, 2.0, 3.0]]));
    /// let y = CircularPad1d::new([2, 1]).forward(&x);
    /// assert_eq!(y.data().to_vec::<f32>(), [2.0, 3.0, 1.0, 2.0, 3.0, 1.0]);
    /// ```
    CircularPad CircularPad1d CircularPad2d CircularPad3d: PadMode::Circular;

    /// Pads an image with itself read backwards from its ends, without the last elements.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, ReflectionPad1d};
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[1.0f32, 2.0, 3.0]]));
    /// let y = ReflectionPad1d::new([2, 1]).forward(&x);
    /// assert_eq!(y.data().to_vec::<f32>(), [3.0, 2.0, 1.0, 2.0, 3.0, 2.0]);
    /// ```
    ReflectionPad ReflectionPad1d ReflectionPad2d ReflectionPad3d: PadMode::Reflect;

    /// Pads an image with its last elements.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, ReplicationPad1d};
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[1.0f32, 2.0, 3.0]]));
    /// let y = ReplicationPad1d::new([2, 1]).forward(&x);
    /// assert_eq!(y.data().to_vec::<f32>(), [1.0, 1.0, 1.0, 2.0, 3.0, 3.0]);
    /// ```
    ReplicationPad ReplicationPad1d ReplicationPad2d ReplicationPad3d: PadMode::Replicate;

    /// Pads an image with zeros.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, ZeroPad2d};
    /// use tensor::ones;
    ///
    /// let layer = ZeroPad2d::new([1, 0, 0, 1]);
    /// let y = layer.forward(&Variable::new(ones([1, 1, 2])));
    /// assert_eq!(y.data().to_vec::<f32>(), [0.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    /// assert_eq!(layer.to_string(), "ZeroPad2d((1, 0, 0, 1))");
    /// ```
    ZeroPad ZeroPad1d ZeroPad2d ZeroPad3d: PadMode::Constant(0.0.into());
}
