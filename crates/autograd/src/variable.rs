use std::fmt;
use std::sync::{Arc, OnceLock};

use tensor::{DType, Lending, Tensor};

use crate::graph::{Edge, Grad, Leaf, Node};

/// A tensor in a computation that gradients flow back through.
///
/// A variable is a handle: a clone is the same variable. It holds its data, its gradient (for a leaf, that
/// is, a variable that no operation made) and the operation that made it. It can be shared between threads.
///
/// Methods and operators carry the names of [`Tensor`]'s and compute the same values.
#[derive(Clone)]
pub struct Variable(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) data: Lending<Tensor>,
    origin: Origin,
}

enum Origin {
    /// Made by the user. Empty until it is first told to require a gradient.
    Leaf(OnceLock<Arc<Leaf>>),
    /// Made by an operation on something that requires a gradient, as which of its outputs.
    Node(Arc<Node>, usize),
}

impl Variable {
    /// A leaf that requires no gradient, of a tensor or anything that makes one.
    ///
    /// ```
    /// use autograd::Variable;
    /// let x = Variable::new([1.0f32, 2.0]);
    /// assert_eq!(x.to_vec::<f32>(), [1.0, 2.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn new(data: impl Into<Tensor>) -> Variable {
        Variable::with(data.into(), Origin::Leaf(OnceLock::new()))
    }

    #[inline]
    fn with(data: Tensor, origin: Origin) -> Variable {
        Variable(Arc::new(Inner { data: Lending::new(data), origin }))
    }

    /// Output `j` of an operation.
    #[inline]
    pub(crate) fn made(data: Tensor, node: &Arc<Node>, output: usize) -> Variable {
        if !data.dtype().is_float() {
            return Variable::new(data);
        }
        Variable::with(data, Origin::Node(node.clone(), output))
    }

    /// A variable of this value whose gradients are those of `leaf`: what it was when it was saved.
    pub(crate) fn as_it_was(leaf: &Arc<Leaf>, data: Tensor) -> Variable {
        Variable::with(data, Origin::Leaf(OnceLock::from(leaf.clone())))
    }

    /// Where a gradient of this variable goes.
    pub(crate) fn edge(&self) -> Edge {
        match &self.0.origin {
            Origin::Node(node, output) => Edge::Node(node.clone(), *output),
            Origin::Leaf(leaf) => match leaf.get() {
                Some(leaf) if leaf.requires_grad() => Edge::Leaf(leaf.clone()),
                _ => Edge::Nowhere,
            },
        }
    }

    /// Gathers the gradients of a leaf; `None` before the first.
    pub(crate) fn leaf(&self) -> Option<&Arc<Leaf>> {
        match &self.0.origin {
            Origin::Leaf(leaf) => leaf.get(),
            Origin::Node(..) => None,
        }
    }

    /// Gathers the gradients of a leaf; `None` for the result of an operation.
    #[track_caller]
    pub(crate) fn leaf_or_new(&self) -> Option<&Arc<Leaf>> {
        let Origin::Leaf(leaf) = &self.0.origin else { return None };
        if let Some(leaf) = leaf.get() {
            return Some(leaf);
        }
        let (shape, dtype) = self.0.data.read("data", |data| (data.shape().into(), data.dtype()));
        Some(leaf.get_or_init(|| Arc::new(Leaf::new(self, shape, dtype))))
    }

    /// What `f` makes of the gradient that is kept here; `None` where none is.
    fn with_grad<R>(&self, f: impl FnOnce(&mut Option<Grad>) -> R) -> Option<R> {
        match &self.0.origin {
            Origin::Leaf(leaf) => Some(f(&mut leaf.get()?.gathered().grad)),
            Origin::Node(node, output) => node.hooks.retained(*output, f),
        }
    }

    /// The gradient that `backward` has gathered here since it was last cleared. `None` before the first, and
    /// for the result of an operation unless [`Variable::retain_grad`] keeps it.
    pub fn grad(&self) -> Option<Tensor> {
        self.with_grad(|grad| grad.as_ref().map(Grad::tensor)).flatten()
    }

    /// Makes the result of an operation keep the gradient that passes through it, as a leaf does. It is the
    /// one after the hooks of this variable. Does nothing on a leaf.
    ///
    /// ```
    /// use autograd::Variable;
    /// let x = Variable::new([1.0f32, 2.0]).requires_grad_(true);
    /// let y = x.square();
    /// y.retain_grad();
    /// (&y * 3.0).sum().backward();
    /// assert_eq!(y.grad().unwrap().to_vec::<f32>(), [3.0, 3.0]);
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [6.0, 12.0]);
    /// ```
    ///
    /// # Panics
    /// If this requires no gradient.
    #[track_caller]
    pub fn retain_grad(&self) {
        assert!(
            self.requires_grad(),
            "retain_grad: can't retain_grad on Tensor that has requires_grad=False"
        );
        if let Origin::Node(node, output) = &self.0.origin {
            node.hooks.retain(*output);
        }
    }

    /// Whether this is the result of an operation that [`Variable::retain_grad`] makes keep its gradient.
    pub fn retains_grad(&self) -> bool {
        !self.is_leaf() && self.with_grad(|_| ()).is_some()
    }

    /// The gradient as a variable: with its history if a pass with `create_graph` brought it, and without
    /// otherwise.
    pub fn grad_variable(&self) -> Option<Variable> {
        self.with_grad(|grad| grad.as_ref().map(Grad::variable)).flatten()
    }

    /// Replaces the gradient.
    ///
    /// # Panics
    /// On the result of an operation, unless it retains its gradient, and if the shape or dtype differs from
    /// the data's.
    #[track_caller]
    pub fn set_grad(&self, gradient: Option<Tensor>) {
        if let Some(g) = &gradient {
            let (shape, dtype) = (self.shape(), self.dtype());
            assert!(g.shape() == shape, "set_grad: the gradient is {:?}, the data {shape:?}", g.shape());
            assert!(g.dtype() == dtype, "set_grad: the gradient is {}, the data {dtype}", g.dtype());
        }
        self.leaf_or_new();
        let set = self.with_grad(|grad| *grad = gradient.map(Grad::Plain));
        set.expect("set_grad: only a leaf holds a gradient, and what retain_grad was called on");
    }

    /// Clears the gradient to `None`, as `zero_grad(set_to_none=True)`, torch's default.
    pub fn zero_grad(&self) {
        self.with_grad(|grad| *grad = None);
    }

    /// Whether gradients flow to or through this variable.
    pub fn requires_grad(&self) -> bool {
        match &self.0.origin {
            Origin::Leaf(leaf) => leaf.get().is_some_and(|leaf| leaf.requires_grad()),
            Origin::Node(..) => true,
        }
    }

    /// Sets whether a leaf gathers gradients, and gives the same variable back.
    ///
    /// # Panics
    /// On the result of an operation when `requires_grad` is false (use [`Variable::detach`]), and on a leaf
    /// that is not a float when it is true.
    #[track_caller]
    pub fn requires_grad_(self, requires_grad: bool) -> Variable {
        if self.is_leaf() {
            assert!(
                !requires_grad || self.dtype().is_float(),
                "requires_grad_: only floating-point variables can require gradients, this is {}",
                self.dtype()
            );
            let leaf = if requires_grad { self.leaf_or_new() } else { self.leaf() };
            leaf.into_iter().for_each(|leaf| leaf.set_requires_grad(requires_grad));
        } else {
            assert!(
                requires_grad,
                "requires_grad_: the result of an operation cannot be told to require no gradient; use detach()"
            );
        }
        self
    }

    /// The same value as a new leaf that requires no gradient.
    pub fn detach(&self) -> Variable {
        Variable::new(self.data())
    }

    /// Whether no recorded operation made this variable.
    pub fn is_leaf(&self) -> bool {
        matches!(self.0.origin, Origin::Leaf(_))
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

    /// The elements in order, as [`Tensor::to_vec`].
    ///
    /// # Panics
    /// If they are not of type `T`.
    #[track_caller]
    pub fn to_vec<T: tensor::Element>(&self) -> Vec<T> {
        self.data().to_vec()
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

impl From<Variable> for Tensor {
    /// The value, as [`Variable::data`].
    fn from(variable: Variable) -> Tensor {
        variable.data()
    }
}

impl From<&Variable> for Tensor {
    /// The value, as [`Variable::data`].
    fn from(variable: &Variable) -> Tensor {
        variable.data()
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
