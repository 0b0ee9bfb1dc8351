//! Models as descriptions: from a module to its architecture, and from that to a module again.

mod architecture;
mod builder;
mod config;
mod flat;
mod registry;

pub use architecture::{Architecture, TensorSpec};
pub use builder::Builder;
pub use config::{Setting, setting};
pub use registry::Registry;
