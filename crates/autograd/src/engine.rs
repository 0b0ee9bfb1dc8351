//! The backward pass: a loop over the operations that a gradient has reached, latest first.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use smallvec::SmallVec;
use tensor::Tensor;

use crate::Variable;
use crate::fit::{Source, fit};
use crate::node::{Edge, Node, Record};

/// An operation that a pass has reached, with what has arrived so far of its output's gradient.
type Reached = (Arc<Node>, Tensor);

/// The operations that a pass has reached and not visited. They belong to the pass: those of other threads do not see
/// them, and one that fails leaves nothing behind.
#[derive(Default)]
struct Pending {
    /// The one made last, `None` if there is none at all. In a chain it is the only one: the map never allocates.
    latest: Option<Reached>,
    /// The others, by creation number.
    earlier: BTreeMap<u64, Reached>,
}

impl Pending {
    fn add(&mut self, node: &Arc<Node>, gradient: Tensor) {
        match &mut self.latest {
            Some((latest, sum)) if latest.number == node.number => *sum += &gradient,
            Some((latest, _)) if latest.number > node.number => match self.earlier.entry(node.number) {
                Entry::Occupied(mut sum) => sum.get_mut().1 += &gradient,
                Entry::Vacant(none) => {
                    none.insert((node.clone(), gradient));
                }
            },
            latest => {
                if let Some(earlier) = latest.replace((node.clone(), gradient)) {
                    self.earlier.insert(earlier.0.number, earlier);
                }
            }
        }
    }

    fn pop_latest(&mut self) -> Option<Reached> {
        let latest = self.latest.take();
        if !self.earlier.is_empty() {
            self.latest = self.earlier.pop_last().map(|(_, reached)| reached);
        }
        latest
    }
}

/// Sends `gradient` back from the operation that made `root` to every leaf it came from.
///
/// If a rule panics, what leaves had been given by then stays with them, as in torch.
#[track_caller]
pub(crate) fn backward(root: &Edge, gradient: Tensor, retain_graph: bool) {
    let mut pending = Pending::default();
    deliver(root, gradient, ("backward", 0), &mut pending);
    while let Some((node, dy)) = pending.pop_latest() {
        let mut visit = Visit::begin(&node, retain_graph);
        let Record { rule, edges, needs } = visit.record();
        let grads = rule.backward(dy, needs);
        assert!(
            grads.len() == edges.len(),
            "Function {} returned an incorrect number of gradients (expected {}, got {})",
            node.name,
            edges.len(),
            grads.len()
        );
        let edges = visit.end();
        for (index, (edge, gradient)) in edges.iter().zip(grads).enumerate() {
            match (edge, gradient) {
                (Edge::Nowhere, _) => {}
                (edge, Some(gradient)) => deliver(edge, gradient, (node.name, index), &mut pending),
                (_, None) => panic!("{}: gave no gradient for an input that needs one", node.name),
            }
        }
    }
}

#[track_caller]
fn deliver(edge: &Edge, gradient: Tensor, source: Source, pending: &mut Pending) {
    match edge {
        Edge::Nowhere => {}
        Edge::Leaf(variable) => variable.accumulate(gradient, source),
        Edge::Node(node) => pending.add(node, fit(gradient, &node.shape, node.dtype, source)),
    }
}

/// A pass at a node. The rule runs without the node's lock; other threads may be running it too.
struct Visit<'a> {
    node: &'a Node,
    /// `None` once the visit has ended.
    record: Option<Record>,
    /// Whether the record was taken out of the node, to be freed. If the rule panics it goes back.
    taken: bool,
}

impl<'a> Visit<'a> {
    #[track_caller]
    fn begin(node: &'a Node, retain_graph: bool) -> Visit<'a> {
        let taken = node.saves_tensors && !retain_graph;
        let mut slot = node.record();
        let record = if taken { slot.take() } else { slot.clone() };
        drop(slot);
        assert!(
            record.is_some(),
            "backward: trying to go through the graph a second time: what {} saved is freed after the first; use \
             backward_retain_graph() there",
            node.name
        );
        Visit { node, record, taken }
    }

    fn record(&self) -> &Record {
        self.record.as_ref().expect("the visit has not ended")
    }

    /// Frees what is to be freed, before the gradients travel on: their buffers may be the same.
    fn end(&mut self) -> SmallVec<[Edge; 3]> {
        self.record.take().expect("a visit ends once").edges
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        if self.taken && self.record.is_some() {
            *self.node.record() = self.record.take();
        }
    }
}

impl Variable {
    /// Computes the gradient of this scalar with respect to every leaf that requires one, and adds it to the
    /// leaf's [`grad`](Variable::grad). What the operations saved is freed on the way.
    ///
    /// # Panics
    /// If this has more than one element (use [`Variable::backward_with`]), does not require a gradient, or leads to
    /// an operation whose saved tensors a `backward` has freed before.
    #[track_caller]
    pub fn backward(&self) {
        backward(&self.root_edge(), self.unit_gradient(), false);
    }

