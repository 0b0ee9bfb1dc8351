use autograd::{Variable, dropout};
use tensor::Scalar;

use crate::number::Number;
use crate::{Forward, Module, Training, setting};

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
#[derive(Module, Debug)]
#[module(extra_repr = Self::describe, check = Self::check)]
pub struct Dropout {
    #[module(config)]
    p: Number,
    training: Training,
}

impl Dropout {
    /// Drops with probability `p`; torch's default is 0.5, as is [`Dropout::default`]'s.
    ///
    /// # Panics
    /// If `p` is outside [0, 1].
    #[track_caller]
    pub fn new(p: impl Into<Scalar>) -> Self {
        let layer = Dropout { p: Number::of(p), training: Training::default() };
        match layer.check() {
            Ok(()) => layer,
            Err(problem) => panic!("{problem}"),
        }
    }

    fn check(&self) -> Result<(), String> {
        if (0.0..=1.0).contains(&self.p.get()) {
            Ok(())
        } else {
            Err(format!("dropout probability has to be between 0 and 1, but got {}", self.p.get()))
        }
    }

    fn describe(&self) -> String {
        format!("p={}, inplace=False", setting(&self.p))
    }
}

impl Default for Dropout {
    fn default() -> Self {
        Dropout::new(0.5)
    }
}

impl Forward for Dropout {
    fn forward(&self, x: &Variable) -> Variable {
        if self.training.get() { dropout(x, self.p.get()) } else { x.clone() }
    }
}
