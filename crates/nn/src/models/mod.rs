//! Nets that people know by name. Their parameters are called as in PyTorch's and torchvision's
//! programs, so that files go both ways.

mod alexnet;
mod cifar_resnet;
mod densenet;
mod googlenet;
mod lenet;
mod mnist_net;
mod mobilenet_v2;
mod resnet;
mod squeezenet;
mod vgg;

pub use alexnet::{AlexNet, alexnet};
pub use cifar_resnet::{CifarResNet, resnet20, resnet32, resnet44, resnet56};
pub use densenet::{DenseNet, densenet121, densenet169, densenet201};
pub use googlenet::{
    BasicConv2d, GoogLeNet, GoogLeNetOptions, GoogLeNetOutputs, Inception, InceptionAux, googlenet,
};
pub use lenet::LeNet5;
pub use mnist_net::MnistNet;
pub use mobilenet_v2::{MobileNetV2, mobilenet_v2};
pub use resnet::{ResNet, resnet18, resnet34, resnet50};
pub use squeezenet::{SqueezeNet, squeezenet1_0, squeezenet1_1};
pub use vgg::{VGG, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn};

use crate::init::{self, FanMode, KaimingOptions, Nonlinearity};
use crate::{Conv2d, ConvOptions, Linear, MaxPool2d, MaxPoolOptions, Module, Parameter};

/// Adds the models and their parts.
pub(crate) fn register(registry: &mut crate::Registry) {
    registry.register::<AlexNet>().register::<LeNet5>().register::<MnistNet>().register::<VGG>();
    registry.register::<CifarResNet>().register::<cifar_resnet::CifarBlock>();
    registry.register::<DenseNet>().register::<densenet::DenseBlock>().register::<densenet::Transition>();
    registry.register::<densenet::DenseLayer>();
    registry.register::<GoogLeNet>().register::<Inception>().register::<InceptionAux>();
    registry.register::<BasicConv2d>();
    registry.register::<MobileNetV2>().register::<mobilenet_v2::InvertedResidual>();
    registry.register::<mobilenet_v2::Conv2dNormActivation>();
    registry.register::<ResNet>().register::<resnet::BasicBlock>().register::<resnet::Bottleneck>();
    registry.register::<SqueezeNet>().register::<squeezenet::Fire>();
}

/// A convolution that keeps the size but for its stride, without a bias.
#[track_caller]
fn conv(inputs: usize, outputs: usize, kernel: usize, stride: usize) -> Conv2d {
    let padding = (kernel / 2).into();
    let options = ConvOptions { stride: stride.into(), padding, bias: false, ..Default::default() };
    Conv2d::with(inputs, outputs, kernel, options)
}

/// Maxima of windows of this size, two apart.
fn max_pool(kernel: usize, padding: usize, ceil_mode: bool) -> MaxPool2d {
    let (stride, padding) = (Some(2.into()), padding.into());
    MaxPool2d::with(kernel, MaxPoolOptions { stride, padding, ceil_mode, ..Default::default() })
}

/// Calls `conv` on all convolutions of a new net and `linear` on all its linear layers, in torch's order:
/// where torchvision does not keep a layer's first numbers.
fn start(net: &impl Module, conv: impl Fn(&Conv2d), linear: impl Fn(&Linear)) {
    net.apply(|module| {
        if let Some(layer) = module.downcast_ref() {
            conv(layer);
        } else if let Some(layer) = module.downcast_ref() {
            linear(layer);
        }
    });
}

/// Kaiming's normal numbers for a convolution before ReLU: with them gradients keep their size.
fn kaiming_fan_out(conv: &Conv2d) {
    let (mode, nonlinearity) = (FanMode::FanOut, Nonlinearity::ReLU);
    init::kaiming_normal_with(&conv.weight, KaimingOptions { mode, nonlinearity, ..Default::default() });
    zero(&conv.bias);
}

/// Small normal numbers for the weight and zeros for the bias.
fn small_normal(weight: &Parameter, bias: &Option<Parameter>) {
    init::normal(weight, 0.0, 0.01);
    zero(bias);
}

/// Zeros for the bias, if there is one.
fn zero(bias: &Option<Parameter>) {
    bias.iter().for_each(|bias| init::zeros(bias));
}

/// The text of a net between its parentheses: torchvision's print no settings.
fn no_settings(_: &impl Module) -> String {
    String::new()
}