    /// As [`Variable::backward`], but keeps the graph, so that it can be gone through again.
    #[track_caller]
    pub fn backward_retain_graph(&self) {
        backward(&self.root_edge(), self.unit_gradient(), true);
    }

    /// As [`Variable::backward`], from a result of any shape: `gradient` is the derivative of the final scalar
    /// with respect to it. A gradient of another dtype is converted, as in torch.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    /// let x = Variable::new(Tensor::from([1.0f32, 2.0])).requires_grad_(true);
    /// (&x * 3.0).backward_with(Tensor::from([1.0f32, 10.0]));
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [3.0, 30.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes differ, and as [`Variable::backward`].
    #[track_caller]
    pub fn backward_with(&self, gradient: Tensor) {
        let data = self.data();
        assert!(
            gradient.shape() == data.shape(),
            "backward_with: the gradient is {:?}, the variable {:?}",
            gradient.shape(),
            data.shape()
        );
        backward(&self.root_edge(), gradient.to_dtype(data.dtype()), false);
    }

    #[track_caller]
    fn unit_gradient(&self) -> Tensor {
        let data = self.data();
        assert!(
            data.numel() == 1,
            "backward: grad can be implicitly created only for scalar outputs, this has shape {:?}",
            data.shape()
        );
        data.ones_like()
    }

    #[track_caller]
    fn root_edge(&self) -> Edge {
        match self.edge() {
            Edge::Nowhere => panic!(
                "backward: the variable does not require a gradient and no operation that does made it \
                 (is it detached, or was it made inside no_grad?)"
            ),
            edge => edge,
        }
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;

    fn leaf(x: f32) -> Variable {
        Variable::new(Tensor::from([x])).requires_grad_(true)
    }

    fn grad(x: &Variable) -> f64 {
        x.grad().expect("the leaf took part").item()
    }

    #[test]
    fn a_diamond_adds_up_before_it_goes_on() {
        let x = leaf(3.0);
        let y = &x * &x;
        let z = &y * &y + &y; // x⁴ + x²
        z.sum().backward();
        assert_eq!(grad(&x), 4.0 * 27.0 + 2.0 * 3.0);
    }

    #[test]
    fn gradients_gather_over_backward_passes_until_they_are_cleared() {
        let x = leaf(2.0);
        (&x * 3.0).sum().backward();
        (&x * 4.0).sum().backward();
        assert_eq!(grad(&x), 7.0);
        x.zero_grad();
        assert!(x.grad().is_none());
    }

    #[test]
    #[should_panic(expected = "a second time")]
    fn a_freed_graph_is_not_gone_through_again() {
        let y = leaf(1.0).tanh().sum();
        y.backward();
        y.backward();
    }

    #[test]
    fn a_retained_graph_is() {
        let x = leaf(1.0);
        let y = (&x * &x).sum();
        y.backward_retain_graph();
        y.backward();
        assert_eq!(grad(&x), 4.0);
    }

    #[test]
    #[should_panic(expected = "only for scalar outputs, this has shape [2]")]
    fn a_vector_needs_a_gradient_to_start_from() {
        (Variable::new(tensor::ones([2])).requires_grad_(true) * 2.0).backward();
    }

    #[test]
    #[should_panic(expected = "does not require a gradient")]
    fn a_constant_has_nothing_to_go_back_to() {
        Variable::new(tensor::ones([1])).backward();
    }

    #[test]
    fn a_detached_path_gets_nothing() {
        let x = leaf(2.0);
        (&x * &x.detach()).sum().backward();
        assert_eq!(grad(&x), 2.0);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_links_runs_and_drops_without_recursion() {
        let x = leaf(1.0);
        let chain = |mut y: Variable| {
            for _ in 0..100_000 {
                y = y + 1.0;
            }
            y
        };
        chain(x.clone()).sum().backward();
        assert_eq!(grad(&x), 1.0);
        drop(chain(x)); // never run: dropped with all its links
    }

    #[test]
    fn after_backward_nothing_but_the_user_holds_the_data() {
        let w = leaf(1.0);
        (&w * &w).sum().backward();
        w.update_data(|data| {
            let before = data.as_slice::<f32>().as_ptr();
            assert_eq!(data.make_mut::<f32>().as_ptr(), before, "updated in place");
        });
    }

    #[test]
    fn threads_share_leaves() {
        let x = leaf(1.0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| (&x * 2.0).sum().backward()));
            }
        });
        assert_eq!(grad(&x), 800.0);
    }
}
