use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tensor::{DType, Lending, Shape, Tensor};

use crate::fit::{Source, fit};
use crate::mode::is_grad_enabled;
use crate::node::{Backward, Edge, Node};

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
    Leaf { requires_grad: AtomicBool, gathered: Mutex<Gathered> },
    /// Made by an operation on something that requires a gradient.
    Node(Arc<Node>),
}

/// The gradient that a leaf has gathered.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) grad: Option<Tensor>,
    /// The shape and dtype of the data, since gradients are required. They are kept here because a pass may run while a
    /// closure holds the data.
    pub(crate) of: Option<Box<(Shape, DType)>>,
}

impl Variable {
    /// A leaf that requires no gradient.
    pub fn new(data: Tensor) -> Variable {
        let origin = Origin::Leaf { requires_grad: AtomicBool::new(false), gathered: Mutex::default() };
        Variable(Arc::new(Inner { data: Lending::new(data), origin }))
    }

    /// The result `y` of an operation on `inputs`. `rule` makes its derivative, and is called only if a
    /// gradient will be needed: an input requires one and recording is on.
    ///
    /// This is all that a new operation needs:
    ///
    /// ```
    /// use autograd::{Backward, Grads, Variable};
    /// use tensor::Tensor;
    ///
    /// /// `y = x³`, `dx = 3·x²·dy`.
    /// fn cube(x: &Variable) -> Variable {
    ///     let data = x.data();
    ///     Variable::from_op(&(&data * &data) * &data, &[x], || Cube { x: data })
    /// }
    ///
    /// struct Cube { x: Tensor }
    ///
    /// impl Backward for Cube {
    ///     fn name(&self) -> &'static str { "CubeBackward" }
    ///     fn backward(&self, dy: Tensor, _needs: &[bool]) -> Grads {
    ///         Grads::from_elem(Some(dy * &self.x * &self.x * 3.0), 1)
    ///     }
    /// }
    ///
    /// autograd::gradcheck(|x| cube(&x[0]), &[Tensor::from([0.5f64, -2.0])]);
    /// ```
    pub fn from_op<R: Backward>(y: Tensor, inputs: &[&Variable], rule: impl FnOnce() -> R) -> Variable {
        if !is_grad_enabled() || !inputs.iter().any(|x| x.requires_grad()) {
            return Variable::new(y);
        }
        let edges = inputs.iter().map(|x| x.edge()).collect();
        let node = Node::new(Arc::new(rule()), edges, &y);
        Variable(Arc::new(Inner { data: Lending::new(y), origin: Origin::Node(node) }))
    }

    /// Where a gradient of this variable goes.
    pub(crate) fn edge(&self) -> Edge {
        match &self.0.origin {
            Origin::Node(node) => Edge::Node(node.clone()),
            Origin::Leaf { .. } if self.requires_grad() => Edge::Leaf(self.clone()),
            Origin::Leaf { .. } => Edge::Nowhere,
        }
    }

    pub(crate) fn gathered(&self) -> Option<MutexGuard<'_, Gathered>> {
        match &self.0.origin {
            Origin::Leaf { gathered, .. } => {
                // A panic elsewhere leaves a whole gradient behind, or none.
                Some(gathered.lock().unwrap_or_else(PoisonError::into_inner))
            }
            Origin::Node(_) => None,
        }
    }

    /// The gradient that `backward` has gathered here since it was last cleared. `None` before the first, and
    /// for the result of an operation.
    pub fn grad(&self) -> Option<Tensor> {
        self.gathered()?.grad.clone()
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
        self.gathered().expect("set_grad: only a leaf holds a gradient").grad = gradient;
    }

    /// Clears the gradient to `None`, as `zero_grad(set_to_none=True)`, torch's default.
    pub fn zero_grad(&self) {
        if let Some(mut gathered) = self.gathered() {
            gathered.grad = None;
        }
    }

    /// Adds `gradient` to the leaf's; the first one is moved in.
    #[track_caller]
    pub(crate) fn accumulate(&self, gradient: Tensor, source: Source) {
        let mut gathered = self.gathered().expect("gradients end in leaves");
        let Gathered { grad, of } = &mut *gathered;
        let (shape, dtype) = &**of.as_ref().expect("kept since gradients are required");
        let gradient = fit(gradient, shape, *dtype, source);
        match grad {
            Some(sum) => *sum += &gradient,
            none => *none = Some(gradient),
        }
    }

    /// Whether gradients flow to or through this variable.
    pub fn requires_grad(&self) -> bool {
        match &self.0.origin {
            Origin::Leaf { requires_grad, .. } => requires_grad.load(Ordering::Relaxed),
            Origin::Node(_) => true,
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
            Origin::Leaf { requires_grad: flag, .. } => {
                assert!(
                    !requires_grad || self.dtype().is_float(),
                    "requires_grad_: only floating-point variables can require gradients, this is {}",
                    self.dtype()
                );
                if requires_grad {
                    let of = self.0.data.read("requires_grad_", |data| (data.shape().into(), data.dtype()));
                    self.gathered().expect("a leaf").of = Some(Box::new(of));
                }
                flag.store(requires_grad, Ordering::Relaxed);
            }
            Origin::Node(_) => assert!(
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
            Origin::Node(node) => Some(node.name),
            Origin::Leaf { .. } => None,
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
