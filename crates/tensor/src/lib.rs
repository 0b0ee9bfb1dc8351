//! n-d arrays with torch's semantics, kernels and random numbers.
//!
//! A [`Tensor`] is a cheap handle to values of one [`DType`]. Functions and methods carry torch's names and
//! mean what they mean there.

mod convert;
mod create;
mod dispatch;
mod display;
mod dtype;
mod element;
mod error;
mod generator;
pub mod kernels;
mod layout;
mod ops;
mod random;
mod scalar;
mod shape;
mod storage;
mod strided;
mod tensor;

pub use create::{arange, eye, full, full_dtype, linspace, ones, ones_dtype, zeros, zeros_dtype};
pub use display::{PrintOptions, get_printoptions, set_printoptions};
pub use dtype::DType;
pub use element::{Element, Float, Num, Plain};
pub use generator::{Generator, NumpyRandomState, StateError, manual_seed, with_default_generator};
pub use kernels::parallel::{num_threads, set_num_threads};
pub use ops::*;
pub use random::{rand, rand_dtype, randint, randint_dtype, randn, randn_dtype, randperm};
pub use scalar::Scalar;
pub use shape::Shape;
pub use storage::empty_cache;
pub use tensor::Tensor;
