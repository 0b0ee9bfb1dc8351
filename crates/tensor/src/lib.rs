//! n-d arrays with torch's semantics, kernels and random numbers.
//!
//! A [`Tensor`] holds values of one [`DType`] and is cheap to clone; views of it cost nothing. It is a value
//! all the same: writing to one tensor never changes another, because shared memory is copied before it is
//! written. Functions and methods carry torch's names and mean what they mean there: broadcasting, type
//! promotion, printing, and for a seed the same random numbers.
//!
//! ```
//! use tensor::{DType, Tensor, manual_seed, randn};
//!
//! manual_seed(0);
//! let x = randn([3, 2]); // torch.manual_seed(0); torch.randn(3, 2)
//! let w = Tensor::from([[1.0f32, -1.0], [0.5, 2.0]]);
//! let y = (x.matmul(&w.t()) + Tensor::from([0.0f32, 1.0])).relu();
//! assert_eq!(y.shape(), [3, 2]);
//!
//! let scores = Tensor::from([[0.1f32, 0.7, 0.2], [0.8, 0.1, 0.1]]);
//! let correct = scores.argmax(1, false).eq(&Tensor::from([1i64, 2])); // Bool
//! assert_eq!(correct.to_dtype(DType::F32).mean().item(), 0.5);
//! assert_eq!(scores.sum_dim(0, false).to_string(), "tensor([0.9000, 0.8000, 0.3000])");
//!
//! let mut a = tensor::zeros([2]);
//! let b = a.clone();
//! a.make_mut::<f32>()[0] = 1.0; // b shares the memory, so a gets its own first
//! assert_eq!((a.sum().item(), b.sum().item()), (1.0, 0.0));
//! ```
//!
//! [`Tensor::from`] and [`Tensor::to_ndarray`] lead from `ndarray` and back. [`Generator`] is a random
//! generator of one's own. [`kernels`] is what the operations are built on, and [`dispatch`] how they get
//! from a dtype to its type, for crates that add some.

mod cache;
mod constructors;
mod convert;
mod convolution;
mod create;
pub mod dispatch;
mod display;
mod dtype;
mod element;
mod error;
mod generator;
mod interpolation;
pub mod kernels;
pub mod lapack;
mod layout;
mod lending;
mod ops;
mod options;
mod padding;
mod random;
mod sampling;
mod scalar;
mod shape;
mod storage;
mod strided;
mod tensor;
mod truth;
mod value;
mod warn;
mod windows;

pub use cache::empty_cache;
pub use constructors::{
    bernoulli, full_like, multinomial, ones_like, poisson, rand_like, randint_like, randn_like, zeros_like,
};
pub use convert::ArrayError;
pub use convolution::{ConvFuncOptions, ConvTransposeFuncOptions, Convolution, Padding};
pub use create::{
    arange, eye, eye_dtype, full, full_dtype, linspace, linspace_dtype, logspace, logspace_dtype, ones,
    ones_dtype, tensor, zeros, zeros_dtype,
};
pub use display::{PrintOptions, get_printoptions, set_printoptions};
pub use dtype::DType;
pub use element::{Element, Plain};
pub use generator::{
    Generator, NumpyRandomState, StateError, manual_seed, use_generator, with_default_generator,
};
pub use interpolation::{InterpolateMode, InterpolateOptions, Interpolation};
pub use kernels::map::Map;
pub use kernels::number::{Float, Num};
pub use kernels::parallel::{num_threads, set_num_threads};
pub use kernels::pooling::Divisor;
pub use lending::{Lending, Lent};
pub use ops::*;
pub use options::{
    AxisSizes, OptionEntry, OptionError, OptionValue, Options, OutputSize, PerAxis, Shown, Spatial,
};
pub use padding::{PadMode, Padded};
pub use random::{
    normal, normal_shape, rand, rand_dtype, randint, randint_dtype, randn, randn_dtype, randperm,
};
pub use sampling::{AffineGrid, GridSampleMode, GridSampleOptions, GridSamplePadding, GridSampler};
pub use scalar::Scalar;
pub use shape::Shape;
pub use tensor::Tensor;
#[doc(hidden)]
pub use tensor::axis_of;
pub use value::{Value, ValueError};
pub use warn::warn;
pub use windows::{Patches, Planes, Window};
