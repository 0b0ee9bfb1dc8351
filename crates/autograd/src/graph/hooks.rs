//! Functions that are called with gradients.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use smallvec::SmallVec;

use super::grad::{Target, survey};
use super::node::{Edge, Node};
use super::{Grad, HookHandle, HookList, Leaf};
use crate::op::Dy;
use crate::{Differentiable, Variable};

/// A function of a gradient; it may give another in its place.
type Hook = Arc<dyn Fn(&Variable) -> Option<Variable> + Send + Sync>;

/// What a hook on a gradient may give back: nothing, the gradient that takes the place of the one it has
/// seen, or one or the other as an `Option`.
#[diagnostic::on_unimplemented(message = "a hook gives nothing, a `Variable` or an `Option<Variable>`")]
pub trait HookResult {
    /// The gradient that takes the place, if any.
    fn replacement(self) -> Option<Variable>;
}

impl HookResult for () {
    fn replacement(self) -> Option<Variable> {
        None
    }
}

impl HookResult for Variable {
    fn replacement(self) -> Option<Variable> {
        Some(self)
    }
}

impl HookResult for Option<Variable> {
    fn replacement(self) -> Option<Variable> {
        self
    }
}

/// The hooks of one place, each with the number of the output that it is for. Without any it holds no memory.
#[derive(Default)]
pub(crate) struct Hooks(OnceLock<Box<Inside>>);

#[derive(Default)]
struct Inside {
    hooks: HookList<(usize, Hook)>,
    /// The outputs whose gradients are kept, with what has been gathered.
    retained: Mutex<Vec<(usize, Option<Grad>)>>,
}

impl Inside {
    fn retained(&self) -> MutexGuard<'_, Vec<(usize, Option<Grad>)>> {
        self.retained.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hooks {
    pub(crate) fn register<H: HookResult>(
        &self,
        output: usize,
        hook: impl Fn(&Variable) -> H + Send + Sync + 'static,
    ) -> HookHandle {
        let hook = move |gradient: &Variable| hook(gradient).replacement();
        self.0.get_or_init(Box::default).hooks.register((output, Arc::new(hook)))
    }

    /// Keeps the gradient of an output from now on.
    pub(crate) fn retain(&self, output: usize) {
        let mut retained = self.0.get_or_init(Box::default).retained();
        if retained.iter().all(|(of, _)| *of != output) {
            retained.push((output, None));
        }
    }

    /// What `f` makes of the kept gradient of an output; `None` if it is not kept.
    pub(crate) fn retained<R>(&self, output: usize, f: impl FnOnce(&mut Option<Grad>) -> R) -> Option<R> {
        let mut retained = self.0.get()?.retained();
        retained.iter_mut().find(|(of, _)| *of == output).map(|(_, gradient)| f(gradient))
    }

    /// Those for an output.
    pub(crate) fn of(&self, output: usize) -> SmallVec<[Hook; 1]> {
        let Some(inside) = self.0.get() else { return SmallVec::new() };
        inside.hooks.hooks().into_iter().filter(|(of, _)| *of == output).map(|(_, hook)| hook).collect()
    }

    /// Whether there never were any.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.get().is_none()
    }
}

/// The leaves with hooks that a pass meets. What arrives at one is gathered until it is complete; then its
/// hooks see it.
pub(super) struct Finish<V> {
    leaves: Vec<Waiting<V>>,
    /// How many gradients are still to come, by leaf.
    missing: BTreeMap<Target, usize>,
}

struct Waiting<V> {
    leaf: Arc<Leaf>,
    sum: V,
}

impl<V> Default for Finish<V> {
    fn default() -> Finish<V> {
        Finish { leaves: Vec::new(), missing: BTreeMap::new() }
    }
}

/// Whether any leaf ever had a hook: only then is a pass looked through beforehand.
static USED: AtomicBool = AtomicBool::new(false);

impl<V: Differentiable> Finish<V> {
    /// Counts what will come to each leaf from `root`.
    pub(super) fn expect(&mut self, root: &Edge) {
        if !USED.load(Ordering::Relaxed) {
            return;
        }
        for target in Target::of(root).into_iter().chain(survey([root].into_iter()).into_values().flatten()) {
            *self.missing.entry(target).or_default() += 1;
        }
    }

    /// A gradient has arrived at a leaf with hooks.
    #[track_caller]
    pub(super) fn arrive(&mut self, leaf: &Arc<Leaf>, gradient: V) {
        let at = self.leaves.iter().position(|waiting| Arc::ptr_eq(&waiting.leaf, leaf));
        match at {
            Some(at) => self.leaves[at].sum.accumulate(gradient),
            None => self.leaves.push(Waiting { leaf: leaf.clone(), sum: gradient }),
        }
        let missing = self.missing.entry(Target::leaf(leaf)).or_insert(usize::MAX);
        *missing -= 1;
        if *missing == 0 {
            let at = at.unwrap_or(self.leaves.len() - 1);
            self.leaves.remove(at).finish();
        }
    }

