//! Where the gradients of a variable that no operation made gather.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tensor::{DType, Shape, Tensor};

use super::Hooks;
use crate::Variable;
use crate::variable::Inner;

/// The end of a graph. Graphs hold this and not the variable, whose value is nobody's business but its own;
/// it is made when a variable is first told to require a gradient.
pub struct Leaf {
    /// The variable's, which never changes.
    pub(crate) shape: Shape,
    requires_grad: AtomicBool,
    gathered: Mutex<Gathered>,
    pub(crate) hooks: Hooks,
    variable: Weak<Inner>,
}

/// The sum that has arrived, in the variable's dtype.
pub(crate) struct Gathered {
    pub(crate) dtype: DType,
    pub(crate) grad: Option<Grad>,
}

/// A gradient.
pub(crate) enum Grad {
    Plain(Tensor),
    /// With a history, by a pass with `create_graph`.
    Recorded(Variable),
}

impl Leaf {
    pub(crate) fn new(variable: &Variable, shape: Shape, dtype: DType) -> Leaf {
        Leaf {
            shape,
            requires_grad: AtomicBool::new(false),
            gathered: Mutex::new(Gathered { dtype, grad: None }),
            hooks: Hooks::default(),
            variable: Arc::downgrade(&variable.0),
        }
    }

    /// The variable, unless it is gone and only graphs remember it.
    pub(crate) fn variable(&self) -> Option<Variable> {
        self.variable.upgrade().map(Variable)
    }

    pub(crate) fn requires_grad(&self) -> bool {
        self.requires_grad.load(Ordering::Relaxed)
    }

    pub(crate) fn set_requires_grad(&self, requires_grad: bool) {
        self.requires_grad.store(requires_grad, Ordering::Relaxed);
    }

    pub(crate) fn gathered(&self) -> MutexGuard<'_, Gathered> {
        // A panic elsewhere leaves a whole gradient behind, or none.
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds `gradient`; the first one is moved in.
    pub(crate) fn accumulate(&self, gradient: Tensor) {
        let slot = &mut self.gathered().grad;
        match slot {
            Some(Grad::Plain(sum)) => *sum += &gradient,
            Some(Grad::Recorded(sum)) => *sum = &*sum + Variable::new(gradient),
            none => *none = Some(Grad::Plain(gradient)),
        }
    }

    /// Adds a gradient that has a history.
    pub(crate) fn accumulate_recorded(&self, gradient: Variable) {
        let slot = &mut self.gathered().grad;
        *slot = Some(Grad::Recorded(match slot.take() {
            Some(Grad::Plain(sum)) => Variable::new(sum) + gradient,
            Some(Grad::Recorded(sum)) => sum + gradient,
            None => gradient,
        }));
    }
}

impl Gathered {
    /// The whole in another dtype.
    pub(crate) fn convert(&mut self, dtype: DType) {
        self.dtype = dtype;
        self.grad = self.grad.take().map(|grad| match grad {
            Grad::Plain(grad) => Grad::Plain(grad.to_dtype(dtype)),
            Grad::Recorded(grad) => Grad::Recorded(grad.to_dtype(dtype)),
        });
    }
}
