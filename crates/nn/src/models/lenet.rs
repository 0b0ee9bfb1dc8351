use autograd::Variable;

use crate::{Conv, Conv2d, ConvOptions, Forward, Linear, MaxPool2d, Module};

/// LeNet-5 (LeCun et al., *Gradient-based learning applied to document recognition*, 1998) as it is written
/// today, with ReLU and max-pooling: two convolutions of 5×5 with pools behind them, and three linear layers.
///
/// # Shapes
/// - `x`: `[batch, 1, 28, 28]`
/// - output: `[batch, 10]`, a score for each digit
///
/// ```
/// use autograd::Variable;
/// use nn::models::LeNet5;
/// use nn::{Forward, Module};
///
/// let net = LeNet5::new();
/// let digits = Variable::new(tensor::zeros([64, 1, 28, 28]));
/// assert_eq!(net.forward(&digits).shape(), [64, 10]);
/// assert_eq!(net.num_parameters(), 61_706);
/// ```
#[derive(Debug, Module)]
pub struct LeNet5 {
    /// From 1 channel to 6.
    pub conv1: Conv2d,
    /// From 6 channels to 16.
    pub conv2: Conv2d,
    /// From 16 planes of 5×5 to 120 numbers.
    pub fc1: Linear,
    /// To 84.
    pub fc2: Linear,
    /// To the scores.
    pub fc3: Linear,
}

impl LeNet5 {
    /// A new net, whose parameters are drawn in the order of its fields.
    pub fn new() -> Self {
        Self {
            conv1: Conv::with(1, 6, 5, ConvOptions { padding: 2.into(), ..Default::default() }),
            conv2: Conv::new(6, 16, 5),
            fc1: Linear::new(400, 120),
            fc2: Linear::new(120, 84),
            fc3: Linear::new(84, 10),
        }
    }
}

impl Default for LeNet5 {
    fn default() -> Self {
        Self::new()
    }
}

impl Forward for LeNet5 {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let pool = MaxPool2d::new(2);
        let x = pool.forward(&self.conv1.forward(x).relu());
        let x = pool.forward(&self.conv2.forward(&x).relu());
        let x = self.fc1.forward(&x.flatten(1, -1)).relu();
        let x = self.fc2.forward(&x).relu();
        self.fc3.forward(&x)
    }
}
