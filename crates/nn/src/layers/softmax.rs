use autograd::Variable;

use crate::{Forward, Module, Options, Training};

/// A row has the documentation and the function along an axis.
macro_rules! softmaxes {
    ($($(#[$doc:meta])+ $layer:ident |$x:ident, $axis:ident| $y:expr;)*) => {$(
        $(#[$doc])+
        #[derive(Module, Clone, Debug, Default)]
        pub struct $layer {
            #[module(options)]
            options: SoftmaxOptions,
            training: Training,
        }

        impl $layer {
            /// Along axis `dim`; −1 is the last. [`Default`] chooses as [`SoftmaxOptions::dim`] says.
            pub fn new(dim: isize) -> Self {
                Self::with(SoftmaxOptions { dim: Some(dim) })
            }

            /// The layer with the options given.
            pub fn with(options: SoftmaxOptions) -> Self {
                Self { options, training: Training::default() }
            }
        }

        #[nn::hooks]
        impl Forward for $layer {
            #[track_caller]
            fn forward(&self, $x: &Variable) -> Variable {
                let $axis = self.options.axis($x);
                $y
            }
        }
    )*};
}

softmaxes! {
    /// Scores to probabilities along one axis: `y = eˣ / Σ eˣ`, as `torch.nn.Softmax`.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, Softmax};
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[1.0f32, 1.0, 1.0, 1.0]]));
    /// let y = Softmax::new(1).forward(&x);
    /// assert_eq!(y.data().to_vec::<f32>(), [0.25; 4]);
    /// ```
    Softmax |x, axis| x.softmax(axis);

    /// Scores to the logarithms of probabilities along one axis: `y = x − ln Σ eˣ`, as `torch.nn.LogSoftmax`.
    /// [`NLLLoss`](crate::NLLLoss) takes its output.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, LogSoftmax};
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[1.0f32, 1.0]]));
    /// let y = LogSoftmax::new(1).forward(&x);
    /// assert_eq!(y.data().to_vec::<f32>(), [-std::f32::consts::LN_2; 2]);
    /// ```
    LogSoftmax |x, axis| x.log_softmax(axis);

    /// Costs to probabilities along one axis: `y = e⁻ˣ / Σ e⁻ˣ`, as `torch.nn.Softmin`.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, Softmin};
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[1.0f32, 1.0 + 3f32.ln()]]));
    /// let y = Softmin::new(1).forward(&x);
    /// assert_eq!(y.data().to_string(), "tensor([[0.7500, 0.2500]])");
    /// ```
    Softmin |x, axis| (-x).softmax(axis);
}

/// The options of [`Softmax`], [`LogSoftmax`] and [`Softmin`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct SoftmaxOptions {
    /// The axis along which the probabilities add up to 1; −1 is the last.
    ///
    /// torch still takes none, which it warns against and which is the default here: axis 0 of inputs with
    /// 0, 1 or 3 axes, else axis 1.
    pub dim: Option<isize>,
}

impl SoftmaxOptions {
    /// The axis for an input.
    fn axis(self, x: &Variable) -> isize {
        self.dim.unwrap_or(if matches!(x.shape().len(), 0 | 1 | 3) { 0 } else { 1 })
    }
}
