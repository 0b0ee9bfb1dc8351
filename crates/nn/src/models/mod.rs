//! Nets that people know by name. Their parameters are called as in PyTorch's and torchvision's
//! programs, so that files go both ways.

mod lenet;
mod mnist_net;
mod resnet;

use resnet::{BasicBlock, Bottleneck};
pub use resnet::{ResNet, resnet18, resnet34, resnet50};

pub use lenet::LeNet5;
pub use mnist_net::MnistNet;

/// Adds the models and their parts.
pub(crate) fn register(registry: &mut crate::Registry) {
    registry.register::<BasicBlock>().register::<Bottleneck>();
    registry.register::<LeNet5>().register::<MnistNet>().register::<ResNet>();
}
