//! Pools, each over one, two or three axes.

mod adaptive;
mod avg_pool;
mod max_pool;

pub use autograd::{AvgPoolOptions, MaxPoolOptions};

crate::build::modules! {
    register;
    adaptive: AdaptiveAvgPool1d, AdaptiveAvgPool;
    adaptive: AdaptiveAvgPool2d;
    adaptive: AdaptiveAvgPool3d;
    adaptive: AdaptiveMaxPool1d, AdaptiveMaxPool;
    adaptive: AdaptiveMaxPool2d;
    adaptive: AdaptiveMaxPool3d;
    avg_pool: AvgPool1d, AvgPool;
    avg_pool: AvgPool2d;
    avg_pool: AvgPool3d;
    max_pool: MaxPool1d, MaxPool;
    max_pool: MaxPool2d;
    max_pool: MaxPool3d;
}
