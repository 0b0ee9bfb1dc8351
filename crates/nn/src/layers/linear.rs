use autograd::{Variable, linear};

use super::check_shapes;
use crate::init::{self, KaimingOptions};
use crate::{Forward, Module, Options, Parameter, Training};

/// Affine map `y = x·Wᵀ + b`, as `torch.nn.Linear`.
///
/// # Shapes
/// - `x`: `[…, in_features]`
/// - output: `[…, out_features]`
/// - `weight`: `[out_features, in_features]`, `bias`: `[out_features]`
///
/// Both start from U(−1/√in_features, 1/√in_features), the weight drawn first: after the same
/// `manual_seed` they are torch's to the bit.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Linear};
/// use tensor::{Tensor, ones};
///
/// let layer = Linear::new(2, 3);
/// layer.weight.set_data(ones([3, 2]));
/// layer.bias.as_ref().unwrap().set_data(Tensor::from([0.0f32, 1.0, 2.0]));
/// let y = layer.forward(&Variable::new(Tensor::from([[1.0f32, 2.0]])));
/// assert_eq!(y.data().to_vec::<f32>(), [3.0, 4.0, 5.0]);
/// ```
#[derive(Debug, Module)]
#[module(extra_repr = Self::describe, check = Self::check)]
pub struct Linear {
    /// `W`, one row per output feature.
    pub weight: Parameter,
    /// `b`, unless [`LinearOptions::bias`] is false.
    pub bias: Option<Parameter>,
    /// The length of an input row.
    #[module(config)]
    pub in_features: usize,
    /// The length of an output row.
    #[module(config)]
    pub out_features: usize,
    training: Training,
}

/// The options of [`Linear`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct LinearOptions {
    /// Whether there is a `b`. Default yes.
    #[option(default = true)]
    pub bias: bool,
}

impl LinearOptions {
    /// The line that torch prints for a layer of so many inputs and outputs.
    pub(super) fn describe(&self, [in_features, out_features]: [usize; 2]) -> String {
        let bias = if self.bias { "True" } else { "False" };
        format!("in_features={in_features}, out_features={out_features}, bias={bias}")
    }
}

impl Linear {
    /// A map from `in_features` to `out_features` numbers, with a bias.
    ///
    /// # Panics
    /// If the weight would take more memory than there is.
    #[track_caller]
    pub fn new(in_features: usize, out_features: usize) -> Self {
        Self::with(in_features, out_features, LinearOptions::default())
    }

    /// The map with the options given. Without a bias none is drawn.
    ///
    /// # Panics
    /// As [`Linear::new`].
    #[track_caller]
    pub fn with(in_features: usize, out_features: usize, options: LinearOptions) -> Self {
        // The order of the two draws is torch's.
        let weight = Parameter::new(tensor::zeros([out_features, in_features]));
        init::kaiming_uniform_with(&weight, KaimingOptions { a: 5f64.sqrt(), ..Default::default() });
        let bias = options.bias.then(|| {
            let bound = if in_features == 0 { 0.0 } else { 1.0 / (in_features as f64).sqrt() };
            let bias = Parameter::new(tensor::zeros([out_features]));
            init::uniform(&bias, -bound, bound);
            bias
        });
        Self { weight, bias, in_features, out_features, training: Training::default() }
    }

    fn describe(&self) -> String {
        let options = LinearOptions { bias: self.bias.is_some() };
        options.describe([self.in_features, self.out_features])
    }

    fn check(&self) -> Result<(), String> {
        let (inputs, outputs) = (self.in_features, self.out_features);
        check_shapes(self, |name| if name == "weight" { vec![outputs, inputs] } else { vec![outputs] })
    }
}

#[nn::hooks]
impl Forward for Linear {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        linear(x, &self.weight, self.bias.as_deref())
    }
}
