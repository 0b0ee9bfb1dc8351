//! Pools: one number of each window over the last axes of a tensor.

mod adaptive;
mod avg_pool;
mod max_pool;
