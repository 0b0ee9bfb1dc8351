//! Gradients of chosen variables, given back instead of gathered.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::engine::Pass;
use super::node::{Edge, Node};
use super::{Leaf, Mode, Variables};
use crate::op::Dy;
use crate::{Differentiable, Variable};
use tensor::Tensor;

/// The options of [`grad_with`], with torch's names and defaults.
#[derive(Clone, Debug, Default)]
pub struct GradOptions {
    /// The derivative of the final scalar with respect to each output; none, or `None` for an output, is 1
    /// and for outputs of one element.
    pub grad_outputs: Vec<Option<Variable>>,
    /// Whether what the operations saved is kept for a further pass. Default: as `create_graph`.
    pub retain_graph: Option<bool>,
    /// Whether the pass is recorded, so that the gradients have gradients. Default no.
    pub create_graph: bool,
    /// Whether an input that the outputs do not depend on has the gradient `None`, where it is else an error.
    pub allow_unused: bool,
}

/// The gradients of the sum of the `outputs` with respect to the `inputs`, as `torch.autograd.grad`: no
/// leaf's [`grad`](Variable::grad) changes, and only the operations between the two run. Either is a variable
/// or a list of them.
///
/// ```
/// use autograd::{Variable, grad};
///
/// let x = Variable::new([1.0f32, 2.0]).requires_grad_(true);
/// let w = Variable::new([3.0f32, 4.0]).requires_grad_(true);
/// let loss = (&x * &w).sum();
/// let gradients = grad(&loss, &[&x, &w]);
/// assert_eq!(gradients[0].to_vec::<f32>(), [3.0, 4.0]);
/// assert_eq!(gradients[1].to_vec::<f32>(), [1.0, 2.0]);
/// ```
///
/// # Panics
/// If there are no inputs, an output or input does not require a gradient, an output has several elements, an
/// input is not used, or an operation's saved tensors have been freed before.
#[track_caller]
pub fn grad(outputs: &(impl Variables + ?Sized), inputs: &(impl Variables + ?Sized)) -> Vec<Variable> {
    let gradients = grad_with(outputs, inputs, GradOptions::default());
    gradients.into_iter().map(|gradient| gradient.expect("it is an error where it is unused")).collect()
}

/// [`grad`] with options. An entry is `None` only with `allow_unused`. With `create_graph` the results can be
/// differentiated in turn:
///
/// ```
/// use autograd::{GradOptions, Variable, grad, grad_with};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([1.0f64, 2.0])).requires_grad_(true);
/// let y = x.powf(3.0).sum();
/// let recorded = GradOptions { create_graph: true, ..Default::default() };
/// let dy = grad_with(&y, &x, recorded).remove(0).expect("y depends on x");
/// assert_eq!(dy.data().to_vec::<f64>(), [3.0, 12.0]); // 3·x²
/// let ddy = grad(&dy.sum(), &x).remove(0);
/// assert_eq!(ddy.data().to_vec::<f64>(), [6.0, 12.0]); // 6·x
/// assert!(x.grad().is_none());
/// ```
///
/// # Panics
/// As [`grad`], but for what the options allow; and if an output without a given
/// gradient has several elements, a given one has another shape, an input is not used and `allow_unused` is
/// off, or an operation's saved tensors have been freed before.
#[track_caller]
pub fn grad_with(
    outputs: &(impl Variables + ?Sized),
    inputs: &(impl Variables + ?Sized),
    options: GradOptions,
) -> Vec<Option<Variable>> {
    let (outputs, inputs) = (outputs.variables(), inputs.variables());
    let GradOptions { grad_outputs, retain_graph, create_graph, allow_unused } = options;
    let retain_graph = retain_graph.unwrap_or(create_graph);
    assert!(!inputs.is_empty(), "grad: `inputs` argument to `grad()` cannot be empty.");
    assert!(
        grad_outputs.is_empty() || grad_outputs.len() == outputs.len(),
        "grad: got {} tensors and {} gradients",
        outputs.len(),
        grad_outputs.len()
    );
    let mut roots = Vec::new();
    for (i, y) in outputs.iter().enumerate() {
        let given = grad_outputs.get(i).cloned().flatten();
        roots.push((y.edge(), start(y, i, given)));
    }
    for (i, (root, _)) in roots.iter().enumerate() {
        assert!(
            !matches!(root, Edge::Nowhere),
            "grad: element {i} of tensors does not require grad and does not have a grad_fn"
        );
    }
    let mut targets = Vec::new();
    for x in &inputs {
        assert!(x.requires_grad(), "grad: One of the differentiated Tensors does not require grad");
        targets.push(Target::of(&x.edge()).expect("it requires a gradient"));
    }
    let gradients = if create_graph {
        let _mode = Mode::set(true);
        gradients::<Variable>(roots, &targets, retain_graph)
    } else {
        gradients::<Tensor>(roots, &targets, retain_graph)
    };
    let mut results = Vec::new();
    for (i, (x, gradient)) in inputs.iter().zip(gradients).enumerate() {
        assert!(
            gradient.is_some() || allow_unused,
            "grad: The differentiated Tensor at index {i} appears to not have been used in the graph. Set \
             allow_unused=True if this is the desired behavior."
        );
        results.push(gradient.map(|gradient| x.leaf_hooked(gradient)));
    }
    results
}

