//! Operations that move elements, or only look at them in another way.

mod as_strided;
mod cat;
mod expand;
mod flip;
mod narrow;
mod pad;
mod permute;
mod repeat;
mod repeat_interleave;
mod reshape;
mod roll;
mod split;
mod squeeze;
mod triangle;
mod unbind;
mod unfold;

pub use cat::{Join, cat, stack};
pub use expand::broadcast_tensors;
pub use repeat_interleave::Repeats;
