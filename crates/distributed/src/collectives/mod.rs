//! The collective operations, made of messages.

mod addends;
mod chunks;
mod exchange;
mod reduce;
mod segments;

pub use addends::{Addends, Floats};
pub(crate) use chunks::Chunks;