/// The gradient to start from at output `i`.
#[track_caller]
fn start(y: &Variable, i: usize, given: Option<Variable>) -> Variable {
    let (shape, dtype) = (y.shape(), y.dtype());
    let Some(given) = given else {
        assert!(
            y.numel() == 1,
            "grad: grad can be implicitly created only for scalar outputs, output {i} has shape {shape:?}"
        );
        return Variable::new(tensor::ones_dtype(shape, dtype));
    };
    assert!(
        given.shape() == shape,
        "grad: Mismatch in shape: grad_output[{i}] has a shape of {:?} and output[{i}] has a shape of {shape:?}.",
        given.shape()
    );
    given.to_dtype(dtype)
}

#[track_caller]
fn gradients<V: Differentiable>(
    roots: Vec<(Edge, Variable)>,
    targets: &[Target],
    retain_graph: bool,
) -> Vec<Option<Variable>> {
    let mut wanted = Wanted::new(&roots, targets);
    let starts: Vec<bool> = roots.iter().map(|(root, _)| wanted.takes(root)).collect();
    let mut pass = Pass::new(retain_graph, Some(&mut wanted));
    for ((root, gradient), starts) in roots.into_iter().zip(starts) {
        if starts {
            pass.deliver(&root, V::given(gradient));
        }
    }
    pass.run();
    let found = targets.iter().map(|target| wanted.found.get(target)?.clone().map(V::result));
    found.collect()
}

/// Where a gradient ends or passes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    /// A leaf, by where it lies.
    Leaf(usize),
    /// An operation by its number, and the output of it.
    Output(u64, usize),
}

impl Target {
    pub(super) fn leaf(leaf: &Arc<Leaf>) -> Target {
        Target::Leaf(Arc::as_ptr(leaf).addr())
    }

    pub(super) fn of(edge: &Edge) -> Option<Target> {
        match edge {
            Edge::Nowhere => None,
            Edge::Leaf(leaf) => Some(Target::leaf(leaf)),
            Edge::Node(node, output) => Some(Target::Output(node.number, *output)),
        }
    }
}

/// The operations behind `roots`, by number, with what their edges lead to.
pub(super) fn survey<'a>(roots: impl Iterator<Item = &'a Edge>) -> BTreeMap<u64, Vec<Target>> {
    let mut found = BTreeMap::new();
    let mut waiting: Vec<Arc<Node>> = Vec::new();
    let ahead = |edge: &Edge, waiting: &mut Vec<Arc<Node>>| {
        if let Edge::Node(node, _) = edge {
            waiting.push(node.clone());
        }
    };
    roots.for_each(|edge| ahead(edge, &mut waiting));
    while let Some(node) = waiting.pop() {
        if found.contains_key(&node.number) {
            continue;
        }
        let mut targets = Vec::new();
        if let Some(record) = &*node.record() {
            for edge in &record.edges {
                targets.extend(Target::of(edge));
                ahead(edge, &mut waiting);
            }
        }
        found.insert(node.number, targets);
    }
    found
}

/// The gradients that a pass looks for.
pub(super) struct Wanted<V> {
    found: HashMap<Target, Option<V>>,
    /// The operations that lead to any of them.
    runs: HashSet<u64>,
}

impl<V: Differentiable> Wanted<V> {
    fn new<T>(roots: &[(Edge, T)], targets: &[Target]) -> Wanted<V> {
        let found: HashMap<Target, Option<V>> = targets.iter().map(|&target| (target, None)).collect();
        let mut runs = HashSet::new();
        // In the order in which they were made: what an operation's edges lead to has been looked at before
        // it.
        for (number, targets) in survey(roots.iter().map(|(root, _)| root)) {
            let leads = |target: &Target| {
                found.contains_key(target)
                    || matches!(target, Target::Output(number, _) if runs.contains(number))
            };
            if targets.iter().any(leads) {
                runs.insert(number);
            }
        }
        Wanted { found, runs }
    }

    /// Whether a gradient is of use there.
    pub(super) fn takes(&self, edge: &Edge) -> bool {
        let target = Target::of(edge);
        target.is_some_and(|target| self.found.contains_key(&target))
            || matches!(edge, Edge::Node(node, _) if self.runs.contains(&node.number))
    }

    /// A gradient has arrived at a leaf.
    pub(super) fn arrive(&mut self, leaf: &Arc<Leaf>, gradient: V) {
        match self.found.get_mut(&Target::leaf(leaf)) {
            Some(Some(sum)) => sum.accumulate(gradient),
            Some(none) => *none = Some(gradient),
            None => {}
        }
    }

