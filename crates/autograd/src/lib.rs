//! Reverse-mode differentiation: a [`Variable`] is a tensor that remembers how it came about.
//!
//! ```
//! use autograd::Variable;
//! use tensor::Tensor;
//!
//! let x = Variable::new(Tensor::from([1.0f32, 2.0, 3.0])).requires_grad_(true);
//! let y = (&x * &x).sum(); // y = Σ x²
//! y.backward();
//! assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [2.0, 4.0, 6.0]); // dy/dx = 2x
//! ```
//!
//! An operation with structure is a file in `ops/`, its derivative beside it; the functions of single
//! elements and of pairs of them are rows of the tables in [`tensor::functions`] and [`tensor::pairs`]. And
//! [`gradcheck`] compares any function's gradient with finite differences. A new operation is a value that
//! implements [`Op`].
#![forbid(unsafe_code)]

mod data;
pub mod distributions;
pub mod functional;
mod gradcheck;
mod graph;
pub mod linalg;
mod op;
mod ops;
mod variable;

pub use data::DataMut;
pub use gradcheck::{gradcheck, gradgradcheck};
pub use graph::{
    BackwardOptions, GradOptions, HookHandle, HookList, HookResult, Step, Variables, checkpoint,
    detect_anomaly, enable_grad, grad, grad_with, in_module, inference_mode, is_anomaly_enabled,
    is_grad_enabled, is_inference_mode_enabled, no_grad, set_detect_anomaly, set_grad_enabled, trace,
};
pub use op::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, apply};
pub use ops::*;
pub use tensor::{
    Number, block_diag, broadcast_tensors, cartesian_prod, cat, column_stack, dstack, hstack, meshgrid,
    stack, vstack,
};
pub use variable::Variable;

use nn_derive::Options;
use tensor::Options;
