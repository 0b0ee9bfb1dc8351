use autograd::Variable;
use tensor::Scalar;

use crate::{Forward, Module, Options, Training};

/// A row has the documentation and the function, which has the layer's name in small letters.
macro_rules! dropouts {
    ($($(#[$doc:meta])+ $layer:ident: $function:ident;)*) => {$(
        $(#[$doc])+
        #[derive(Module, Debug, Default)]
        pub struct $layer {
            #[module(options)]
            options: DropoutOptions,
            training: Training,
        }

        impl $layer {
            /// Drops with probability `p`; torch's default is 0.5, as is [`Default`]'s.
            ///
            /// # Panics
            /// If `p` is outside [0, 1].
            #[track_caller]
            pub fn new(p: impl Into<Scalar>) -> Self {
                Self::with(DropoutOptions { p: p.into() })
            }

            /// The layer with the options given.
            ///
            /// # Panics
            /// As [`new`](Self::new).
            #[track_caller]
            pub fn with(options: DropoutOptions) -> Self {
                options.assert_valid(stringify!($layer));
                Self { options, training: Training::default() }
            }
        }

        #[nn::hooks]
        impl Forward for $layer {
            #[track_caller]
            fn forward(&self, x: &Variable) -> Variable {
                match self.training.get() {
                    true => autograd::$function(x, self.options.p.to_f64()),
                    false => x.clone(),
                }
            }
        }
    )*};
}

dropouts! {
    /// While training, sets each element to 0 with probability `p` and multiplies the others by `1/(1 − p)`
    /// (Hinton et al., *Improving neural networks by preventing co-adaptation of feature detectors*, 2012),
    /// as `torch.nn.Dropout`. In evaluation mode it hands its input on.
    ///
    /// The choice is drawn from the default generator, one draw per element: after the same
    /// [`tensor::manual_seed`] it is torch's.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Dropout, Forward, Module};
    ///
    /// tensor::manual_seed(0);
    /// let layer = Dropout::new(0.5);
    /// let x = Variable::new(tensor::ones([8]));
    /// assert_eq!(layer.forward(&x).data().to_vec::<f32>(), [0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0, 2.0]);
    /// layer.eval();
    /// assert_eq!(layer.forward(&x).data().to_vec::<f32>(), [1.0; 8]);
    /// ```
    Dropout: dropout;

    /// [`Dropout`] of whole channels of `[batch, channels, n]` or `[channels, n]`, one draw for each
    /// (Tompson et al., *Efficient object localization using convolutional networks*, 2015), as
    /// `torch.nn.Dropout1d`.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Dropout1d, Forward};
    ///
    /// tensor::manual_seed(0);
    /// let y = Dropout1d::new(0.5).forward(&Variable::new(tensor::ones([3, 2])));
    /// assert_eq!(y.data().to_vec::<f32>(), [0.0, 0.0, 0.0, 0.0, 2.0, 2.0]);
    /// ```
    Dropout1d: dropout1d;

    /// [`Dropout`] of whole channels of `[batch, channels, …]`, one draw for each, as `torch.nn.Dropout2d`;
    /// as there, the first of three axes is the batch, too.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Dropout2d, Forward};
    ///
    /// tensor::manual_seed(0);
    /// let y = Dropout2d::new(0.5).forward(&Variable::new(tensor::ones([1, 3, 1, 2])));
    /// assert_eq!(y.data().to_vec::<f32>(), [0.0, 0.0, 0.0, 0.0, 2.0, 2.0]);
    /// ```
    Dropout2d: dropout2d;

    /// [`Dropout`] of whole channels of `[batch, channels, n, n, n]` or `[channels, n, n, n]`, one draw for
    /// each, as `torch.nn.Dropout3d`.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Dropout3d, Forward};
    ///
    /// tensor::manual_seed(0);
    /// let y = Dropout3d::new(0.5).forward(&Variable::new(tensor::ones([3, 1, 1, 2])));
    /// assert_eq!(y.data().to_vec::<f32>(), [0.0, 0.0, 0.0, 0.0, 2.0, 2.0]);
    /// ```
    Dropout3d: dropout3d;

    /// While training, sets each element with probability `p` to what [`SELU`](crate::SELU) gives for −∞,
    /// and then scales and shifts all so that mean 0 and variance 1 stay (Klambauer et al.,
    /// *Self-normalizing neural networks*, 2017), as `torch.nn.AlphaDropout`. In evaluation mode it hands
    /// its input on.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{AlphaDropout, Forward};
    ///
    /// tensor::manual_seed(0);
    /// let y = AlphaDropout::new(0.5).forward(&Variable::new(tensor::ones([3])));
    /// assert_eq!(y.data().to_string(), "tensor([-0.7792, -0.7792,  1.6656])");
    /// ```
    AlphaDropout: alpha_dropout;

    /// [`AlphaDropout`] of whole channels of `[batch, channels, …]`, one draw for each, as
    /// `torch.nn.FeatureAlphaDropout`.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{FeatureAlphaDropout, Forward};
    ///
    /// tensor::manual_seed(0);
    /// let y = FeatureAlphaDropout::new(0.5).forward(&Variable::new(tensor::ones([1, 3, 1])));
    /// assert_eq!(y.data().to_string(), "tensor([[[-0.7792],\n         [-0.7792],\n         [ 1.6656]]])");
    /// ```
    FeatureAlphaDropout: feature_alpha_dropout;
}

/// The options of [`Dropout`] and of those of channels.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct DropoutOptions {
    /// The probability of an element, or of a channel, to be dropped. Default 0.5.
    #[option(
        default = Scalar::Float(0.5),
        check(
            (0.0..=1.0).contains(&p.to_f64()),
            "dropout probability has to be between 0 and 1, but got {}",
            p.to_f64()
        ),
        followed_by(inplace = false)
    )]
    pub p: Scalar,
}
