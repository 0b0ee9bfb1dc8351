use autograd::{Variable, bilinear};

use crate::layers::check_shapes;
use crate::{Module, Options, Parameter, Training, init};

/// Bilinear map of two inputs, `yₖ = x1ᵀ·Wₖ·x2 + bₖ`, as `torch.nn.Bilinear`.
///
/// # Shapes
/// - `x1`: `[…, in1_features]`, `x2`: `[…, in2_features]`
/// - output: `[…, out_features]`
/// - `weight`: `[out_features, in1_features, in2_features]`, `bias`: `[out_features]`
///
/// Both start from U(−1/√in1_features, 1/√in1_features), the weight drawn first: after the same
/// `manual_seed` they are torch's to the bit.
///
/// ```
/// use autograd::Variable;
/// use nn::Bilinear;
///
/// let layer = Bilinear::new(2, 3, 4);
/// let [x1, x2] = [2, 3].map(|n| Variable::new(tensor::ones([5, n])));
/// assert_eq!(layer.forward(&x1, &x2).shape(), [5, 4]);
/// assert_eq!(layer.to_string(), "Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)");
/// ```
#[derive(Debug, Module)]
#[module(extra_repr = Self::describe, check = Self::check)]
pub struct Bilinear {
    /// `W`, one matrix per output feature.
    pub weight: Parameter,
    /// `b`, unless [`BilinearOptions::bias`] is false.
    pub bias: Option<Parameter>,
    /// The length of a row of the first input.
    #[module(config)]
    pub in1_features: usize,
    /// The length of a row of the second input.
    #[module(config)]
    pub in2_features: usize,
    /// The length of an output row.
    #[module(config)]
    pub out_features: usize,
    training: Training,
}

/// The options of [`Bilinear`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct BilinearOptions {
    /// Whether there is a `b`. Default yes.
    #[option(default = true)]
    pub bias: bool,
}

impl Bilinear {
    /// A map of rows of these lengths, with a bias.
    ///
    /// # Panics
    /// If `in1_features` is 0, or the weight would take more memory than there is.
    #[track_caller]
    pub fn new(in1_features: usize, in2_features: usize, out_features: usize) -> Self {
        Self::with(in1_features, in2_features, out_features, BilinearOptions::default())
    }

    /// The map with the options given. Without a bias none is drawn.
    ///
    /// # Panics
    /// As [`Bilinear::new`].
    #[track_caller]
    pub fn with(
        in1_features: usize,
        in2_features: usize,
        out_features: usize,
        options: BilinearOptions,
    ) -> Self {
        assert!(
            in1_features > 0,
            "Bilinear: in1_features must be > 0, but got (in1_features={in1_features})"
        );
        let bound = 1.0 / (in1_features as f64).sqrt();
        let drawn = |shape: &[usize]| {
            let parameter = Parameter::new(tensor::zeros(shape));
            init::uniform(&parameter, -bound, bound);
            parameter
        };
        // The order of the two draws is torch's.
        let weight = drawn(&[out_features, in1_features, in2_features]);
        let bias = options.bias.then(|| drawn(&[out_features]));
        Self { weight, bias, in1_features, in2_features, out_features, training: Training::default() }
    }

    fn describe(&self) -> String {
        let Self { in1_features, in2_features, out_features, bias, .. } = self;
        let bias = if bias.is_some() { "True" } else { "False" };
        format!(
            "in1_features={in1_features}, in2_features={in2_features}, out_features={out_features}, bias={bias}"
        )
    }

    fn check(&self) -> Result<(), String> {
        let Self { in1_features, in2_features, out_features, .. } = *self;
        check_shapes(self, |name| match name {
            "weight" => vec![out_features, in1_features, in2_features],
            _ => vec![out_features],
        })
    }

    /// The map of the rows of two inputs.
    ///
    /// # Panics
    /// If the inputs have other lengths, different leading axes or another dtype.
    #[track_caller]
    pub fn forward(&self, x1: &Variable, x2: &Variable) -> Variable {
        bilinear(x1, x2, &self.weight, self.bias.as_deref())
    }
}
