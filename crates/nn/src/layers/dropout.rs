use autograd::{Variable, dropout};
use tensor::Scalar;

use crate::{Forward, Module, Options, Training};

/// While training, sets each element to 0 with probability `p` and multiplies the others by `1/(1 − p)`
/// (Hinton et al., *Improving neural networks by preventing co-adaptation of feature detectors*, 2012), as
/// `torch.nn.Dropout`. In evaluation mode it hands its input on.
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
#[derive(Module, Debug, Default)]
pub struct Dropout {
    #[module(options)]
    options: DropoutOptions,
    training: Training,
}

/// The options of [`Dropout`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct DropoutOptions {
    /// The probability of an element to be 0. Default 0.5.
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

impl Dropout {
    /// Drops with probability `p`; torch's default is 0.5, as is [`Dropout::default`]'s.
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
    /// As [`Dropout::new`].
    #[track_caller]
    pub fn with(options: DropoutOptions) -> Self {
        options.assert_valid("Dropout");
        Self { options, training: Training::default() }
    }
}

impl Forward for Dropout {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        if self.training.get() { dropout(x, self.options.p.to_f64()) } else { x.clone() }
    }
}
