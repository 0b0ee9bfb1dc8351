//! The backward pass: a loop over the operations that a gradient has reached, latest first.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use smallvec::SmallVec;
use tensor::Tensor;

use super::anomaly::Arriving;
use super::grad::Wanted;
use super::hooks::Finish;
use super::node::{Edge, Node, Record};
use super::{Gradient, Mode, Watch};
use crate::op::Dy;
use crate::{Differentiable, Variable};

/// An operation that a pass has reached, with what has arrived so far of its outputs' gradients.
type Reached<V> = (Arc<Node>, Dy<V>);

/// The operations that a pass has reached and not visited. They belong to the pass: those of other threads
/// do not see them, and one that fails leaves nothing behind.
struct Pending<V> {
    /// The one made last, `None` if there is none at all. In a chain it is the only one: the map never
    /// allocates.
    latest: Option<Reached<V>>,
    /// The others, by creation number.
    earlier: BTreeMap<u64, Reached<V>>,
}

impl<V: Gradient> Pending<V> {
    #[inline]
    fn add(&mut self, node: &Arc<Node>, output: usize, gradient: V) {
        match &mut self.latest {
            Some((latest, dy)) if latest.number == node.number => dy.add(output, gradient),
            Some((latest, _)) if latest.number > node.number => match self.earlier.entry(node.number) {
                Entry::Occupied(mut reached) => reached.get_mut().1.add(output, gradient),
                Entry::Vacant(none) => {
                    none.insert((node.clone(), Dy::new(node.outputs.len(), output, gradient)));
                }
            },
            latest => {
                if let Some(earlier) = latest.take() {
                    self.earlier.insert(earlier.0.number, earlier);
                }
                *latest = Some((node.clone(), Dy::new(node.outputs.len(), output, gradient)));
            }
        }
    }

    fn pop_latest(&mut self) -> Option<Reached<V>> {
        match self.earlier.pop_last() {
            Some((_, next)) => self.latest.replace(next),
            None => self.latest.take(),
        }
    }
}

/// One pass: on tensors, or on variables where it is recorded itself.
pub(super) struct Pass<'a, V> {
    pending: Pending<V>,
    retain_graph: bool,
    /// Whether gradients are looked at.
    anomaly: bool,
    /// Where only some gradients are wanted, and none goes into a leaf.
    wanted: Option<&'a mut Wanted<V>>,
    /// The leaves with hooks.
    finish: Finish<V>,
}

impl<'a, V: Differentiable> Pass<'a, V> {
    /// A pass that fills the leaves, or the `wanted`.
    pub(super) fn new(retain_graph: bool, wanted: Option<&'a mut Wanted<V>>) -> Pass<'a, V> {
        let pending = Pending { latest: None, earlier: BTreeMap::new() };
        Pass { pending, retain_graph, anomaly: Watch::now().anomaly, wanted, finish: Finish::default() }
    }

    /// A pass from `root` into the leaves.
    #[track_caller]
    fn backward(root: &Edge, gradient: V, retain_graph: bool) {
        let mut pass = Pass::new(retain_graph, None);
        pass.finish.expect(root);
        pass.deliver(root, gradient);
        pass.run();
    }

    /// Sends what has been delivered back to every leaf that it came from.
    ///
    /// If a rule panics, what leaves had been given by then stays with them, as in torch.
    #[track_caller]
    pub(super) fn run(mut self) {
        while let Some((node, mut dy)) = self.pending.pop_latest() {
            if !node.hooks.is_empty() {
                dy = dy.hooked(&node);
            }
            if let Some(wanted) = &mut self.wanted
                && !wanted.visit(&node, &dy)
            {
                continue;
            }
            self.visit(&node, dy);
        }
        self.finish.rest();
    }

    /// Runs a node's rule and sends the gradients on.
    #[inline]
    #[track_caller]
    fn visit(&mut self, node: &Arc<Node>, dy: Dy<V>) {
        let name = node.name;
        let mut visit = Visit::begin(node, self.retain_graph);
        let record = visit.record();
        let mut needs: SmallVec<[bool; 3]> = SmallVec::new();
        for edge in &record.edges {
            needs.push(match (edge, &self.wanted) {
                (Edge::Nowhere, _) => false,
                (edge, Some(wanted)) => wanted.takes(edge),
                _ => true,
            });
        }
        let arriving = self.anomaly.then(|| Arriving::of(dy.iter().map(V::value)));
        let again = record.place.as_ref().map(|place| place.saved());
        let mut grads = V::rule(node, record, again.as_ref().unwrap_or(&record.saved), dy, &needs);
        drop(again);
        let grads = &mut grads.0;
        assert!(
            grads.len() == needs.len(),
            "Function {name} returned an incorrect number of gradients (expected {}, got {})",
            needs.len(),
            grads.len()
        );
        let record = visit.end();
        for (index, ((edge, gradient), &needed)) in record.edges.iter().zip(grads).zip(&needs).enumerate() {
            if needed {
                let Some(mut gradient) = gradient.take() else {
                    panic!("{name}: gave no gradient for an input that needs one");
                };
                edge.fit(&mut gradient, name, index);
                if let Some(arriving) = &arriving {
                    arriving.check(node, index, &gradient.value());
                }
                self.deliver(edge, gradient);
            }
        }
    }

    #[inline]
    pub(super) fn deliver(&mut self, edge: &Edge, gradient: V) {
        match (edge, &mut self.wanted) {
            (Edge::Nowhere, _) => {}
            (Edge::Leaf(leaf), Some(wanted)) => wanted.arrive(leaf, gradient),
            (Edge::Leaf(leaf), None) if !leaf.hooks.is_empty() => self.finish.arrive(leaf, gradient),
            (Edge::Leaf(leaf), None) => gradient.deposit(leaf),
            (Edge::Node(node, output), _) => self.pending.add(node, *output, gradient),
        }
    }
}

/// A pass at a node. The rule runs without the node's lock; other threads may be running it too.
struct Visit<'a> {
    node: &'a Node,
    /// `None` once the visit has ended.
    record: Option<Arc<Record>>,
    /// Whether the record was taken out of the node, to be freed. If the rule panics it goes back.
    taken: bool,
}

