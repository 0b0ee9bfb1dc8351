//! What is registered on a module.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use autograd::{HookHandle, HookList, HookResult, Variable};
use tensor::Tensor;

use crate::Module;

pub(super) type Before = dyn Fn(&dyn Module, &Variable) -> Option<Variable> + Send + Sync;
pub(super) type After = dyn Fn(&dyn Module, &Variable, &Variable) -> Option<Variable> + Send + Sync;
pub(super) type Backward = dyn Fn(Option<&Variable>, &Variable) -> Option<Variable> + Send + Sync;

#[derive(Clone)]
pub(super) enum Hook {
    Before(Arc<Before>),
    After(Arc<After>),
    Backward(Arc<Backward>),
}

/// The hooks of one module, in the order in which they were registered. Without any it holds no memory.
pub(crate) struct Hooks(OnceLock<Box<Inside>>);

#[derive(Default)]
struct Inside {
    hooks: HookList<Hook>,
    pruned: Mutex<Vec<Pruned>>,
}

impl Inside {
    fn pruned(&self) -> MutexGuard<'_, Vec<Pruned>> {
        self.pruned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A parameter of the module that is pruned.
pub(crate) struct Pruned {
    pub(crate) name: String,
    /// 0 where it is pruned, else 1.
    pub(crate) mask: Tensor,
    /// The hooks that keep it so.
    pub(crate) handles: Vec<HookHandle>,
}

/// What is pruned of `module`, with the names and masks of it, if it has hooks at all.
pub(crate) fn masks(module: &dyn Module) -> Vec<(String, Tensor)> {
    let members = module.members();
    let Some(inside) = members.training().and_then(|training| training.hooks.0.get()) else {
        return Vec::new();
    };
    inside.pruned().iter().map(|pruned| (pruned.name.clone(), pruned.mask.clone())).collect()
}

/// Adds a pruned parameter to a module, whose hooks it has.
pub(crate) fn prune(module: &dyn Module, pruned: Pruned) {
    of(module, "prune").0.get_or_init(Box::default).pruned().push(pruned);
}

/// Takes the pruned parameter of this name out.
pub(crate) fn take_pruned(module: &dyn Module, name: &str) -> Option<Pruned> {
    let members = module.members();
    let mut pruned = members.training()?.hooks.0.get()?.pruned();
    let at = pruned.iter().position(|pruned| pruned.name == name)?;
    Some(pruned.remove(at))
}

impl Hooks {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    fn register(&self, hook: Hook) -> HookHandle {
        USED.store(true, Ordering::Relaxed);
        self.0.get_or_init(Box::default).hooks.register(hook)
    }

    pub(super) fn all(&self) -> Vec<Hook> {
        self.0.get().map(|inside| inside.hooks.hooks().into_vec()).unwrap_or_default()
    }
}

/// Whether any module ever had a hook: until then a call looks no further.
pub(super) static USED: AtomicBool = AtomicBool::new(false);

#[track_caller]
fn of<'a>(module: &'a dyn Module, operation: &str) -> &'a Hooks {
    let training = module.members().training().filter(|_| module.is_hooked());
    match training {
        Some(training) => &training.hooks,
        None => panic!(
            "{operation}: {} has no hooks. A layer of your own needs `#[hooks]` on its `impl Forward` and a field \
             `training: Training`",
            module.kind()
        ),
    }
}

#[track_caller]
pub(super) fn register_pre<R: HookResult>(
    module: &dyn Module,
    hook: impl Fn(&dyn Module, &Variable) -> R + Send + Sync + 'static,
) -> HookHandle {
    let hook = move |module: &dyn Module, x: &Variable| hook(module, x).replacement();
    of(module, "register_forward_pre_hook").register(Hook::Before(Arc::new(hook)))
}

#[track_caller]
pub(super) fn register_forward<R: HookResult>(
    module: &dyn Module,
    hook: impl Fn(&dyn Module, &Variable, &Variable) -> R + Send + Sync + 'static,
) -> HookHandle {
    let hook = move |module: &dyn Module, x: &Variable, y: &Variable| hook(module, x, y).replacement();
    of(module, "register_forward_hook").register(Hook::After(Arc::new(hook)))
}

#[track_caller]
pub(super) fn register_backward<R: HookResult>(
    module: &dyn Module,
    hook: impl Fn(Option<&Variable>, &Variable) -> R + Send + Sync + 'static,
) -> HookHandle {
    let hook = move |dx: Option<&Variable>, dy: &Variable| hook(dx, dy).replacement();
    of(module, "register_full_backward_hook").register(Hook::Backward(Arc::new(hook)))
}
