use autograd::{Variable, cat};

use super::{max_pool, small_normal, start, zero};
use crate::{
    AdaptiveAvgPool2d, Conv2d, ConvOptions, Dropout, Forward, Module, ReLU, Sequential, init, sequential,
};

/// A net as good as AlexNet with 50 times fewer parameters (Iandola et al., *SqueezeNet*, 2016), as
/// `torchvision.models.SqueezeNet`: [`squeezenet1_0`] and [`squeezenet1_1`] make one.
///
/// # Shapes
/// - `x`: `[batch, 3, height, width]`, 21×21 at least; torchvision's parameters are for 224×224
/// - output: `[batch, num_classes]`
#[derive(Debug, Module)]
#[allow(missing_docs)] // torchvision's names
pub struct SqueezeNet {
    pub features: Sequential,
    pub classifier: Sequential,
}

/// A part of the net: a pool, or a [`Fire`] with so many channels inside and in each half of its output.
#[derive(Clone, Copy)]
enum Part {
    Pool,
    Fire(usize, usize),
}

use Part::{Fire as F, Pool};

/// The [`SqueezeNet`] of the paper, as `torchvision.models.squeezenet1_0`, with new parameters.
#[track_caller]
pub fn squeezenet1_0(num_classes: usize) -> SqueezeNet {
    let parts = [
        Pool,
        F(16, 64),
        F(16, 64),
        F(32, 128),
        Pool,
        F(32, 128),
        F(48, 192),
        F(48, 192),
        F(64, 256),
        Pool,
        F(64, 256),
    ];
    SqueezeNet::new(96, 7, &parts, num_classes)
}

/// The [`SqueezeNet`] that takes 2.4 times less time, as `torchvision.models.squeezenet1_1`, with new
/// parameters.
///
/// ```
/// use autograd::{Variable, no_grad};
/// use nn::models::squeezenet1_1;
/// use nn::{Forward, Module};
///
/// let net = squeezenet1_1(10);
/// assert_eq!(net.num_parameters(), 727_626);
/// net.eval();
/// let images = Variable::new(tensor::zeros([1, 3, 64, 64]));
/// assert_eq!(no_grad(|| net.forward(&images)).shape(), [1, 10]);
/// ```
#[track_caller]
pub fn squeezenet1_1(num_classes: usize) -> SqueezeNet {
    let parts = [
        Pool,
        F(16, 64),
        F(16, 64),
        Pool,
        F(32, 128),
        F(32, 128),
        Pool,
        F(48, 192),
        F(48, 192),
        F(64, 256),
        F(64, 256),
    ];
    SqueezeNet::new(64, 3, &parts, num_classes)
}

impl SqueezeNet {
    /// A convolution to so many channels with a kernel of this size, then the parts.
    #[track_caller]
    fn new(channels: usize, kernel: usize, parts: &[Part], num_classes: usize) -> Self {
        let first = ConvOptions { stride: 2.into(), ..Default::default() };
        let mut features = sequential![Conv2d::with(3, channels, kernel, first), ReLU::new()];
        let mut inputs = channels;
        for part in parts {
            match *part {
                Pool => features.push(max_pool(3, 0, true)),
                F(inner, half) => {
                    let fire = Fire::new(inputs, inner, half);
                    inputs = 2 * half;
                    features.push(fire)
                }
            };
        }
        let classifier = sequential![
            Dropout::default(),
            Conv2d::new(512, num_classes, 1),
            ReLU::new(),
            AdaptiveAvgPool2d::new([1, 1]),
        ];
        let net = Self { features, classifier };
        let draw = |conv: &Conv2d| {
            init::kaiming_uniform(&conv.weight);
            zero(&conv.bias);
        };
        start(&net.features, draw, |_| ());
        start(&net.classifier, |conv| small_normal(&conv.weight, &conv.bias), |_| ());
        net
    }
}

impl Forward for SqueezeNet {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        self.classifier.forward(&self.features.forward(x)).flatten(1, -1)
    }
}

/// Few channels by a convolution of 1×1, then many by one of 1×1 and one of 3×3 side by side.
#[derive(Debug, Module)]
pub(crate) struct Fire {
    squeeze: Conv2d,
    squeeze_activation: ReLU,
    expand1x1: Conv2d,
    expand1x1_activation: ReLU,
    expand3x3: Conv2d,
    expand3x3_activation: ReLU,
}

impl Fire {
    #[track_caller]
    fn new(inputs: usize, inner: usize, half: usize) -> Self {
        let padded = ConvOptions { padding: 1.into(), ..Default::default() };
        Self {
            squeeze: Conv2d::new(inputs, inner, 1),
            squeeze_activation: ReLU::new(),
            expand1x1: Conv2d::new(inner, half, 1),
            expand1x1_activation: ReLU::new(),
            expand3x3: Conv2d::with(inner, half, 3, padded),
            expand3x3_activation: ReLU::new(),
        }
    }
}

impl Forward for Fire {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.squeeze_activation.forward(&self.squeeze.forward(x));
        let halves = [
            self.expand1x1_activation.forward(&self.expand1x1.forward(&x)),
            self.expand3x3_activation.forward(&self.expand3x3.forward(&x)),
        ];
        cat(&halves, 1)
    }
}
