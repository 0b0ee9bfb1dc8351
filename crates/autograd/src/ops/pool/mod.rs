//! Pools: one number of each window over the last axes.

mod adaptive;
mod avg_pool;
mod lp_pool;
mod max_pool;
mod max_unpool;

pub use avg_pool::AvgPoolOptions;
pub use lp_pool::LPPoolOptions;
pub use max_pool::MaxPoolOptions;
pub use max_unpool::MaxUnpoolOptions;
