use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use smallvec::SmallVec;
use tensor::{DType, Shape, Tensor};

use crate::Variable;

/// The gradients of an operation's inputs, in their order; `None` where one is not needed.
pub type Grads = SmallVec<[Option<Tensor>; 3]>;

/// The derivative of one operation: it holds what it saved of the forward pass.
///
/// Rules compute on [`Tensor`], so nothing inside them can be recorded by mistake.
pub trait Backward: Send + 'static {
    /// The name that printing shows, as torch's: `"TanhBackward0"`.
    fn name(&self) -> &'static str;

    /// The gradients of the inputs from `dy`, that of the output. `dy` comes by value: its buffer may be used
    /// again. `needs` says which inputs take part; the others' entries are ignored and may be `None`.
    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads;
}

/// The operation behind a variable, with the way back to its inputs.
pub(crate) struct Node {
    /// When it was made. Inputs are made before outputs, so falling numbers are a topological order.
    pub(crate) number: u64,
    pub(crate) name: &'static str,
    /// The output's, and so its gradient's.
    pub(crate) shape: Shape,
    pub(crate) dtype: DType,
    state: Mutex<NodeState>,
}

pub(crate) struct NodeState {
    /// `None` once the rule has run and dropped what it saved.
    pub(crate) rule: Option<Box<dyn Backward>>,
    pub(crate) edges: SmallVec<[Edge; 3]>,
    /// What has arrived so far of the output's gradient during a backward pass.
    pub(crate) pending: Option<Tensor>,
}

/// Where an input's gradient goes.
#[derive(Clone)]
pub(crate) enum Edge {
    /// Nowhere: the input requires none.
    Nowhere,
    /// Into the gradient of a variable that no operation made.
    Leaf(Variable),
    /// On to the operation that made the input.
    Node(Arc<Node>),
}

impl Node {
    /// The operation that made `y` out of what `edges` lead to.
    pub(crate) fn new(rule: Box<dyn Backward>, edges: SmallVec<[Edge; 3]>, y: &Tensor) -> Node {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        Node {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            name: rule.name(),
            shape: y.shape().into(),
            dtype: y.dtype(),
            state: Mutex::new(NodeState { rule: Some(rule), edges, pending: None }),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, NodeState> {
        // A rule that panicked leaves nothing half-written behind.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Node {
    /// A long chain is taken apart in a loop: dropping it link by link would overflow the stack.
    fn drop(&mut self) {
        let mut links = std::mem::take(&mut self.state().edges);
        let mut waiting: Vec<Node> = Vec::new();
        loop {
            for edge in links.drain(..) {
                if let Edge::Node(node) = edge
                    && let Some(node) = Arc::into_inner(node)
                {
                    waiting.push(node);
                }
            }
            match waiting.pop() {
                Some(node) => links = std::mem::take(&mut node.state().edges),
                None => return,
            }
        }
    }
}
