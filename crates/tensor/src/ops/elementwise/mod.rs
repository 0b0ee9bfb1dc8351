//! Arithmetic, comparisons and functions of single elements.

#[macro_use]
mod rows;

mod activations;
mod addcmul;
mod allclose;
mod arithmetic;
mod array;
mod checks;
mod clamp;
mod compare;
mod function;
pub mod functions;
mod glu;
mod lerp;
mod logit;
mod multigammaln;
mod nan_to_num;
mod number;
mod operators;
pub mod pairs;
mod polygamma;
mod pow;
mod prelu;
mod root;
mod threshold;
mod trigonometric;
mod where_;

pub use array::Array;
pub use function::{Elementwise, Reads};
pub use number::Number;
