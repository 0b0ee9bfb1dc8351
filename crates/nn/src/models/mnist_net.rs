use autograd::Variable;

use crate::{Conv2d, Dropout, Forward, Linear, MaxPool2d, Module};

/// The net of `github.com/pytorch/examples/mnist`: two convolutions of 3×3, a pool, two linear layers,
/// and dropout before each of these.
///
/// # Shapes
/// - `x`: `[batch, 1, 28, 28]`
/// - output: `[batch, 10]`, the logarithm of a probability for each digit
///
/// ```
/// use autograd::Variable;
/// use nn::models::MnistNet;
/// use nn::{Forward, Module};
///
/// let net = MnistNet::new();
/// let digits = Variable::new(tensor::zeros([2, 1, 28, 28]));
/// assert_eq!(net.forward(&digits).shape(), [2, 10]);
/// assert_eq!(net.num_parameters(), 1_199_882);
/// ```
#[derive(Debug, Module)]
pub struct MnistNet {
    /// From 1 channel to 32.
    pub conv1: Conv2d,
    /// From 32 channels to 64.
    pub conv2: Conv2d,
    /// After the pool: a quarter of the numbers.
    pub dropout1: Dropout,
    /// Between the linear layers: half of the numbers.
    pub dropout2: Dropout,
    /// From 64 planes of 12×12 to 128 numbers.
    pub fc1: Linear,
    /// To the scores.
    pub fc2: Linear,
}

impl MnistNet {
    /// A new net, whose parameters are drawn in the order of its fields.
    pub fn new() -> Self {
        Self {
            conv1: Conv2d::new(1, 32, 3),
            conv2: Conv2d::new(32, 64, 3),
            dropout1: Dropout::new(0.25),
            dropout2: Dropout::new(0.5),
            fc1: Linear::new(9216, 128),
            fc2: Linear::new(128, 10),
        }
    }
}

impl Default for MnistNet {
    fn default() -> Self {
        Self::new()
    }
}

impl Forward for MnistNet {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.conv1.forward(x).relu();
        let x = self.conv2.forward(&x).relu();
        let x = self.dropout1.forward(&MaxPool2d::new(2).forward(&x));
        let x = self.fc1.forward(&x.flatten(1, -1)).relu();
        self.fc2.forward(&self.dropout2.forward(&x)).log_softmax(1)
    }
}
