//! Writing a file whole or not at all.

mod temporary;
mod write;

pub use temporary::Temporary;
pub use write::write;
