//! Arithmetic, comparisons and functions of single elements.

#[macro_use]
mod rows;

mod allclose;
mod arithmetic;
mod clamp;
mod compare;
mod function;
pub mod functions;
mod gammainc;
mod glu;
mod number;
mod operators;
mod polygamma;
mod pow;
mod prelu;
mod root;
mod threshold;
mod where_;
mod xlogy;

pub use function::{Elementwise, Reads};
pub use number::Number;
