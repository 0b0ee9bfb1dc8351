use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tensor::{DType, Lending, Shape, Tensor};

use crate::graph::{Edge, Hooks, Node};

/// A tensor in a computation that gradients flow back through.
///
/// A variable is a handle: a clone is the same variable. It holds its data, its gradient (for a leaf, that is,
/// a variable that no operation made) and the operation that made it. It can be shared between threads.
///
/// Methods and operators carry the names of [`Tensor`]'s and compute the same values.
#[derive(Clone)]
pub struct Variable(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) data: Lending<Tensor>,
    origin: Origin,
}

enum Origin {
    /// Made by the user.
    Leaf { requires_grad: AtomicBool, like: OnceLock<Box<Like>>, grad: Mutex<Option<Grad>>, hooks: Hooks },
    /// Made by an operation on something that requires a gradient, as which of its outputs.
    Node(Arc<Node>, usize),
    /// A leaf at an earlier value. Only rules that are recorded meet one.
    Earlier(Variable),
}

/// The shape and dtype of a leaf's data, kept apart since it first required a gradient: a pass may run while a closure
/// holds the data.
pub(crate) struct Like {
    shape: Shape,
    /// What [`Variable::to_dtype_`] made of it.
    pub(crate) dtype: Mutex<DType>,
}

/// The gradient of a leaf.
pub(crate) enum Grad {
    Plain(Tensor),
    /// With a history, by a pass with `create_graph`.
    Recorded(Variable),
}

impl Variable {
    /// A leaf that requires no gradient.
    pub fn new(data: Tensor) -> Variable {
        let origin = Origin::Leaf {
            requires_grad: AtomicBool::new(false),
            like: OnceLock::new(),
            grad: Mutex::new(None),
            hooks: Hooks::default(),
        };
        Variable(Arc::new(Inner { data: Lending::new(data), origin }))
    }

    /// Output `j` of an operation.
    pub(crate) fn made(data: Tensor, node: &Arc<Node>, output: usize) -> Variable {
        if !data.dtype().is_float() {
            return Variable::new(data);
        }
        let origin = Origin::Node(node.clone(), output);
        Variable(Arc::new(Inner { data: Lending::new(data), origin }))
    }

    /// This leaf at an earlier value: gradients of the result are the leaf's.
    pub(crate) fn as_it_was(&self, data: Tensor) -> Variable {
        Variable(Arc::new(Inner { data: Lending::new(data), origin: Origin::Earlier(self.clone()) }))
    }

    /// Where a gradient of this variable goes.
    pub(crate) fn edge(&self) -> Edge {
        match &self.0.origin {
            Origin::Node(node, output) => Edge::Node(node.clone(), *output),
            Origin::Earlier(leaf) => leaf.edge(),
            Origin::Leaf { .. } if self.requires_grad() => Edge::Leaf(self.clone()),
            Origin::Leaf { .. } => Edge::Nowhere,
        }
    }

