//! The workloads of convolutional nets.

use autograd::{Variable, no_grad};
use nn::models::{LeNet5, MnistNet, resnet18};
use nn::{
    BatchNorm2d, Conv2d, ConvOptions, CrossEntropyLoss, Forward, Layer, Linear, MaxPool2d, Module, NLLLoss,
    Parameter, ReLU, Sequential, sequential,
};
use optim::{Adadelta, Adam, Optimizer, SGD, SGDOptions};
use tensor::{ConvFuncOptions, Tensor};

use super::data::Data;
use super::workloads::{Sample, sizes, timed};

/// Images in a batch.
const BATCH: usize = 64;

/// A step of a net on the same batch again and again: the variant is the net's name.
pub(super) fn step(_: &Data, variant: &str, _: usize) -> Sample {
    let (net, side): (Box<dyn Layer>, _) = match variant {
        "lenet5" => (Box::new(LeNet5::new()), 28),
        "mnist" => (Box::new(MnistNet::new()), 28),
        _ => (Box::new(resnet()), 32),
    };
    let parameters: Vec<Parameter> = net.parameters();
    let mut optim: Box<dyn Optimizer> = match variant {
        "lenet5" => Box::new(Adam::new(parameters, 1e-3)),
        "mnist" => Box::new(Adadelta::new(parameters, 1.0)),
        _ => {
            let options = SGDOptions { lr: 0.01, momentum: 0.9, ..Default::default() };
            Box::new(SGD::with(parameters, options))
        }
    };
    let nll = variant == "mnist";
    let x = Variable::new(tensor::randn([BATCH, if side == 28 { 1 } else { 3 }, side, side]));
    let y = tensor::randint(0, 10, [BATCH]);
    timed(if variant == "lenet5" { 20 } else { 3 }, move || {
        let out = net.forward(&x);
        let loss =
            if nll { NLLLoss::new().forward(&out, &y) } else { CrossEntropyLoss::new().forward(&out, &y) };
        optim.zero_grad();
        loss.backward();
        optim.step();
    })
}

/// A convolution of 3×3 without bias, and a norm.
#[derive(Module)]
struct ConvNorm {
    conv: Conv2d,
    norm: BatchNorm2d,
}

impl ConvNorm {
    fn new(inputs: usize, outputs: usize, stride: usize) -> Self {
        let options =
            ConvOptions { stride: stride.into(), padding: 1.into(), bias: false, ..Default::default() };
        Self { conv: Conv2d::with(inputs, outputs, 3, options), norm: BatchNorm2d::new(outputs) }
    }
}

impl Forward for ConvNorm {
    fn forward(&self, x: &Variable) -> Variable {
        self.norm.forward(&self.conv.forward(x))
    }
}

/// `relu(x + f(x))` with two convolutions in `f`.
#[derive(Module)]
struct Block {
    first: ConvNorm,
    second: ConvNorm,
}

impl Block {
    fn new(channels: usize) -> Self {
        Self { first: ConvNorm::new(channels, channels, 1), second: ConvNorm::new(channels, channels, 1) }
    }
}

impl Forward for Block {
    fn forward(&self, x: &Variable) -> Variable {
        let y = self.first.forward(x).relu();
        (self.second.forward(&y) + x).relu()
    }
}

/// Row O's net: 3 channels to 16, two blocks, 32 by a stride of 2, two blocks, 64, two blocks, mean, linear.
#[derive(Module)]
struct ResNet {
    stages: Vec<ConvNorm>,
    blocks: Sequential,
    fc: Linear,
}

fn resnet() -> ResNet {
    let stages = vec![ConvNorm::new(3, 16, 1), ConvNorm::new(16, 32, 2), ConvNorm::new(32, 64, 2)];
    let blocks = sequential![
        Block::new(16),
        Block::new(16),
        Block::new(32),
        Block::new(32),
        Block::new(64),
        Block::new(64)
    ];
    ResNet { stages, blocks, fc: Linear::new(64, 10) }
}

impl Forward for ResNet {
    fn forward(&self, x: &Variable) -> Variable {
        let mut x = x.clone();
        for (i, stage) in self.stages.iter().enumerate() {
            x = stage.forward(&x).relu();
            x = self.blocks[2 * i + 1].forward(&self.blocks[2 * i].forward(&x));
        }
        self.fc.forward(&x.mean_dim([2, 3], false))
    }
}

/// One pass of one convolution: the variant is the pass, then channels, size, channels of
/// the output, kernel, padding and groups.
pub(super) fn conv(_: &Data, variant: &str, _: usize) -> Sample {
    let (pass, rest) = variant.split_once('-').expect("the variants have this form");
    let [inputs, size, outputs, kernel, padding, groups] = sizes(rest)[..] else { unreachable!("six sizes") };
    let options = ConvFuncOptions::<2> { padding: padding.into(), groups, ..Default::default() };
    let (x, w, b) = (
        tensor::randn([BATCH, inputs, size, size]),
        tensor::randn([outputs, inputs / groups, kernel, kernel]),
        tensor::randn([outputs]),
    );
    let c = options.convolution(w.shape());
    let dy = x.conv2d(&w, None, options);
    let run: Box<dyn Fn() -> Tensor> = match pass {
        "y" => Box::new(move || x.conv2d(&w, Some(&b), options)),
        "dx" => Box::new(move || dy.conv_input(&w, x.shape(), &c)),
        _ => Box::new(move || x.conv_weight_and_bias(&dy, w.shape(), &c).0),
    };
    timed(10, move || drop(run()))
}

/// Layers forward and back, of a batch of 24² or 32²: the variant is their name.
pub(super) fn layers(_: &Data, variant: &str, _: usize) -> Sample {
    let (net, channels, size) = match variant {
        "pool" => (sequential![MaxPool2d::new(2)], 64, 24),
        _ => (sequential![BatchNorm2d::new(32), ReLU::new()], 32, 32),
    };
    let x = Variable::new(tensor::randn([BATCH, channels, size, size])).requires_grad_(true);
    let dy = tensor::randn(net.forward(&x).shape());
    timed(10, move || {
        net.forward(&x).backward_with(dy.clone());
        x.zero_grad();
        net.zero_grad();
    })
}

/// One image through torchvision's ResNet-18.
pub(super) fn predict(_: &Data, _: &str, _: usize) -> Sample {
    let net = resnet18(1000);
    net.eval();
    let x = Variable::new(tensor::randn([1, 3, 224, 224]));
    timed(3, move || drop(no_grad(|| net.forward(&x))))
}
