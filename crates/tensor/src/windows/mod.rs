//! Windows over the last axes of a tensor, which the pools look through and `unfold` takes out.

mod patches;
mod planes;
mod window;

pub use patches::Patches;
pub use planes::Planes;
pub use window::Window;