    /// The gradients of a node's outputs are complete. Gives whether its rule is to run.
    pub(super) fn visit(&mut self, node: &Node, dy: &Dy<V>) -> bool {
        for output in 0..node.outputs.len() {
            if let Some(found) = self.found.get_mut(&Target::Output(node.number, output)) {
                *found = dy.get(output).cloned();
            }
        }
        self.runs.contains(&node.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::no_grad;

    fn leaf(x: f32) -> Variable {
        Variable::new(Tensor::from(x)).requires_grad_(true)
    }

    fn options() -> GradOptions {
        GradOptions::default()
    }

    fn recorded() -> GradOptions {
        GradOptions { create_graph: true, ..options() }
    }

    fn items(gradients: Vec<Variable>) -> Vec<f64> {
        gradients.iter().map(Variable::item).collect()
    }

    #[test]
    fn gradients_of_leaves_and_of_results_on_the_way() {
        let x = leaf(3.0);
        let y = &x * &x;
        let z = &y * &y + &x;
        let all = items(grad(&z, &[&x, &y, &z, &x]));
        assert_eq!(all, [109.0, 18.0, 1.0, 109.0]); // 4x³ + 1, 2y, 1
        assert!(x.grad().is_none());
    }

    #[test]
    fn only_what_lies_between_runs() {
        let (x, w) = (leaf(2.0), leaf(5.0));
        let y = x.exp();
        let z = &y * &w;
        let kept = GradOptions { retain_graph: Some(true), ..options() };
        grad_with(&z, &w, kept);
        assert_eq!(items(grad(&z, &y)), [5.0]);
        y.backward(); // the exponential was never run, so it still has what it saved
        assert_eq!(x.grad().expect("it took part").item(), 2.0f32.exp() as f64);
    }

    #[test]
    fn several_outputs_add_up() {
        let x = leaf(2.0);
        let (a, b) = (x.square(), &x * 3.0);
        let given = vec![Some(Variable::new(Tensor::from(10.0f32))), None];
        let dx = grad_with(&[&a, &b], &x, GradOptions { grad_outputs: given, ..options() }).remove(0);
        assert_eq!(dx.expect("it is used").item(), 43.0);
    }

    #[test]
    fn gradients_of_gradients_to_the_fourth_order() {
        let x = leaf(2.0);
        let mut y = no_grad(|| crate::enable_grad(|| x.powf(5.0)));
        for expected in [80.0, 160.0, 240.0, 240.0] {
            y = grad_with(&y, &x, recorded()).remove(0).expect("it is used");
            assert_eq!(y.item(), expected);
        }
    }

    #[test]
    fn a_leaf_that_has_changed_since_counts_as_it_was() {
        let x = leaf(2.0);
        let y = x.powf(3.0);
        x.set_data(Tensor::from(100.0f32));
        let dy = grad_with(&y, &x, recorded()).remove(0).expect("it is used");
        assert_eq!(items(grad(&dy, &x)), [12.0]);
    }

    #[test]
    fn what_is_not_used_is_an_error_or_none() {
        let (x, other) = (leaf(2.0), leaf(1.0));
        let y = x.square();
        let allowed = GradOptions { allow_unused: true, retain_graph: Some(true), ..options() };
        assert!(grad_with(&y, &other, allowed)[0].is_none());
        let message = |f: &dyn Fn()| {
            let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).expect_err("it panics");
            *payload
                .downcast::<String>()
                .or_else(|p| p.downcast::<&str>().map(|s| Box::new(s.to_string())))
                .expect("text")
        };
        let given = |g: Tensor| GradOptions { grad_outputs: vec![Some(g.into())], ..options() };
        let constant = Variable::new(Tensor::from(1.0f32));
        let two = Variable::new(tensor::ones([2])).requires_grad_(true);
        let rows: [(&dyn Fn(), &str); 7] = [
            (
                &|| drop(grad(&y, &other)),
                "The differentiated Tensor at index 0 appears to not have been used in the graph. Set \
                 allow_unused=True if this is the desired behavior.",
            ),
            (&|| drop(grad(&y, &constant)), "One of the differentiated Tensors does not require grad"),
            (
                &|| drop(grad(&constant, &x)),
                "element 0 of tensors does not require grad and does not have a grad_fn",
            ),
            (&|| drop(grad(&y, &[] as &[Variable])), "`inputs` argument to `grad()` cannot be empty."),
            (
                &|| drop(grad(&two.exp(), &two)),
                "grad can be implicitly created only for scalar outputs, output 0 has shape [2]",
            ),
            (
                &|| drop(grad_with(&two.exp(), &two, given(tensor::ones([3])))),
                "Mismatch in shape: grad_output[0] has a shape of [3] and output[0] has a shape of [2].",
            ),
            (&|| drop(grad_with(&[&y, &y], &x, given(tensor::ones(())))), "got 2 tensors and 1 gradients"),
        ];
        for (f, expected) in rows {
            assert_eq!(message(f), format!("grad: {expected}"));
        }
    }
}
