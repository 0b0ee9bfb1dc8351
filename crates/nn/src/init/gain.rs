use serde::{Deserialize, Serialize};

/// The activation behind a layer, for the choice of its starting scale: torch's names in `calculate_gain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nonlinearity {
    /// None: `linear`, and torch's `conv1d` … `conv_transpose3d`.
    Linear,
    /// `sigmoid`
    Sigmoid,
    /// `tanh`
    Tanh,
    /// `relu`
    ReLU,
    /// `leaky_relu`
    #[serde(rename = "leaky_relu")]
    LeakyReLU,
    /// `selu`
    SELU,
}

tensor::option_value!(Nonlinearity);

/// The factor by which the weights before `nonlinearity` should be larger than before none, as
/// `torch.nn.init.calculate_gain`.
///
/// | nonlinearity | gain |
/// |---|---|
/// | linear, sigmoid | 1 |
/// | tanh | 5/3 |
/// | relu | √2 |
/// | leaky relu | √(2 / (1 + slope²)), slope = `param`, 0.01 if none is given |
/// | selu | 3/4 |
///
/// ```
/// use nn::init::{Nonlinearity, calculate_gain};
/// assert_eq!(calculate_gain(Nonlinearity::Tanh, None), 5.0 / 3.0);
/// assert_eq!(calculate_gain(Nonlinearity::LeakyReLU, Some(1.0)), 1.0);
/// ```
pub fn calculate_gain(nonlinearity: Nonlinearity, param: Option<f64>) -> f64 {
    match nonlinearity {
        Nonlinearity::Linear | Nonlinearity::Sigmoid => 1.0,
        Nonlinearity::Tanh => 5.0 / 3.0,
        Nonlinearity::ReLU => 2f64.sqrt(),
        Nonlinearity::LeakyReLU => {
            let slope = param.unwrap_or(0.01);
            (2.0 / (1.0 + slope * slope)).sqrt()
        }
        Nonlinearity::SELU => 0.75,
    }
}
