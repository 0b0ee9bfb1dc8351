//! Models as descriptions: from a module to its architecture, and from that to a module again.

mod architecture;
mod builder;
mod config;
mod flat;
pub(crate) mod kind;
mod registry;

pub use architecture::{Architecture, TensorSpec};
pub use builder::Builder;
pub use config::{Setting, setting};
pub use kind::kind_path;
pub use registry::Registry;
pub(crate) use registry::modules;
