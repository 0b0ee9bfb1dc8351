//! Operations that move elements, or only look at them in another way.

mod as_strided;
mod cat;
mod expand;
mod flip;
mod narrow;
mod pad;
mod permute;
mod reshape;
mod split;
mod squeeze;
mod triangle;

pub use cat::{Join, cat, stack};
pub use expand::broadcast_tensors;
