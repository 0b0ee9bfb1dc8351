//! Nets that people know by name. Their parameters are called as in PyTorch's and torchvision's
//! programs, so that files go both ways.

mod lenet;
mod mnist_net;

pub use lenet::LeNet5;
pub use mnist_net::MnistNet;
