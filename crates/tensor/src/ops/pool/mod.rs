//! Pools: one number of each window over the last axes of a tensor.

mod adaptive;
mod avg_pool;
mod max_pool;
mod planes;
mod window;

pub use planes::Planes;
pub use window::Window;
