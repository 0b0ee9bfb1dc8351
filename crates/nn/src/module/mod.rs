//! The module: its parts, names, parameters and state, and the walks over a tree of modules.

pub(crate) mod deep;
pub(crate) mod hooks;
pub(crate) mod lazy;
pub(crate) mod load;
mod members;
#[allow(clippy::module_inception)] // the trait `Module` is looked for in `module.rs`
mod module;
mod operators;
mod parameter;
pub(crate) mod repr;
mod state_dict;
mod training;
pub(crate) mod walk;

pub use hooks::ModuleHooks;
pub use load::LoadReport;
pub use members::{Field, Member, Members, SharedId};
pub use module::{AsModule, Forward, Layer, Module};
pub use parameter::{Buffer, Parameter};
pub use repr::named_values;
pub use state_dict::StateDict;
pub use training::Training;
