use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use smallvec::SmallVec;
use tensor::{DType, Shape, Tensor};

use crate::Variable;

/// The gradients of an operation's inputs, in their order; `None` where one is not needed.
pub type Grads = SmallVec<[Option<Tensor>; 3]>;

/// The derivative of one operation: it holds what it saved of the forward pass.
///
/// Rules compute on [`Tensor`], so nothing inside them can be recorded by mistake. Passes on several threads through a
/// graph that is kept run one rule at the same time.
pub trait Backward: Send + Sync + 'static {
    /// The name that printing shows, as torch's: `"TanhBackward0"`.
    fn name(&self) -> &'static str;

    /// The gradients of the inputs from `dy`, that of the output. `dy` comes by value: its buffer may be used
    /// again. `needs` says which inputs take part; the others' entries are ignored and may be `None`.
    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads;

    /// Whether the rule holds tensors of the forward pass where these inputs take part. `backward` frees those, and
    /// then refuses to come here again. A rule that holds nothing but shapes and numbers may say no: as in torch, a
    /// graph of such rules can be gone through as often as one likes.
    fn saves_tensors(&self, _needs: &[bool]) -> bool {
        true
    }
}

/// The operation behind a variable, with the way back to its inputs.
pub(crate) struct Node {
    /// When it was made. Inputs are made before outputs, so falling numbers are a topological order.
    pub(crate) number: u64,
    pub(crate) name: &'static str,
    /// The output's, and so its gradient's.
    pub(crate) shape: Shape,
    pub(crate) dtype: DType,
    /// Whether a pass that does not keep the graph frees the record.
    pub(crate) saves_tensors: bool,
    /// `None` once a pass has freed what the rule saved.
    record: Mutex<Option<Record>>,
}

/// How a gradient gets from an operation's output to its inputs.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) rule: Arc<dyn Backward>,
    pub(crate) edges: SmallVec<[Edge; 3]>,
    /// Which inputs take part.
    pub(crate) needs: SmallVec<[bool; 8]>,
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
    pub(crate) fn new(rule: Arc<dyn Backward>, edges: SmallVec<[Edge; 3]>, y: &Tensor) -> Arc<Node> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let mut needs = SmallVec::from_elem(true, edges.len());
        for (need, edge) in needs.iter_mut().zip(&edges) {
            *need = !matches!(edge, Edge::Nowhere);
        }
        Arc::new(Node {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            name: rule.name(),
            shape: y.shape().into(),
            dtype: y.dtype(),
            saves_tensors: rule.saves_tensors(&needs),
            record: Mutex::new(Some(Record { rule, edges, needs })),
        })
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, Option<Record>> {
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
            for edge in record.into_iter().flat_map(|record| record.edges) {
                if let Edge::Node(node) = edge
                    && let Some(node) = Arc::into_inner(node)
                {
                    waiting.push(node);
                }
            }
            match waiting.pop() {
                Some(node) => record = node.record().take(),
                None => return,
            }
        }
    }
}
