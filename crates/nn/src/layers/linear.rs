use autograd::{Variable, linear};

use crate::{Forward, Module, Parameter, Training};

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
    /// `b`, unless made [`without_bias`](Self::without_bias).
    pub bias: Option<Parameter>,
    /// The length of an input row.
    #[module(config)]
    pub in_features: usize,
    /// The length of an output row.
    #[module(config)]
    pub out_features: usize,
    training: Training,
}

impl Linear {
    /// A map from `in_features` to `out_features` numbers, with a bias.
    ///
    /// # Panics
    /// If the weight would take more memory than there is.
    #[track_caller]
    pub fn new(in_features: usize, out_features: usize) -> Self {
        // The order of the two draws is torch's.
        let weight = uniform(&[out_features, in_features], in_features);
        let bias = uniform(&[out_features], in_features);
        Self { weight, bias: Some(bias), in_features, out_features, training: Training::default() }
    }

    /// The map without `b`: `bias=False` in torch.
    ///
    /// # Panics
    /// As [`Linear::new`].
    #[track_caller]
    pub fn without_bias(in_features: usize, out_features: usize) -> Self {
        let weight = uniform(&[out_features, in_features], in_features);
        Self { weight, bias: None, in_features, out_features, training: Training::default() }
    }

    fn describe(&self) -> String {
        let Self { in_features, out_features, bias, .. } = self;
        let bias = if bias.is_some() { "True" } else { "False" };
        format!("in_features={in_features}, out_features={out_features}, bias={bias}")
    }

    fn check(&self) -> Result<(), String> {
        let expected = [self.out_features, self.in_features];
        if self.weight.shape() != expected {
            return Err(format!("weight has shape {:?} instead of {expected:?}", self.weight.shape()));
        }
        match &self.bias {
            Some(bias) if bias.shape() != [self.out_features] => {
                Err(format!("bias has shape {:?} instead of {:?}", bias.shape(), [self.out_features]))
            }
            _ => Ok(()),
        }
    }
}

impl Forward for Linear {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        linear(x, &self.weight, self.bias.as_deref())
    }
}

/// U(−1/√fan_in, 1/√fan_in).
#[track_caller]
fn uniform(shape: &[usize], fan_in: usize) -> Parameter {
    let bound = if fan_in == 0 { 0.0 } else { 1.0 / (fan_in as f64).sqrt() } as f32;
    let mut data = tensor::zeros(shape);
    data.uniform_((-bound).into(), bound.into());
    Parameter::new(data)
}
