//! The collective operations, made of messages.

mod addends;
mod exchange;
mod reduce;
mod segments;

pub use addends::{Addends, Floats};
pub(crate) use reduce::receive_numbers;