impl<'a> Visit<'a> {
    #[track_caller]
    fn begin(node: &'a Node, retain_graph: bool) -> Visit<'a> {
        let taken = node.frees && !retain_graph;
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
    fn end(&mut self) -> Arc<Record> {
        let mut record = self.record.take().expect("a visit ends once");
        if self.taken
            && let Some(record) = Arc::get_mut(&mut record)
        {
            record.saved.clear();
        }
        record
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        if self.taken && self.record.is_some() {
            *self.node.record() = self.record.take();
        }
    }
}

/// The options of [`Variable::backward_options`], with torch's names and defaults.
#[derive(Clone, Debug, Default)]
pub struct BackwardOptions {
    /// The derivative of the final scalar with respect to the variable; 1 if absent, for a variable of one
    /// element.
    pub gradient: Option<Variable>,
    /// Whether what the operations saved is kept for a further pass. Default: as `create_graph`.
    pub retain_graph: Option<bool>,
    /// Whether the pass is recorded, so that the gradients have gradients. Default no.
    pub create_graph: bool,
}

impl Variable {
    /// Computes the gradient of this scalar with respect to every leaf that requires one, and adds it to the
    /// leaf's [`grad`](Variable::grad). What the operations saved is freed on the way.
    ///
    /// # Panics
    /// If this has more than one element (use [`Variable::backward_with`]), does not require a gradient, or
    /// leads to an operation whose saved tensors a `backward` has freed before.
    #[track_caller]
    pub fn backward(&self) {
        Pass::backward(&self.root_edge(), self.unit_gradient(), false);
    }

    /// As [`Variable::backward`], but keeps the graph, so that it can be gone through again.
    #[track_caller]
    pub fn backward_retain_graph(&self) {
        Pass::backward(&self.root_edge(), self.unit_gradient(), true);
    }

    /// As [`Variable::backward`], from a result of any shape: `gradient` is the derivative of the final
    /// scalar with respect to it. A gradient of another dtype is converted, as in torch.
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
        let gradient = self.start(Variable::new(gradient));
        Pass::backward(&self.root_edge(), gradient.data(), false);
    }

    /// As [`Variable::backward`], with torch's options. With `create_graph` the leaves' gradients are
    /// recorded: [`Variable::grad_variable`] gives them with their history. Clear them when done: a leaf
    /// that holds such a gradient and the graph behind it hold each other in memory.
    /// [`grad`](crate::grad()) leaves nothing behind.
    ///
    /// ```
    /// use autograd::{BackwardOptions, Variable};
    /// use tensor::Tensor;
    /// let x = Variable::new(Tensor::from(3.0f32)).requires_grad_(true);
    /// x.powf(3.0).backward_options(BackwardOptions { create_graph: true, ..Default::default() });
    /// let slope = x.grad_variable().unwrap(); // 3·x²
    /// x.zero_grad();
    /// slope.backward();
    /// assert_eq!((slope.item(), x.grad().unwrap().item()), (27.0, 18.0));
    /// ```
    ///
    /// # Panics
    /// If the gradient's shape differs, and as [`Variable::backward`].
    #[track_caller]
    pub fn backward_options(&self, options: BackwardOptions) {
        let BackwardOptions { gradient, retain_graph, create_graph } = options;
        let retain_graph = retain_graph.unwrap_or(create_graph);
        let gradient = match gradient {
            Some(gradient) => self.start(gradient),
            None => Variable::new(self.unit_gradient()),
        };
        let root = self.root_edge();
        if create_graph {
            let _mode = Mode::set(true);
            Pass::backward(&root, gradient, retain_graph);
        } else {
            Pass::backward(&root, gradient.data(), retain_graph);
        }
    }

    /// A gradient to start from, in this variable's dtype.
    #[track_caller]
    fn start(&self, gradient: Variable) -> Variable {
        let (shape, dtype) = (self.shape(), self.dtype());
        assert!(
            gradient.shape() == shape,
            "backward_with: the gradient is {:?}, the variable {shape:?}",
            gradient.shape()
        );
        gradient.to_dtype(dtype)
    }

    #[track_caller]
    fn unit_gradient(&self) -> Tensor {
        let ones = self.0.data.read("data", |data| (data.numel() == 1).then(|| data.ones_like()));
        match ones {
            Some(ones) => ones,
            None => panic!(
                "backward: grad can be implicitly created only for scalar outputs, this has shape {:?}",
                self.shape()
            ),
        }
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
                y += 1.0;
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
