use std::sync::Arc;

use autograd::{HookHandle, HookList};

use crate::Optimizer;

/// A function that is called with the optimizer.
pub type StepHook = Arc<dyn Fn(&mut dyn Optimizer) + Send + Sync>;

/// The hooks of an optimizer: see [`Optimizer::register_step_pre_hook`].
#[derive(Default)]
pub struct StepHooks {
    before: HookList<StepHook>,
    after: HookList<StepHook>,
}

impl StepHooks {
    /// Adds one to those before a step.
    pub fn register_before(&self, hook: impl Fn(&mut dyn Optimizer) + Send + Sync + 'static) -> HookHandle {
        self.before.register(Arc::new(hook))
    }

    /// Adds one to those after a step.
    pub fn register_after(&self, hook: impl Fn(&mut dyn Optimizer) + Send + Sync + 'static) -> HookHandle {
        self.after.register(Arc::new(hook))
    }

    /// Those that an optimizer of one's own calls before its step.
    pub fn before(&self) -> Vec<StepHook> {
        self.before.hooks().into_vec()
    }

    /// Those that it calls after its step.
    pub fn after(&self) -> Vec<StepHook> {
        self.after.hooks().into_vec()
    }
}