    /// The leaves whose hooks were registered during the pass, which did not count them.
    #[track_caller]
    pub(super) fn rest(&mut self) {
        for waiting in self.leaves.drain(..) {
            waiting.finish();
        }
    }
}

impl<V: Differentiable> Waiting<V> {
    #[track_caller]
    fn finish(self) {
        let hooks = &self.leaf.hooks;
        run(hooks, GRADIENT, self.sum).deposit(&self.leaf);
        if let Some(variable) = self.leaf.variable() {
            for hook in hooks.of(ACCUMULATED) {
                hook(&variable);
            }
        }
    }
}

/// The two lists of a leaf's hooks: on its finished gradient, and after that was added to what it had.
const GRADIENT: usize = 0;
const ACCUMULATED: usize = 1;

/// The gradient of an output after its hooks.
#[track_caller]
fn run<V: Differentiable>(hooks: &Hooks, output: usize, mut gradient: V) -> V {
    for hook in hooks.of(output) {
        let seen = gradient.result();
        let (shape, dtype) = (seen.shape(), seen.dtype());
        let given = hook(&seen).unwrap_or(seen);
        assert!(
            given.shape() == shape,
            "register_hook: the hook has changed the size of value: {shape:?} and {:?}",
            given.shape()
        );
        assert!(
            given.dtype() == dtype,
            "register_hook: the hook has changed the type of value (was {dtype} got {})",
            given.dtype()
        );
        gradient = V::given(given);
    }
    gradient
}

impl<V: Differentiable> Dy<V> {
    /// The gradients after the hooks of their outputs. Where they are kept, they are kept as they are then.
    #[track_caller]
    pub(super) fn hooked(self, node: &Node) -> Dy<V> {
        self.map(|output, gradient| {
            let gradient = run(&node.hooks, output, gradient);
            node.hooks.retained(output, |sum| Grad::gather(sum, gradient.clone().kept()));
            gradient
        })
    }
}

impl Variable {
    /// Calls `hook` with this variable's gradient whenever a pass has computed it. A [`Variable`] that it
    /// gives back takes the gradient's place; it may also give nothing, or an `Option`. On a leaf it sees the
    /// sum of what one pass brings, before that is added to [`grad`](Variable::grad). As
    /// `torch.Tensor.register_hook`.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    /// let x = Variable::new(Tensor::from([1.0f32, 2.0])).requires_grad_(true);
    /// let y = &x * 3.0;
    /// y.register_hook(|dy| println!("{dy}"));
    /// let handle = y.register_hook(|dy| dy * 10.0);
    /// y.sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [30.0, 30.0]);
    /// handle.remove();
    /// ```
    ///
    /// # Panics
    /// If this requires no gradient; and the pass, if the hook gives another shape or dtype.
    #[track_caller]
    pub fn register_hook<H: HookResult>(
        &self,
        hook: impl Fn(&Variable) -> H + Send + Sync + 'static,
    ) -> HookHandle {
        assert!(
            self.requires_grad(),
            "register_hook: cannot register a hook on a tensor that doesn't require gradient"
        );
        match self.edge() {
            Edge::Node(node, output) => node.hooks.register(output, hook),
            _ => self.register_on_leaf(GRADIENT, hook),
        }
    }

    /// Calls `hook` with this leaf whenever a pass has brought all that it brings to
    /// [`grad`](Variable::grad), while the pass may still be on its way to other leaves: what data-parallel
    /// training sends off early. As `torch.Tensor.register_post_accumulate_grad_hook`.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    /// let x = Variable::new(Tensor::from([1.0f32, 2.0])).requires_grad_(true);
    /// x.register_post_accumulate_grad_hook(|x| x.set_grad(x.grad().map(|g| g / 2.0)));
    /// (&x * 3.0 + &x).sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [2.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// On the result of an operation, and if this requires no gradient.
    #[track_caller]
    pub fn register_post_accumulate_grad_hook(
        &self,
        hook: impl Fn(&Variable) + Send + Sync + 'static,
    ) -> HookHandle {
        assert!(
            self.requires_grad(),
            "register_post_accumulate_grad_hook: cannot register a hook on a tensor that doesn't require gradient"
        );
        assert!(
            self.is_leaf(),
            "register_post_accumulate_grad_hook: post accumulate grad hooks cannot be registered on non-leaf tensors"
        );
        self.register_on_leaf(ACCUMULATED, hook)
    }

    fn register_on_leaf<H: HookResult>(
        &self,
        kind: usize,
        hook: impl Fn(&Variable) -> H + Send + Sync + 'static,
    ) -> HookHandle {
        USED.store(true, Ordering::Relaxed);
        self.leaf_or_new().expect("the variable is a leaf").hooks.register(kind, hook)
    }

