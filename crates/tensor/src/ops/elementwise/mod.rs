//! Arithmetic, comparisons and functions of single elements.

mod allclose;
mod arithmetic;
mod clamp;
mod compare;
mod function;
pub mod functions;
mod number;
mod operators;
mod pow;
mod where_;

pub use function::{Elementwise, Reads};
pub use number::Number;
