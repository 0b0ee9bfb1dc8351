//! All that a training program names: `use rushlight::prelude::*;`.
//!
//! The names are PyTorch's. Layers, losses and optimizers are here without exception, the rest by how often
//! programs name it. What reads or writes files is called by its crate's name, as in `serialize::save`, and
//! each crate's `Error` likewise.

pub use crate::{autograd, datasets, distributions, linalg, nn, optim, serialize, tensor};

pub use autograd::{Variable, einsum, enable_grad, grad, no_grad};
pub use datasets::{
    ConcatDataset, DataLoader, Dataset, FashionMnist, ImageDataset, Mnist, Subset, TensorDataset,
    random_split, transforms,
};
pub use nn::layers::*;
pub use nn::losses::*;
pub use nn::{
    Buffer, Forward, Layer, Module, ModuleList, Parameter, Registry, Sequential, StateDict, Training, Value,
    init, sequential,
};
pub use optim::rules::*;
pub use optim::{Optimizer, clip_grad_norm_, clip_grad_value_, lr_scheduler};
pub use tensor::{
    DType, Generator, Tensor, arange, cat, eye, full, linspace, manual_seed, ones, rand, randint, randn,
    randperm, set_num_threads, stack, zeros,
};
