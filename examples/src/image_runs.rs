use autograd::Variable;
use datasets::Mnist;
use nn::models::{LeNet5, MnistNet, resnet20};
use nn::{
    AdaptiveAvgPool2d, BCELoss, BatchNorm2d, Conv2d, ConvOptions, CrossEntropyLoss, Flatten, Forward, Layer,
    Linear, MaxPool2d, Module, NLLLoss, ReLU, Sequential, sequential,
};
use optim::{Adadelta, Adam, AdamOptions, Optimizer, SGD, SGDOptions};
use tensor::{DType, Tensor};

use crate::Vae;
use crate::dcgan::{Discriminator, Generator, weights_init};

/// A training of a net for images, to compare with torch's loss by loss: seed 1, the first digits in their
/// order, 64 in a batch. `crates/testing/record/image_nets.py` is the other side.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ImageRun {
    LeNet5,
    MnistNet,
    /// Two convolutions of 3×3 with batch norm, mean, linear; SGD with momentum.
    BnNet,
    /// On made images of 32×32 in colour; SGD with momentum.
    ResNet20,
    Vae,
    /// Two losses for each step: the discriminator's, and the generator's.
    Dcgan,
}

impl ImageRun {
    /// All of them.
    pub const ALL: [ImageRun; 6] = [
        ImageRun::LeNet5,
        ImageRun::MnistNet,
        ImageRun::BnNet,
        ImageRun::ResNet20,
        ImageRun::Vae,
        ImageRun::Dcgan,
    ];

    /// Whether every loss is torch's to the last bit, where the processor adds as torch's. The others have
    /// `exp` or `tanh` from Intel's library in torch, whose last bits are not known.
    pub fn is_exact(self) -> bool {
        !matches!(self, ImageRun::Vae | ImageRun::Dcgan)
    }

    /// Its name on both sides.
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// Trains, and gives every loss.
    ///
    /// # Panics
    /// If there are too few digits.
    pub fn losses(self, digits: &Mnist, steps: usize) -> Vec<f64> {
        let images = digits.data().narrow(0, 0, 64 * steps).unsqueeze(1).to_dtype(DType::F32) / 255.0;
        let labels = digits.targets();
        let batches = |images: Tensor| {
            (0..steps).map(move |step| {
                (images.narrow(0, 64 * step as isize, 64), labels.narrow(0, 64 * step as isize, 64))
            })
        };
        let normalized = || batches((&images - 0.1307) / 0.3081);

        tensor::manual_seed(1);
        match self {
            ImageRun::LeNet5 => {
                let net = LeNet5::new();
                let optimizer = Adam::new(net.parameters(), 1e-3);
                classify(net, optimizer, |out, y| CrossEntropyLoss::new().forward(out, y), normalized())
            }
            ImageRun::MnistNet => {
                let net = MnistNet::new();
                let optimizer = Adadelta::new(net.parameters(), 1.0);
                classify(net, optimizer, |out, y| NLLLoss::new().forward(out, y), normalized())
            }
            ImageRun::BnNet => {
                let net = bn_net();
                let options = SGDOptions { lr: 0.1, momentum: 0.9, ..Default::default() };
                let optimizer = SGD::with(net.parameters(), options);
                classify(net, optimizer, |out, y| CrossEntropyLoss::new().forward(out, y), normalized())
            }
            ImageRun::ResNet20 => {
                let net = resnet20(10);
                let options = SGDOptions { lr: 0.1, momentum: 0.9, ..Default::default() };
                let optimizer = SGD::with(net.parameters(), options);
                let images = tensor::rand([64 * steps, 3, 32, 32]) - 0.5;
                classify(net, optimizer, |out, y| CrossEntropyLoss::new().forward(out, y), batches(images))
            }
            ImageRun::Vae => vae(batches(images)),
            ImageRun::Dcgan => dcgan(batches((images - 0.5) / 0.5)),
        }
    }
}

fn classify(
    net: impl Layer,
    mut optimizer: impl Optimizer,
    criterion: impl Fn(&Variable, &Tensor) -> Variable,
    batches: impl Iterator<Item = (Tensor, Tensor)>,
) -> Vec<f64> {
    let step = |(x, y): (Tensor, Tensor)| {
        let loss = criterion(&net.forward(&Variable::new(x)), &y);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        loss.item()
    };
    batches.map(step).collect()
}

fn bn_net() -> Sequential {
    let conv = |inputs, outputs| {
        let options = ConvOptions { padding: 1.into(), bias: false, ..Default::default() };
        Conv2d::with(inputs, outputs, 3, options)
    };
    sequential![
        conv(1, 8),
        BatchNorm2d::new(8),
        ReLU::new(),
        MaxPool2d::new(2),
        conv(8, 16),
        BatchNorm2d::new(16),
        ReLU::new(),
        AdaptiveAvgPool2d::new(1),
        Flatten::new(),
        Linear::new(16, 10),
    ]
}

fn vae(batches: impl Iterator<Item = (Tensor, Tensor)>) -> Vec<f64> {
    let net = Vae::new();
    let mut optimizer = Adam::new(net.parameters(), 1e-3);
    let step = |(x, _): (Tensor, Tensor)| {
        optimizer.zero_grad();
        let (recon, mu, logvar) = net.forward(&Variable::new(x.clone()));
        let loss = Vae::loss_function(&recon, &x, &mu, &logvar);
        loss.backward();
        optimizer.step();
        loss.item()
    };
    batches.map(step).collect()
}

fn dcgan(batches: impl Iterator<Item = (Tensor, Tensor)>) -> Vec<f64> {
    let (nz, size, width) = (100, 32, 16);
    let generator = Generator::new(size, nz, width, 1);
    generator.apply(weights_init);
    let discriminator = Discriminator::new(size, width, 1);
    discriminator.apply(weights_init);
    let criterion = BCELoss::new();
    let options = || AdamOptions { lr: 2e-4, betas: (0.5, 0.999), ..Default::default() };
    let mut optimizer_d = Adam::with(discriminator.parameters(), options());
    let mut optimizer_g = Adam::with(generator.parameters(), options());
    let (real, fake) = (tensor::ones([64]), tensor::zeros([64]));
    let step = |(x, _): (Tensor, Tensor)| {
        discriminator.zero_grad();
        let x = Variable::new(x).pad([2, 2, 2, 2], tensor::PadMode::Constant((-1.0).into()));
        let real_loss = criterion.forward(&discriminator.forward(&x), &real);
        real_loss.backward();
        let images = generator.forward(&Variable::new(tensor::randn([64, nz, 1, 1])));
        let fake_loss = criterion.forward(&discriminator.forward(&images.detach()), &fake);
        fake_loss.backward();
        optimizer_d.step();

        generator.zero_grad();
        let loss = criterion.forward(&discriminator.forward(&images), &real);
        loss.backward();
        optimizer_g.step();
        [(real_loss.data() + fake_loss.data()).item(), loss.item()]
    };
    batches.flat_map(step).collect()
}
