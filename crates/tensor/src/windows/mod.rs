//! Windows over the last axes of a tensor, which the pools look through.

mod planes;
mod window;

pub use planes::Planes;
pub use window::Window;
