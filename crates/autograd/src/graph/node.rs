//! The operation behind a variable, and the way back from it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use smallvec::SmallVec;
use tensor::{DType, Shape, Tensor};

use super::anomaly::Site;
use super::checkpoint::Place;
use super::{Grad, Hooks, Leaf};
use crate::Variable;
use crate::op::{Dy, ErasedOp, Grads, Outputs, Saved, Slot, Source};

/// The operation behind variables, with the way back to its inputs.
pub struct Node {
    /// When it was made. Inputs are made before outputs, so falling numbers are a topological order.
    pub(crate) number: u64,
    pub(crate) name: &'static str,
    /// The outputs', and so their gradients'.
    pub(crate) outputs: Outputs<(Shape, DType)>,
    /// Whether a pass that does not keep the graph frees the record.
    pub(crate) frees: bool,
    /// Where it was called, if it was in anomaly mode.
    pub(super) site: Option<Box<Site>>,
    /// `None` once a pass has freed it.
    record: Mutex<Option<Arc<Record>>>,
    /// The rule, called with the gradients of the outputs.
    pub(crate) hooks: Hooks,
}

/// How gradients get from an operation's outputs to its inputs.
pub struct Record<O: ?Sized = dyn ErasedOp> {
    pub(crate) saved: SmallVec<[Slot<Tensor>; 2]>,
    /// Where to get what was saved, if it was given up.
    pub(crate) place: Option<Box<Place>>,
    pub(crate) edges: SmallVec<[Edge; 3]>,
    pub(crate) op: O,
}

impl<O> Record<O> {
    pub(crate) fn new(op: O) -> Record<O> {
        Record { saved: SmallVec::new(), place: None, edges: SmallVec::new(), op }
    }
}

/// Where a gradient goes.
#[derive(Clone)]
pub(crate) enum Edge {
    /// Nowhere: the input requires none.
    Nowhere,
    /// Into the gradient of a variable that no operation made.
    Leaf(Arc<Leaf>),
    /// On to the operation that made the input, as which of its outputs.
    Node(Arc<Node>, usize),
}

impl Node {
    /// The operation that made `y`, behind the variables of its outputs. A pass that does not keep the
    /// graph frees what was saved if it `frees`.
    pub(crate) fn attach(
        record: Arc<Record>,
        frees: bool,
        site: Option<Box<Site>>,
        y: Outputs<Tensor>,
    ) -> Outputs<Variable> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let node = Arc::new(Node {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            name: record.op.name(),
            outputs: match &y[..] {
                [y] => (Shape::from(y.shape()), y.dtype()).into(),
                all => all.iter().map(|y| (y.shape().into(), y.dtype())).collect(),
            },
            frees,
            site,
            record: Mutex::new(Some(record)),
            hooks: Hooks::default(),
        });
        y.map(|j, y| Variable::made(y, &node, j))
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, Option<Arc<Record>>> {
        // No one panics while holding it.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Node {
    /// A long chain is taken apart in a loop: dropping it link by link would overflow the stack.
    fn drop(&mut self) {
        let mut record = self.record().take();
        let mut waiting: Vec<Node> = Vec::new();
        loop {
            // Another that holds the record, a pass on another thread, will take it apart.
            if let Some(mut record) = record
                && let Some(record) = Arc::get_mut(&mut record)
            {
                for edge in record.edges.drain(..) {
                    if let Edge::Node(node, _) = edge
                        && let Some(node) = Arc::into_inner(node)
                    {
                        waiting.push(node);
                    }
                }
            }
            match waiting.pop() {
                Some(node) => record = node.record().take(),
                None => return,
            }
        }
    }
}

/// The differences between the two kinds of pass: on tensors, and on variables.
pub trait Gradient: Sized {
    /// Adds `other`, in place where it can.
    fn accumulate(&mut self, other: Self);

    /// The gradients of the inputs of `node`, whose rule reads `saved`.
    fn rule(
        node: &Arc<Node>,
        record: &Record,
        saved: &[Slot<Tensor>],
        dy: Dy<Self>,
        needs: &[bool],
    ) -> Grads<Self>;

    /// This as one that a variable keeps.
    fn kept(self) -> Grad;

    /// Adds this to the gradient of a leaf.
    fn deposit(self, leaf: &Leaf) {
        Grad::gather(&mut leaf.gathered().grad, self.kept());
    }

    /// A gradient that comes from outside.
    fn given(gradient: Variable) -> Self;

    /// The gradient as it is handed out.
    fn result(self) -> Variable;
}

impl Gradient for Tensor {
    fn accumulate(&mut self, other: Tensor) {
        *self += &other;
    }

    fn rule(
        _: &Arc<Node>,
        record: &Record,
        saved: &[Slot<Tensor>],
        dy: Dy<Tensor>,
        needs: &[bool],
    ) -> Grads<Tensor> {
        record.op.on_tensors(Saved { values: saved, edges: &record.edges }, dy, needs)
    }

    fn kept(self) -> Grad {
        Grad::Plain(self)
    }

    fn given(gradient: Variable) -> Tensor {
        gradient.data()
    }

    fn result(self) -> Variable {
        Variable::new(self)
    }
}

impl Gradient for Variable {
    fn accumulate(&mut self, other: Variable) {
        *self = Variable::add(self, &other);
    }

    /// On what was saved, with its history: an input as the variable that it was, an output as one of this
    /// operation's.
    fn rule(
        node: &Arc<Node>,
        record: &Record,
        saved: &[Slot<Tensor>],
        dy: Dy<Variable>,
        needs: &[bool],
    ) -> Grads<Variable> {
        let with_history = |&Slot { source, ref value }: &Slot<Tensor>| {
            let with_history = |value: Tensor| match source {
                Source::Constant => Variable::new(value),
                Source::Output(j) => Variable::made(value, node, j as usize),
                Source::Input(i) => match &record.edges[i as usize] {
                    Edge::Nowhere => Variable::new(value),
                    Edge::Leaf(leaf) => Variable::as_it_was(leaf, value),
                    Edge::Node(node, output) => Variable::made(value, node, *output),
                },
            };
            Slot { source, value: value.clone().map(with_history) }
        };
        let values: SmallVec<[Slot<Variable>; 2]> = saved.iter().map(with_history).collect();
        record.op.on_variables(Saved { values: &values, edges: &record.edges }, dy, needs)
    }

    fn kept(self) -> Grad {
        Grad::Recorded(self)
    }

    fn given(gradient: Variable) -> Variable {
        gradient
    }

    fn result(self) -> Variable {
        self
    }
}
