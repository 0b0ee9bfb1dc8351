use autograd::Variable;

use super::{conv, kaiming_fan_out, max_pool, start};
use crate::{
    AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Forward, Linear, MaxPool2d, Module, ReLU, Sequential, sequential,
};

/// A residual net (He et al., *Deep residual learning for image recognition*, 2015), as
/// `torchvision.models.ResNet`: [`resnet18`], [`resnet34`] and [`resnet50`] make one.
///
/// # Shapes
/// - `x`: `[batch, 3, height, width]`; torchvision's parameters are for 224×224
/// - output: `[batch, num_classes]`
#[derive(Debug, Module)]
#[allow(missing_docs)] // torchvision's names
pub struct ResNet {
    pub conv1: Conv2d,
    pub bn1: BatchNorm2d,
    pub relu: ReLU,
    pub maxpool: MaxPool2d,
    pub layer1: Sequential,
    pub layer2: Sequential,
    pub layer3: Sequential,
    pub layer4: Sequential,
    pub avgpool: AdaptiveAvgPool2d,
    pub fc: Linear,
}

/// The [`ResNet`] with 18 layers, as `torchvision.models.resnet18`, with new parameters.
///
/// ```
/// use autograd::{Variable, no_grad};
/// use nn::models::resnet18;
/// use nn::{Forward, Module};
///
/// let net = resnet18(10);
/// assert_eq!(net.num_parameters(), 11_181_642);
/// net.eval();
/// let images = Variable::new(tensor::zeros([1, 3, 64, 64]));
/// assert_eq!(no_grad(|| net.forward(&images)).shape(), [1, 10]);
/// ```
#[track_caller]
pub fn resnet18(num_classes: usize) -> ResNet {
    ResNet::new(BasicBlock::new, 1, [2, 2, 2, 2], num_classes)
}

/// The [`ResNet`] with 34 layers, as `torchvision.models.resnet34`, with new parameters.
#[track_caller]
pub fn resnet34(num_classes: usize) -> ResNet {
    ResNet::new(BasicBlock::new, 1, [3, 4, 6, 3], num_classes)
}

/// The [`ResNet`] with 50 layers, as `torchvision.models.resnet50`, with new parameters.
#[track_caller]
pub fn resnet50(num_classes: usize) -> ResNet {
    ResNet::new(Bottleneck::new, 4, [3, 4, 6, 3], num_classes)
}

impl ResNet {
    /// Four layers of so many blocks each; a block's output has `expansion` times the channels of its middle.
    #[track_caller]
    fn new<B: crate::Layer>(
        block: impl Fn([usize; 2], usize, Option<Sequential>) -> B,
        expansion: usize,
        blocks: [usize; 4],
        num_classes: usize,
    ) -> Self {
        let mut inputs = 64;
        let mut layer = |planes: usize, count: usize, stride: usize| {
            let mut layer = Sequential::new();
            for i in 0..count {
                let stride = if i == 0 { stride } else { 1 };
                let outputs = planes * expansion;
                let shortcut = (stride != 1 || inputs != outputs)
                    .then(|| sequential![conv(inputs, outputs, 1, stride), BatchNorm2d::new(outputs)]);
                layer.push(block([inputs, planes], stride, shortcut));
                inputs = outputs;
            }
            layer
        };
        let net = Self {
            conv1: conv(3, 64, 7, 2),
            bn1: BatchNorm2d::new(64),
            relu: ReLU::new(),
            maxpool: max_pool(3, 1, false),
            layer1: layer(64, blocks[0], 1),
            layer2: layer(128, blocks[1], 2),
            layer3: layer(256, blocks[2], 2),
            layer4: layer(512, blocks[3], 2),
            avgpool: AdaptiveAvgPool2d::new([1, 1]),
            fc: Linear::new(512 * expansion, num_classes),
        };
        start(&net, kaiming_fan_out, |_| ());
        net
    }
}

impl Forward for ResNet {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.relu.forward(&self.bn1.forward(&self.conv1.forward(x)));
        let layers = [&self.layer1, &self.layer2, &self.layer3, &self.layer4];
        let x = layers.iter().fold(self.maxpool.forward(&x), |x, layer| layer.forward(&x));
        self.fc.forward(&self.avgpool.forward(&x).flatten(1, -1))
    }
}

/// `relu(x + f(x))` where `f` has two convolutions of 3×3.
#[derive(Debug, Module)]
pub(crate) struct BasicBlock {
    conv1: Conv2d,
    bn1: BatchNorm2d,
    relu: ReLU,
    conv2: Conv2d,
    bn2: BatchNorm2d,
    downsample: Option<Sequential>,
}

impl BasicBlock {
    #[track_caller]
    fn new([inputs, planes]: [usize; 2], stride: usize, downsample: Option<Sequential>) -> Self {
        Self {
            conv1: conv(inputs, planes, 3, stride),
            bn1: BatchNorm2d::new(planes),
            relu: ReLU::new(),
            conv2: conv(planes, planes, 3, 1),
            bn2: BatchNorm2d::new(planes),
            downsample,
        }
    }
}

impl Forward for BasicBlock {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let y = self.relu.forward(&self.bn1.forward(&self.conv1.forward(x)));
        let y = self.bn2.forward(&self.conv2.forward(&y));
        self.relu.forward(&(y + &shortcut(x, &self.downsample)))
    }
}

/// `relu(x + f(x))` where `f` has a convolution of 3×3 between two of 1×1, with fewer channels inside.
#[derive(Debug, Module)]
pub(crate) struct Bottleneck {
    conv1: Conv2d,
    bn1: BatchNorm2d,
    conv2: Conv2d,
    bn2: BatchNorm2d,
    conv3: Conv2d,
    bn3: BatchNorm2d,
    relu: ReLU,
    downsample: Option<Sequential>,
}

impl Bottleneck {
    #[track_caller]
    fn new([inputs, planes]: [usize; 2], stride: usize, downsample: Option<Sequential>) -> Self {
        Self {
            conv1: conv(inputs, planes, 1, 1),
            bn1: BatchNorm2d::new(planes),
            conv2: conv(planes, planes, 3, stride),
            bn2: BatchNorm2d::new(planes),
            conv3: conv(planes, 4 * planes, 1, 1),
            bn3: BatchNorm2d::new(4 * planes),
            relu: ReLU::new(),
            downsample,
        }
    }
}

impl Forward for Bottleneck {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let y = self.relu.forward(&self.bn1.forward(&self.conv1.forward(x)));
        let y = self.relu.forward(&self.bn2.forward(&self.conv2.forward(&y)));
        let y = self.bn3.forward(&self.conv3.forward(&y));
        self.relu.forward(&(y + &shortcut(x, &self.downsample)))
    }
}

/// `x` as it is added to a block's result.
#[track_caller]
fn shortcut(x: &Variable, downsample: &Option<Sequential>) -> Variable {
    downsample.as_ref().map_or_else(|| x.clone(), |downsample| downsample.forward(x))
}