    /// A leaf's gradient, complete, after its hooks; another's has been through them on its way.
    #[track_caller]
    pub(super) fn leaf_hooked(&self, gradient: Variable) -> Variable {
        match self.leaf() {
            Some(leaf) => run(&leaf.hooks, GRADIENT, gradient),
            None => gradient,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use tensor::Tensor;

    use super::*;
    use crate::{BackwardOptions, GradOptions, grad, grad_with};

    fn leaf(x: f32) -> Variable {
        Variable::new(Tensor::from(x)).requires_grad_(true)
    }

    fn item(x: &Variable) -> f64 {
        x.grad().expect("it took part").item()
    }

    /// The gradients that hooks have seen, in order.
    fn log() -> (Arc<Mutex<Vec<f64>>>, impl Fn(f64) + Clone + Send + Sync + 'static) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        (seen, move |x| log.lock().unwrap_or_else(PoisonError::into_inner).push(x))
    }

    #[test]
    fn a_hook_sees_the_sum_and_may_replace_it() {
        let (seen, see) = log();
        let x = leaf(2.0);
        x.set_grad(Some(Tensor::from(100.0f32)));
        let handle = x.register_hook(move |dx| {
            see(dx.item());
            Some(dx * 2.0)
        });
        (&x * 3.0 + &x * 4.0).backward();
        assert_eq!(item(&x), 114.0);
        assert_eq!(*seen.lock().unwrap_or_else(PoisonError::into_inner), [7.0]);
        let dx = grad(&(&x * 5.0), &x).remove(0);
        assert_eq!(dx.item(), 10.0);
        handle.remove();
        (&x * 3.0).backward();
        assert_eq!(item(&x), 117.0);
    }

    #[test]
    fn a_hook_on_the_way_changes_what_goes_on() {
        let x = leaf(2.0);
        let y = x.square();
        y.register_hook(|dy| Some(dy * 10.0));
        y.register_hook(|dy| Some(dy + 1.0)); // after the first
        let dy = grad_with(&(&y * 3.0), &y, GradOptions { retain_graph: Some(true), ..Default::default() });
        assert_eq!(dy[0].as_ref().expect("it is used").item(), 31.0);
        (&y * 3.0).backward();
        assert_eq!(item(&x), 124.0);
    }

    #[test]
    fn a_finished_gradient_is_told_before_the_pass_ends() {
        let (seen, see) = log();
        let (first, last) = (leaf(2.0), leaf(3.0));
        for (leaf, sign) in [(&first, 1.0), (&last, -1.0)] {
            let see = see.clone();
            leaf.register_post_accumulate_grad_hook(move |x| see(sign * item(x)));
        }
        // `last` is used twice, late; between it and `first` there is a hook on the way.
        let trunk = first.square();
        let on_the_way = see.clone();
        trunk.register_hook(move |_| {
            on_the_way(0.0);
            None
        });
        (&trunk * &last * &last).backward();
        assert_eq!(*seen.lock().unwrap_or_else(PoisonError::into_inner), [-24.0, 0.0, 36.0]);
    }

    #[test]
    fn a_result_keeps_what_its_hooks_leave_if_it_is_told_to() {
        let x = leaf(2.0);
        let y = &x * 3.0;
        assert!(!y.retains_grad() && y.grad().is_none());
        y.retain_grad();
        y.retain_grad();
        y.register_hook(|dy| dy * 10.0);
        let z = y.square();
        z.backward_retain_graph();
        assert_eq!((item(&y), y.retains_grad()), (120.0, true));
        grad_with(&z, &x, GradOptions { retain_graph: Some(true), ..Default::default() });
        assert_eq!(item(&y), 240.0);
        y.zero_grad();
        let recorded = BackwardOptions { create_graph: true, ..Default::default() };
        z.backward_options(recorded);
        let slope = y.grad_variable().expect("it is kept");
        y.zero_grad();
        assert_eq!(grad(&slope, &y)[0].item(), 200.0); // a hook of the second pass, too
        x.retain_grad();
        assert!(!x.retains_grad());
    }

    #[test]
    #[should_panic(expected = "can't retain_grad on Tensor that has requires_grad=False")]
    fn a_constant_has_no_gradient_to_keep() {
        Variable::new([1.0f32]).retain_grad();
    }

    #[test]
    #[should_panic(expected = "the hook has changed the size of value")]
    fn a_hook_keeps_the_shape() {
        let x = Variable::new(tensor::ones([2])).requires_grad_(true);
        x.register_hook(|dx| dx.sum());
        x.sum().backward();
    }

    #[test]
    #[should_panic(expected = "post accumulate grad hooks cannot be registered on non-leaf tensors")]
    fn a_result_has_no_finished_gradient() {
        leaf(1.0).exp().register_post_accumulate_grad_hook(|_| ());
    }
}
