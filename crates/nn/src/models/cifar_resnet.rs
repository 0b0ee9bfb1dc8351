use autograd::Variable;

use super::{conv, start};
use crate::{BatchNorm2d, Conv2d, Forward, Linear, Module, Sequential, init};

/// The residual net for small images of He et al., *Deep residual learning for image recognition*, 2015,
/// section 4.2: [`resnet20`], [`resnet32`], [`resnet44`] and [`resnet56`] make one. torchvision does not have
/// it; parameters are called, and start, as in the program `github.com/akamaster/pytorch_resnet_cifar10`.
///
/// # Shapes
/// - `x`: `[batch, 3, size, size]`, 32×32 in CIFAR
/// - output: `[batch, num_classes]`
#[derive(Debug, Module)]
#[allow(missing_docs)] // the program's names
pub struct CifarResNet {
    pub conv1: Conv2d,
    pub bn1: BatchNorm2d,
    pub layer1: Sequential,
    pub layer2: Sequential,
    pub layer3: Sequential,
    pub linear: Linear,
}

/// A row has the function, and how many blocks each of the three layers has.
macro_rules! nets {
    ($($(#[$doc:meta])* $name:ident: $blocks:literal;)*) => {$(
        $(#[$doc])*
        #[track_caller]
        pub fn $name(num_classes: usize) -> CifarResNet {
            CifarResNet::new($blocks, num_classes)
        }
    )*};
}

nets! {
    /// The [`CifarResNet`] with 20 layers, with new parameters.
    ///
    /// ```
    /// use autograd::{Variable, no_grad};
    /// use nn::models::resnet20;
    /// use nn::{Forward, Module};
    ///
    /// let net = resnet20(10);
    /// assert_eq!(net.num_parameters(), 269_722);
    /// net.eval();
    /// let images = Variable::new(tensor::zeros([4, 3, 32, 32]));
    /// assert_eq!(no_grad(|| net.forward(&images)).shape(), [4, 10]);
    /// ```
    resnet20: 3;

    /// The [`CifarResNet`] with 32 layers, with new parameters.
    resnet32: 5;

    /// The [`CifarResNet`] with 44 layers, with new parameters.
    resnet44: 7;

    /// The [`CifarResNet`] with 56 layers, with new parameters.
    resnet56: 9;
}

impl CifarResNet {
    /// Three layers of so many blocks each.
    #[track_caller]
    fn new(blocks: usize, num_classes: usize) -> Self {
        let mut inputs = 16;
        let mut layer = |planes: usize, stride: usize| {
            let mut layer = Sequential::new();
            for i in 0..blocks {
                layer.push(CifarBlock::new([inputs, planes], if i == 0 { stride } else { 1 }));
                inputs = planes;
            }
            layer
        };
        let net = Self {
            conv1: conv(3, 16, 3, 1),
            bn1: BatchNorm2d::new(16),
            layer1: layer(16, 1),
            layer2: layer(32, 2),
            layer3: layer(64, 2),
            linear: Linear::new(64, num_classes),
        };
        let draw = |weight: &Variable| init::kaiming_normal(weight);
        start(&net, |conv| draw(&conv.weight), |linear| draw(&linear.weight));
        net
    }
}

impl Forward for CifarResNet {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.bn1.forward(&self.conv1.forward(x)).relu();
        let layers = [&self.layer1, &self.layer2, &self.layer3];
        let x = layers.iter().fold(x, |x, layer| layer.forward(&x));
        self.linear.forward(&x.adaptive_avg_pool2d(1).flatten(1, -1))
    }
}

/// `relu(x + f(x))` where `f` has two convolutions of 3×3. Where `f` has fewer places and more channels than
/// `x`, every other place of `x` is added to the channels in the middle: the paper's option A, which has no
/// parameters.
#[derive(Debug, Module)]
pub(crate) struct CifarBlock {
    conv1: Conv2d,
    bn1: BatchNorm2d,
    conv2: Conv2d,
    bn2: BatchNorm2d,
}

impl CifarBlock {
    #[track_caller]
    fn new([inputs, planes]: [usize; 2], stride: usize) -> Self {
        Self {
            conv1: conv(inputs, planes, 3, stride),
            bn1: BatchNorm2d::new(planes),
            conv2: conv(planes, planes, 3, 1),
            bn2: BatchNorm2d::new(planes),
        }
    }
}

impl Forward for CifarBlock {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let y = self.bn1.forward(&self.conv1.forward(x)).relu();
        let y = self.bn2.forward(&self.conv2.forward(&y));
        let (inputs, outputs) = (self.conv1.in_channels, self.conv1.out_channels);
        if inputs == outputs {
            return (y + x).relu();
        }
        let side = (outputs / 4) as isize;
        let [height, width] = [2, 3].map(|axis| x.shape()[axis] as isize);
        let places = x.slice(2, 0, height, 2).slice(3, 0, width, 2);
        (y + &places.pad([0, 0, 0, 0, side, side], 0.0.into())).relu()
    }
}
