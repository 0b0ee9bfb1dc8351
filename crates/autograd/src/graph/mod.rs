//! The graph behind variables, and the passes through it.

mod engine;
mod fit;
mod grad;
mod hook_list;
mod hooks;
mod leaf;
mod mode;
mod node;
mod trace;

pub use engine::BackwardOptions;
pub use grad::{GradOptions, grad};
pub use hook_list::{HookHandle, HookList};
pub(crate) use hooks::Hooks;
pub(crate) use leaf::{Grad, Leaf};
pub(crate) use mode::{Mode, is_tracing};
pub use mode::{enable_grad, is_grad_enabled, no_grad};
pub(crate) use node::{Edge, Gradient, Node, Record};
pub(crate) use trace::step;
pub use trace::{Step, trace};
