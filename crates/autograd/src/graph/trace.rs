//! Records which operations ran, for whoever writes a graph down.

use std::cell::RefCell;

use tensor::Value;

use super::mode::Watch;
use crate::Variable;

/// One operation that [`trace`] has seen.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name, as [`Variable::grad_fn`] gives it.
    pub name: &'static str,
    /// Its attributes by name.
    pub attributes: Vec<(&'static str, Value)>,
    /// Its inputs. [`Variable::id`] tells the output of one step in the inputs of another.
    pub inputs: Vec<Variable>,
    /// Its outputs.
    pub outputs: Vec<Variable>,
}

thread_local! {
    static STEPS: RefCell<Vec<Step>> = const { RefCell::new(Vec::new()) };
}

/// Runs `f` and takes down the operations that it applies on this thread, in order, whether or not they are
/// recorded for gradients.
///
/// ```
/// use autograd::{Variable, trace};
/// let x = Variable::new(tensor::ones([2, 3]));
/// let (y, steps) = trace(|| x.tanh().sum_dim(1, true));
/// assert_eq!(steps.iter().map(|step| step.name).collect::<Vec<_>>(), ["TanhBackward0", "SumBackward1"]);
/// assert_eq!(format!("{:?}", steps[1].attributes), r#"[("dim", List([Int(1)])), ("keepdim", Bool(true))]"#);
/// assert!(steps[1].inputs[0].ptr_eq(&steps[0].outputs[0]) && steps[1].outputs[0].ptr_eq(&y));
/// ```
pub fn trace<R>(f: impl FnOnce() -> R) -> (R, Vec<Step>) {
    let before = STEPS.take();
    let result = {
        let _tracing = Watch::change(|watch| watch.tracing = true);
        f()
    };
    (result, STEPS.replace(before))
}

/// Takes one down.
pub(crate) fn step(step: Step) {
    STEPS.with_borrow_mut(|steps| steps.push(step));
}
