use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::module::hooks::Hooks;

/// Whether a module trains or evaluates: the field that `train()` and `eval()` reach.
///
/// A module whose `forward` depends on the mode (dropout, batch normalisation) declares a field of this
/// type and asks it. New modules train.
///
/// ```
/// use nn::{Module, Training};
///
/// #[derive(Module)]
/// struct Noise {
///     training: Training,
/// }
///
/// let noise = Noise { training: Training::default() };
/// assert!(noise.training.get());
/// noise.eval();
/// assert!(!noise.training.get());
/// ```
pub struct Training {
    on: AtomicBool,
    /// The hooks of the module, which its copies do not have.
    pub(crate) hooks: Hooks,
}

impl Training {
    /// The given mode: `true` to train.
    pub const fn new(training: bool) -> Self {
        Self { on: AtomicBool::new(training), hooks: Hooks::new() }
    }

    /// `true` while training.
    pub fn get(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// Changes the mode of this one flag; `Module::train` and `eval` change a whole tree.
    pub fn set(&self, training: bool) {
        self.on.store(training, Ordering::Relaxed);
    }
}

/// A flag of its own, in the same mode.
impl Clone for Training {
    fn clone(&self) -> Self {
        Self::new(self.get())
    }
}

impl Default for Training {
    fn default() -> Self {
        Self::new(true)
    }
}

impl fmt::Debug for Training {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.get(), f)
    }
}
