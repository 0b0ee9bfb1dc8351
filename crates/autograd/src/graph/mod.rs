//! The graph behind variables, and the passes through it.

mod anomaly;
mod checkpoint;
mod engine;
mod fit;
mod grad;
mod hook_list;
mod hooks;
mod leaf;
mod mode;
mod node;
mod trace;
mod variables;

pub(crate) use anomaly::{Site, check_forward};
pub use anomaly::{detect_anomaly, in_module, is_anomaly_enabled, set_detect_anomaly};
pub use checkpoint::checkpoint;
pub(crate) use checkpoint::give_up;
pub use engine::BackwardOptions;
pub use grad::{GradOptions, grad, grad_with};
pub use hook_list::{HookHandle, HookList};
pub use hooks::HookResult;
pub(crate) use hooks::Hooks;
pub(crate) use leaf::{Grad, Leaf};
pub(crate) use mode::{Mode, Watch};
pub use mode::{
    enable_grad, inference_mode, is_grad_enabled, is_inference_mode_enabled, no_grad, set_grad_enabled,
};
pub(crate) use node::{Edge, Gradient, Node, Record};
pub(crate) use trace::step;
pub use trace::{Step, trace};
pub use variables::Variables;
