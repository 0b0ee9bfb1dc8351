use autograd::Variable;

use super::{conv, kaiming_fan_out, small_normal, start};
use crate::{
    BatchNorm2d, Conv2d, ConvOptions, Dropout, Forward, Linear, Module, ReLU6, Sequential, sequential,
};

/// A small net of convolutions that take each channel on its own (Sandler et al., *MobileNetV2: inverted
/// residuals and linear bottlenecks*, 2018), as `torchvision.models.MobileNetV2`: [`mobilenet_v2`] makes one.
///
/// # Shapes
/// - `x`: `[batch, 3, height, width]`; torchvision's parameters are for 224×224
/// - output: `[batch, num_classes]`
#[derive(Debug, Module)]
#[allow(missing_docs)] // torchvision's names
pub struct MobileNetV2 {
    pub features: Sequential,
    pub classifier: Sequential,
}

/// The blocks: how many times more channels they have inside, their output channels, how many there are of
/// them, and the stride of the first.
const BLOCKS: [[usize; 4]; 7] = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
];

/// A new [`MobileNetV2`], as `torchvision.models.mobilenet_v2`.
///
/// ```
/// use autograd::{Variable, no_grad};
/// use nn::models::mobilenet_v2;
/// use nn::{Forward, Module};
///
/// let net = mobilenet_v2(10);
/// assert_eq!(net.num_parameters(), 2_236_682);
/// net.eval();
/// let images = Variable::new(tensor::zeros([1, 3, 64, 64]));
/// assert_eq!(no_grad(|| net.forward(&images)).shape(), [1, 10]);
/// ```
#[track_caller]
pub fn mobilenet_v2(num_classes: usize) -> MobileNetV2 {
    let mut features = sequential![Conv2dNormActivation::new(3, 32, 3, 2, 1)];
    let mut inputs = 32;
    for [expansion, outputs, count, stride] in BLOCKS {
        for i in 0..count {
            let stride = if i == 0 { stride } else { 1 };
            features.push(InvertedResidual::new([inputs, outputs], stride, expansion));
            inputs = outputs;
        }
    }
    features.push(Conv2dNormActivation::new(inputs, 1280, 1, 1, 1));
    let classifier = sequential![Dropout::new(0.2), Linear::new(1280, num_classes)];
    let net = MobileNetV2 { features, classifier };
    start(&net, kaiming_fan_out, |linear| small_normal(&linear.weight, &linear.bias));
    net
}

impl Forward for MobileNetV2 {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.features.forward(x).adaptive_avg_pool2d(1);
        self.classifier.forward(&x.flatten(1, -1))
    }
}

/// A convolution, a batch norm and ReLU6.
#[derive(Debug, Module)]
pub(crate) struct Conv2dNormActivation(Conv2d, BatchNorm2d, ReLU6);

impl Conv2dNormActivation {
    #[track_caller]
    fn new(inputs: usize, outputs: usize, kernel: usize, stride: usize, groups: usize) -> Self {
        let (stride, padding) = (stride.into(), (kernel / 2).into());
        let options = ConvOptions { stride, padding, groups, bias: false, ..Default::default() };
        let conv = Conv2d::with(inputs, outputs, kernel, options);
        Self(conv, BatchNorm2d::new(outputs), ReLU6::new())
    }
}

impl Forward for Conv2dNormActivation {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        self.2.forward(&self.1.forward(&self.0.forward(x)))
    }
}

/// More channels, a convolution of 3×3 within each of them, fewer channels again. If that keeps the shape,
/// the input is added.
#[derive(Debug, Module)]
#[module(extra_repr = super::no_settings)]
pub(crate) struct InvertedResidual {
    conv: Sequential,
    #[module(config)]
    use_res_connect: bool,
}

impl InvertedResidual {
    #[track_caller]
    fn new([inputs, outputs]: [usize; 2], stride: usize, expansion: usize) -> Self {
        let inner = inputs * expansion;
        let mut layers = Sequential::new();
        if expansion != 1 {
            layers.push(Conv2dNormActivation::new(inputs, inner, 1, 1, 1));
        }
        layers.push(Conv2dNormActivation::new(inner, inner, 3, stride, inner));
        layers.push(conv(inner, outputs, 1, 1));
        layers.push(BatchNorm2d::new(outputs));
        Self { conv: layers, use_res_connect: stride == 1 && inputs == outputs }
    }
}

impl Forward for InvertedResidual {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let y = self.conv.forward(x);
        if self.use_res_connect { x + &y } else { y }
    }
}
