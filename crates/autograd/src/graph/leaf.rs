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
pub enum Grad {
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
}

impl Grad {
    /// Adds `gradient` to what is there; the first one is moved in.
    pub(crate) fn gather(sum: &mut Option<Grad>, gradient: Grad) {
        match (&mut *sum, gradient) {
            (Some(Grad::Plain(sum)), Grad::Plain(gradient)) => *sum += &gradient,
            (Some(before), gradient) => *sum = Some(Grad::Recorded(before.variable() + gradient.variable())),
            (None, gradient) => *sum = Some(gradient),
        }
    }

    /// The numbers alone.
    pub(crate) fn tensor(&self) -> Tensor {
        match self {
            Grad::Plain(gradient) => gradient.clone(),
            Grad::Recorded(gradient) => gradient.data(),
        }
    }

    /// With its history, if it has one.
    pub(crate) fn variable(&self) -> Variable {
        match self {
            Grad::Plain(gradient) => Variable::new(gradient.clone()),
            Grad::Recorded(gradient) => gradient.clone(),
        }
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