    /// The shape and dtype of a leaf that requires a gradient, or did.
    pub(crate) fn like(&self) -> (&Shape, DType) {
        let like = self.kept().expect("a leaf keeps them since it requires a gradient");
        (&like.shape, *like.dtype.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn kept(&self) -> Option<&Like> {
        match &self.0.origin {
            Origin::Leaf { like, .. } => like.get().map(Box::as_ref),
            _ => None,
        }
    }

    pub(crate) fn grad_slot(&self) -> Option<MutexGuard<'_, Option<Grad>>> {
        match &self.0.origin {
            Origin::Leaf { grad, .. } => {
                // A panic elsewhere leaves a whole gradient behind, or none.
                Some(grad.lock().unwrap_or_else(PoisonError::into_inner))
            }
            _ => None,
        }
    }

    /// The hooks of a leaf.
    pub(crate) fn leaf_hooks(&self) -> Option<&Hooks> {
        match &self.0.origin {
            Origin::Leaf { hooks, .. } => Some(hooks),
            _ => None,
        }
    }

    /// The gradient that `backward` has gathered here since it was last cleared. `None` before the first, and
    /// for the result of an operation.
    pub fn grad(&self) -> Option<Tensor> {
        match &*self.grad_slot()? {
            Some(Grad::Plain(grad)) => Some(grad.clone()),
            Some(Grad::Recorded(grad)) => Some(grad.data()),
            None => None,
        }
    }

    /// The gradient as a variable: with its history if a pass with `create_graph` brought it, and without otherwise.
    pub fn grad_variable(&self) -> Option<Variable> {
        match &*self.grad_slot()? {
            Some(Grad::Plain(grad)) => Some(Variable::new(grad.clone())),
            Some(Grad::Recorded(grad)) => Some(grad.clone()),
            None => None,
        }
    }

    /// Replaces the gradient.
    ///
    /// # Panics
    /// On the result of an operation, which holds none, and if the shape or dtype differs from the data's.
    #[track_caller]
    pub fn set_grad(&self, gradient: Option<Tensor>) {
        if let Some(g) = &gradient {
            let (shape, dtype) = (self.shape(), self.dtype());
            assert!(g.shape() == shape, "set_grad: the gradient is {:?}, the data {shape:?}", g.shape());
            assert!(g.dtype() == dtype, "set_grad: the gradient is {}, the data {dtype}", g.dtype());
        }
        *self.grad_slot().expect("set_grad: only a leaf holds a gradient") = gradient.map(Grad::Plain);
    }

    /// Clears the gradient to `None`, as `zero_grad(set_to_none=True)`, torch's default.
    pub fn zero_grad(&self) {
        if let Some(mut grad) = self.grad_slot() {
            *grad = None;
        }
    }

    /// Adds `gradient` to the leaf's; the first one is moved in.
    pub(crate) fn accumulate(&self, gradient: Tensor) {
        let mut slot = self.grad_slot().expect("gradients end in leaves");
        match &mut *slot {
            Some(Grad::Plain(sum)) => *sum += &gradient,
            Some(Grad::Recorded(sum)) => *sum = &*sum + Variable::new(gradient),
            none => *none = Some(Grad::Plain(gradient)),
        }
    }

    /// Adds a gradient that has a history to the leaf's.
    pub(crate) fn accumulate_recorded(&self, gradient: Variable) {
        let mut slot = self.grad_slot().expect("gradients end in leaves");
        *slot = Some(Grad::Recorded(match slot.take() {
            Some(Grad::Plain(sum)) => Variable::new(sum) + gradient,
            Some(Grad::Recorded(sum)) => sum + gradient,
            None => gradient,
        }));
    }

    /// Whether gradients flow to or through this variable.
    pub fn requires_grad(&self) -> bool {
        match &self.0.origin {
            Origin::Leaf { requires_grad, .. } => requires_grad.load(Ordering::Acquire),
            _ => true,
        }
    }

    /// Sets whether a leaf gathers gradients, and gives the same variable back.
    ///
    /// # Panics
    /// On the result of an operation when `requires_grad` is false (use [`Variable::detach`]), and on a leaf
    /// that is not a float when it is true.
    #[track_caller]
    pub fn requires_grad_(self, requires_grad: bool) -> Variable {
        match &self.0.origin {
            Origin::Leaf { requires_grad: flag, like, .. } => {
                assert!(
                    !requires_grad || self.dtype().is_float(),
                    "requires_grad_: only floating-point variables can require gradients, this is {}",
                    self.dtype()
                );
                if requires_grad {
                    like.get_or_init(|| {
                        self.0.data.read("requires_grad_", |data| {
                            Box::new(Like { shape: data.shape().into(), dtype: Mutex::new(data.dtype()) })
                        })
                    });
                }
                flag.store(requires_grad, Ordering::Release);
            }
            _ => assert!(
                requires_grad,
                "requires_grad_: the result of an operation cannot be told to require no gradient; use detach()"
            ),
        }
        self
    }

    /// The same value as a new leaf that requires no gradient.
    pub fn detach(&self) -> Variable {
        Variable::new(self.data())
    }

    /// Whether no recorded operation made this variable.
    pub fn is_leaf(&self) -> bool {
        matches!(self.0.origin, Origin::Leaf { .. })
    }

    /// The sizes of the axes.
    #[track_caller]
    pub fn shape(&self) -> Vec<usize> {
        self.0.data.read("shape", |data| data.shape().to_vec())
    }

    /// The type of the elements.
    #[track_caller]
    pub fn dtype(&self) -> DType {
        self.0.data.read("dtype", Tensor::dtype)
    }

    /// The number of axes.
    #[track_caller]
    pub fn ndim(&self) -> usize {
        self.0.data.read("ndim", Tensor::ndim)
    }

    /// The number of elements.
    #[track_caller]
    pub fn numel(&self) -> usize {
        self.0.data.read("numel", Tensor::numel)
    }

    /// The size of one axis; `-1` is the last.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn size(&self, dim: isize) -> usize {
        self.data().size(dim)
    }

    /// The value of a variable of one element.
    ///
    /// # Panics
    /// If there are more or fewer elements than one.
    #[track_caller]
    pub fn item(&self) -> f64 {
        self.data().item()
    }

    /// The value of a variable of one element as a Rust type, as [`Tensor::item_as`].
    ///
    /// # Panics
    /// If there are more or fewer elements than one.
    #[track_caller]
    pub fn item_as<T: tensor::Element>(&self) -> T {
        self.data().item_as()
    }

    /// Whether two handles are the same variable.
    pub fn ptr_eq(&self, other: &Variable) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A number that tells this variable from every other one alive: the same for every handle to it.
    pub fn id(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// The name of the operation behind this variable, as printing shows it: `"MulBackward0"`.
    pub fn grad_fn(&self) -> Option<&'static str> {
        match &self.0.origin {
            Origin::Node(node, _) => Some(node.name),
            _ => None,
        }
    }
}

impl From<Tensor> for Variable {
    fn from(data: Tensor) -> Variable {
        Variable::new(data)
    }
}

impl From<&Tensor> for Variable {
    fn from(data: &Tensor) -> Variable {
        Variable::new(data.clone())
    }
}

impl From<&Variable> for Variable {
    /// Another handle to the same variable, so that a function can take `impl Into<Variable>`.
    fn from(variable: &Variable) -> Variable {
        variable.clone()
    }
}

impl fmt::Display for Variable {
    /// As torch prints a tensor, with `requires_grad=True` or `grad_fn=<…>` at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = self.data();
        match self.grad_fn() {
            Some(name) => f.write_str(&data.format(&[&format!("grad_fn=<{name}>")])),
            None if self.requires_grad() => f.write_str(&data.format(&["requires_grad=True"])),
            None => f.write_str(&data.format(&[])),
        }
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
