//! Pools, each over one, two or three axes.

mod adaptive;
mod avg_pool;
mod max_pool;

pub use adaptive::{
    AdaptiveAvgPool, AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d, AdaptiveMaxPool,
    AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d,
};
pub use autograd::{AvgPoolOptions, MaxPoolOptions};
pub use avg_pool::{AvgPool, AvgPool1d, AvgPool2d, AvgPool3d};
pub use max_pool::{MaxPool, MaxPool1d, MaxPool2d, MaxPool3d};

use crate::Registry;

pub(super) fn register(registry: &mut Registry) {
    registry.register::<AdaptiveAvgPool1d>();
    registry.register::<AdaptiveAvgPool2d>();
    registry.register::<AdaptiveAvgPool3d>();
    registry.register::<AdaptiveMaxPool1d>();
    registry.register::<AdaptiveMaxPool2d>();
    registry.register::<AdaptiveMaxPool3d>();
    registry.register::<AvgPool1d>();
    registry.register::<AvgPool2d>();
    registry.register::<AvgPool3d>();
    registry.register::<MaxPool1d>();
    registry.register::<MaxPool2d>();
    registry.register::<MaxPool3d>();
}
