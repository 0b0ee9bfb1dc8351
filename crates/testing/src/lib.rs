//! Shared by the tests of this workspace: a dev-dependency, never part of a program.
//!
//! - [`Recording`]: what torch gave for the cases of a test, as `cargo xtask record` wrote it down.
//! - [`assert_close`] and [`assert_bits`]: comparisons of tensors that say what
//!   differs, where and by how much.
//! - [`within_a_minute`] and [`refusal`]: code that might hang, and code that has to panic.
//! - [`alone`] and [`ramp`]: the default generator for one test at a time, and a gradient to send back.
//! - [`operations`]: the names of all that `tensor` and `autograd` compute.
//! - [`same_on_any_number_of_threads`]: what the number of threads must not change.
//!
//! `tensor` is below this crate, so the tests in `tensor/src` see a second copy of it and cannot pass their
//! tensors here. The tests in every crate's `tests` folder can.
//!
//! ```
//! use testing::{Within, assert_close};
//!
//! let got = tensor::Tensor::from([0.1f32 + 0.2, 1.0]);
//! assert_close("a sum", &got, &tensor::Tensor::from([0.3f32, 1.0]), Within::relative(1e-6));
//! ```
#![forbid(unsafe_code)]

mod builders;
mod case;
mod close;
mod numbers;
mod operations;
mod panics;
mod recording;
mod threads;

pub use builders::{alone, ramp};
pub use case::Case;
pub use close::{Within, assert_bits, assert_close, checksum, difference};
pub use operations::operations;
pub use panics::{message, refusal, within_a_minute};
pub use recording::{Group, Recording};
pub use serde_json::{Value as Json, json};
pub use threads::same_on_any_number_of_threads;
