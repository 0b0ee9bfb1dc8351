//! The elementwise functions of two tensors, as values that implement [`Pairwise`]: a row of one table each.
//!
//! [`Tensor`](crate::Tensor) has a method for each, and so has `autograd`'s `Variable`; the methods'
//! documentation says what the function is. Sums, differences, products and quotients, which also compute in
//! their operands' memory, have files of their own.

#[macro_use]
mod rows;
mod functions;
mod integers;
mod operand;
mod rule;

pub use functions::*;
pub use operand::Operand;
pub use rule::{Given, Pairwise};
