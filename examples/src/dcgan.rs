//! The nets of `github.com/pytorch/examples/dcgan`.

use autograd::Variable;
use nn::{
    BatchNorm2d, Conv2d, ConvOptions, ConvTranspose2d, ConvTransposeOptions, Forward, LeakyReLU, Module,
    ReLU, Sequential, Sigmoid, Tanh, init,
};

/// Draws images (Radford, Metz and Chintala, *Unsupervised representation learning with deep convolutional
/// generative adversarial networks*, 2016).
///
/// # Shapes
/// - `z`: `[batch, nz, 1, 1]`
/// - output: `[batch, nc, size, size]`, between −1 and 1
#[derive(Debug, Module)]
pub struct Generator {
    /// The layers.
    pub main: Sequential,
}

impl Generator {
    /// For images of `size`×`size` with `nc` channels, a power of two from 8 on; `ngf` is the width of the
    /// last layer but one. With `size` 64 it is PyTorch's.
    pub fn new(size: usize, nz: usize, ngf: usize, nc: usize) -> Self {
        let layer = |inputs, outputs, stride: usize| {
            let padding = stride / 2;
            let options = ConvTransposeOptions {
                stride: stride.into(),
                padding: padding.into(),
                bias: false,
                ..Default::default()
            };
            ConvTranspose2d::with(inputs, outputs, 4, options)
        };
        let mut main = Sequential::new();
        let (mut inputs, mut stride) = (nz, 1);
        let mut outputs = ngf * size / 8;
        while outputs >= ngf {
            main.push(layer(inputs, outputs, stride));
            main.push(BatchNorm2d::new(outputs));
            main.push(ReLU::new());
            (inputs, outputs, stride) = (outputs, outputs / 2, 2);
        }
        main.push(layer(inputs, nc, stride));
        main.push(Tanh::new());
        Self { main }
    }
}

impl Forward for Generator {
    fn forward(&self, z: &Variable) -> Variable {
        self.main.forward(z)
    }
}

/// Tells drawn images from real ones.
///
/// # Shapes
/// - `x`: `[batch, nc, size, size]`
/// - output: `[batch]`, the probability that each is real
#[derive(Debug, Module)]
pub struct Discriminator {
    /// The layers.
    pub main: Sequential,
}

impl Discriminator {
    /// For images of `size`×`size` with `nc` channels, a power of two from 8 on; `ndf` is the width of the
    /// first layer. With `size` 64 it is PyTorch's.
    pub fn new(size: usize, ndf: usize, nc: usize) -> Self {
        let layer = |inputs, outputs, stride: usize| {
            let padding = stride / 2;
            let options = ConvOptions {
                stride: stride.into(),
                padding: padding.into(),
                bias: false,
                ..Default::default()
            };
            Conv2d::with(inputs, outputs, 4, options)
        };
        let mut main = Sequential::new();
        main.push(layer(nc, ndf, 2));
        main.push(LeakyReLU::new(0.2));
        let mut inputs = ndf;
        while inputs < ndf * size / 8 {
            main.push(layer(inputs, inputs * 2, 2));
            inputs *= 2;
            main.push(BatchNorm2d::new(inputs));
            main.push(LeakyReLU::new(0.2));
        }
        main.push(layer(inputs, 1, 1));
        main.push(Sigmoid::new());
        Self { main }
    }
}

impl Forward for Discriminator {
    fn forward(&self, x: &Variable) -> Variable {
        self.main.forward(x).reshape([-1])
    }
}

/// For [`Module::apply`]: draws what the paper begins with, N(0, 0.02²) for the weights of convolutions and
/// N(1, 0.02²) for those of norms.
pub fn weights_init(m: &dyn Module) {
    if let Some(conv) = m.downcast_ref::<Conv2d>() {
        init::normal_(&conv.weight, 0.0, 0.02);
    } else if let Some(conv) = m.downcast_ref::<ConvTranspose2d>() {
        init::normal_(&conv.weight, 0.0, 0.02);
    } else if let Some(norm) = m.downcast_ref::<BatchNorm2d>() {
        norm.weight.iter().for_each(|weight| init::normal_(weight, 1.0, 0.02));
        norm.bias.iter().for_each(|bias| init::zeros_(bias));
    }
}
