//! The modules of `crates/testing/record/nn/modules.py`, and what torch says of them.
#![allow(dead_code, unreachable_pub)] // each test file uses its own part

use std::sync::Arc;

use autograd::Variable;
use nn::{
    Architecture, Buffer, Forward, Identity, Linear, LinearOptions, Module, ModuleList, Parameter,
    Sequential, Training, sequential,
};
use tensor::{DType, Tensor, ones, zeros, zeros_dtype};
use testing::{Recording, recording};

pub fn recorded() -> Recording {
    recording!("modules")
}

/// The architecture as it comes out of a file.
pub fn stored(architecture: &Architecture) -> Architecture {
    let text = architecture.to_value().unwrap().to_string();
    Architecture::from_value(&text.parse().unwrap()).unwrap()
}

#[track_caller]
pub fn assert_same(a: &dyn Module, b: &dyn Module) {
    assert_eq!(a.to_string(), b.to_string());
    assert_eq!(a.architecture(), b.architecture());
    let (a, b) = (a.state_dict(), b.state_dict());
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, tensor) in a.iter() {
        assert_eq!(tensor.bytes(), b[name].bytes(), "{name}");
    }
}

/// The tutorial's `module_net` with two branches and a `Sequential` inside one.
#[derive(Module)]
pub struct Residual {
    pub layer1: Linear,
    pub layer2: Sequential,
}

impl Residual {
    pub fn new(num_input: usize, num_hidden: usize, num_output: usize) -> Self {
        Self {
            layer1: Linear::new(num_input, num_output),
            layer2: sequential![
                Linear::new(num_input, num_hidden),
                sequential![
                    Identity::new(),
                    Linear::with(num_hidden, num_hidden, LinearOptions { bias: false })
                ],
                Linear::new(num_hidden, num_output),
            ],
        }
    }
}

impl Forward for Residual {
    fn forward(&self, x: &Variable) -> Variable {
        let x1 = self.layer1.forward(x);
        let x2 = self.layer2.forward(x);
        x1 + x2
    }
}

#[derive(Module)]
pub struct Parts {
    pub blocks: ModuleList,
    pub scale: Parameter,
    pub steps: Buffer,
    pub head: Linear,
    pub shift: Parameter,
}

impl Parts {
    pub fn new() -> Self {
        let mut blocks = ModuleList::new();
        blocks.push(Linear::new(2, 2)).push(Linear::new(2, 2)).push(Identity::new()).push(Linear::new(2, 2));
        Self {
            blocks,
            scale: Parameter::new(ones([2])),
            steps: Buffer::new(zeros_dtype((), DType::I64)),
            head: Linear::new(2, 1),
            shift: Parameter::new(zeros([2])),
        }
    }
}

/// Two `Linear`s with one weight, and one `Linear` under three names.
#[derive(Module)]
pub struct Tied {
    pub encoder: Linear,
    pub decoder: Linear,
    pub block: Arc<Linear>,
    pub again: Arc<Linear>,
    pub inner: Sequential,
}

impl Tied {
    pub fn new() -> Self {
        let encoder = Linear::with(3, 3, LinearOptions { bias: false });
        let mut decoder = Linear::new(3, 3);
        decoder.weight = encoder.weight.clone();
        let block = Arc::new(Linear::new(3, 3));
        let inner = sequential![block.clone(), Identity::new()];
        Self { encoder, decoder, again: block.clone(), block, inner }
    }
}

impl Forward for Tied {
    fn forward(&self, x: &Variable) -> Variable {
        self.inner.forward(&self.decoder.forward(&self.encoder.forward(x)))
    }
}

/// A layer of a user: settings, a flag, optional and boxed parts, something of its own.
#[derive(Module)]
pub struct Custom<L> {
    #[module(config)]
    pub rate: f64,
    #[module(config)]
    pub size: (usize, usize),
    #[module(config)]
    pub label: Option<String>,
    pub inner: L,
    pub boxed: Box<dyn nn::Layer>,
    pub many: Vec<Linear>,
    pub some: Option<Linear>,
    pub none: Option<Linear>,
    pub no_parameter: Option<Parameter>,
    pub mean: Option<Buffer>,
    pub training: Training,
    #[module(skip)]
    pub calls: std::sync::atomic::AtomicUsize,
}

impl<L: nn::Layer> Custom<L> {
    pub fn new(inner: L) -> Self {
        Self {
            rate: 0.5,
            size: (2, 3),
            label: None,
            inner,
            boxed: Box::new(Linear::new(2, 2)),
            many: vec![Linear::new(2, 2), Linear::new(2, 2)],
            some: Some(Linear::new(2, 2)),
            none: None,
            no_parameter: None,
            mean: Some(Buffer::new(Tensor::from([1.5f32, 2.5]))),
            training: Training::default(),
            calls: Default::default(),
        }
    }
}

impl<L: nn::Layer> Forward for Custom<L> {
    fn forward(&self, x: &Variable) -> Variable {
        self.boxed.forward(&self.inner.forward(x))
    }
}
