//! Pools: one number of each window over the last axes.

mod adaptive;
mod avg_pool;
mod max_pool;

pub use avg_pool::AvgPoolOptions;
pub use max_pool::MaxPoolOptions;
