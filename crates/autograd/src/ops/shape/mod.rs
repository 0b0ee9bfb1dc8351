//! Other views of the same elements, and their parts.

mod cat;
mod expand;
mod narrow;
mod permute;
mod reshape;
mod select;
mod split;
mod stack;
mod triangle;

pub use cat::cat;
pub use stack::stack;
