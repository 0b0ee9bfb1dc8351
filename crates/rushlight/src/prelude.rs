//! All that a training program names: `use rushlight::prelude::*;`.
//!
//! The names are PyTorch's. Layers, losses and optimizers are here without exception, the rest by how often
//! programs name it. What reads or writes files is called by its crate's name, as in `serialize::save`, and
//! each crate's `Error` likewise.

pub use crate::{autograd, datasets, distributions, linalg, nn, optim, serialize, tensor};

pub use autograd::{
    Variable, checkpoint, einsum, enable_grad, grad, inference_mode, no_grad, set_grad_enabled,
};
pub use datasets::{
    ConcatDataset, DataLoader, Dataset, FashionMnist, ImageDataset, IterableDataset, IterableLoader, Mnist,
    Subset, TensorDataset, default_collate, random_split, transforms,
};
pub use nn::layers::*;
pub use nn::losses::*;
pub use nn::{
    Buffer, Forward, Layer, Module, ModuleDict, ModuleHooks, ModuleList, Parameter, ParameterDict, Registry,
    Sequential, StateDict, Training, Value, functional, init, sequential,
};
pub use optim::rules::*;
pub use optim::{AveragedModel, Optimizer, clip_grad_norm_, clip_grad_value_, lr_scheduler};
pub use tensor::{
    DType, Ellipsis, Generator, MeshgridIndexing, NewAxis, Tensor, arange, bernoulli, cat, eye, full,
    full_like, hstack, linspace, logspace, manual_seed, meshgrid, multinomial, ones, ones_like, rand,
    rand_like, randint, randn, randn_like, randperm, set_num_threads, stack, step, vstack, zeros, zeros_like,
};
