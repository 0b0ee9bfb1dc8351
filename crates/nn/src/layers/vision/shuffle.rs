use autograd::Variable;

use crate::{Forward, Module, Training};

/// The layers whose only setting is a number.
macro_rules! layers {
    ($(
        $(#[$doc:meta])*
        $Layer:ident: $function:ident($number:ident);
    )*) => {$(
        $(#[$doc])*
        #[derive(Module, Clone, Debug)]
        pub struct $Layer {
            #[module(config)]
            $number: usize,
            training: Training,
        }

        impl $Layer {
            #[doc = concat!("The layer with this `", stringify!($number), "`.")]
            pub fn new($number: usize) -> Self {
                Self { $number, training: Training::default() }
            }
        }

        #[nn::hooks]
        impl Forward for $Layer {
            #[track_caller]
            fn forward(&self, x: &Variable) -> Variable {
                x.$function(self.$number)
            }
        }
    )*};
}

layers! {
    /// Channels in another order, as `torch.nn.ChannelShuffle`: the first of each group, the second of each,
    /// and so on.
    ///
    /// # Shapes
    /// - `x`: `[batch, channels, …]` with at least one more axis
    /// - output: the same
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{ChannelShuffle, Forward};
    ///
    /// let x = Variable::new(tensor::arange(0.0, 6.0, 1.0).reshape([1, 6, 1]));
    /// let y = ChannelShuffle::new(2).forward(&x);
    /// assert_eq!(y.data().to_vec::<f32>(), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    /// ```
    ChannelShuffle: channel_shuffle(groups);

    /// Channels laid out as the pixels of a larger image, as `torch.nn.PixelShuffle` (Shi et al., *Real-time
    /// single image and video super-resolution using an efficient sub-pixel convolutional neural network*,
    /// 2016).
    ///
    /// # Shapes
    /// - `x`: `[…, channels·r², height, width]` with `r` the factor
    /// - output: `[…, channels, height·r, width·r]`
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, PixelShuffle};
    ///
    /// let layer = PixelShuffle::new(3);
    /// let x = Variable::new(tensor::zeros([1, 9, 4, 4]));
    /// assert_eq!(layer.forward(&x).shape(), [1, 1, 12, 12]);
    /// assert_eq!(layer.to_string(), "PixelShuffle(upscale_factor=3)");
    /// ```
    PixelShuffle: pixel_shuffle(upscale_factor);

    /// The pixels of squares as channels, as `torch.nn.PixelUnshuffle`: the way back from [`PixelShuffle`].
    ///
    /// # Shapes
    /// - `x`: `[…, channels, height·r, width·r]` with `r` the factor
    /// - output: `[…, channels·r², height, width]`
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, PixelUnshuffle};
    ///
    /// let x = Variable::new(tensor::zeros([1, 1, 12, 12]));
    /// assert_eq!(PixelUnshuffle::new(3).forward(&x).shape(), [1, 9, 4, 4]);
    /// ```
    PixelUnshuffle: pixel_unshuffle(downscale_factor);
}
