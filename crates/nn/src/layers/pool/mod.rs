//! Pools, each over one, two or three axes.

mod adaptive;
mod avg_pool;
mod fractional_max_pool;
mod lp_pool;
mod max_pool;
mod max_unpool;

pub use crate::functional::FractionalMaxPoolOptions;
pub use autograd::{AvgPoolOptions, LPPoolOptions, MaxPoolOptions, MaxUnpoolOptions};
pub use max_unpool::{MaxUnpool, MaxUnpool1d, MaxUnpool2d, MaxUnpool3d};

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
    fractional_max_pool: FractionalMaxPool2d, FractionalMaxPool;
    fractional_max_pool: FractionalMaxPool3d;
    lp_pool: LPPool1d, LPPool;
    lp_pool: LPPool2d;
    lp_pool: LPPool3d;
    max_pool: MaxPool1d, MaxPool;
    max_pool: MaxPool2d;
    max_pool: MaxPool3d;
}
