//! The operation as a value, and its application.

mod attribute;
mod differentiable;
mod number;
mod saved;

use std::sync::Arc;

use smallvec::SmallVec;
use tensor::{Tensor, Value};

use crate::Variable;
use crate::graph::{Edge, Node, Record, Site, Step, Watch, check_forward, give_up, is_grad_enabled, step};

pub(crate) use attribute::{attributes, describe};
pub use differentiable::Differentiable;
pub(crate) use differentiable::sum_to;
pub use saved::{Dy, Grads, Outputs, Saved, Saver};
pub(crate) use saved::{Slot, Source};

/// A differentiable operation: a name, attributes, the way forward and the way back.
///
/// An operation is a value that holds its attributes (an axis, a slope) and nothing else: what the way back
/// reads is saved by `forward`. [`apply`] runs it on variables.
///
/// ```
/// use autograd::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};
/// use autograd::{gradcheck, gradgradcheck};
/// use tensor::Tensor;
///
/// /// `y = x³`, `dx = 3·x²·dy`.
/// struct Cube;
///
/// impl Op for Cube {
///     fn name(&self) -> &'static str {
///         "CubeBackward"
///     }
///
///     fn forward(&self, x: &[Tensor], save: &mut Saver) -> Outputs<Tensor> {
///         save.input(0);
///         (&x[0] * &x[0] * &x[0]).into()
///     }
///
///     fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _needs: &[bool]) -> Grads<V> {
///         (dy.single() * &saved[0] * &saved[0] * 3.0).into()
///     }
/// }
///
/// fn cube(x: &Variable) -> Variable {
///     apply(Cube, &[x]).single()
/// }
///
/// gradcheck(|x| cube(&x[0]), &[Tensor::from([0.5f64, -2.0])]);
/// gradgradcheck(|x| cube(&x[0]), &[Tensor::from([0.5f64, -2.0])]);
/// ```
pub trait Op: Send + Sync + 'static {
    /// The name that printing shows, as torch's: `"TanhBackward0"`.
    fn name(&self) -> &'static str;

    /// The attributes by name, for whoever writes the graph down. Default: none.
    fn attributes(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// The outputs of the inputs `x`. What [`Op::backward`] reads is named to `save`; that costs nothing
    /// where nothing is recorded. An output that is not a float has no gradient.
    #[track_caller]
    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor>;

    /// The gradients of the inputs from `dy`, those of the outputs. They come by value: their buffers may
    /// be used again. `needs` says which inputs take part; the others' entries are ignored and may be
    /// `None`.
    ///
    /// The rule is written once. It computes on tensors in a plain pass, and on variables where the
    /// gradient is to have a gradient itself; then `saved` has its history back. Passes on several threads
    /// through a graph that is kept run one rule at the same time.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V>;
}

/// The outputs of an operation on `inputs`. They are recorded if recording is on and an input requires a
/// gradient.
///
/// # Panics
/// As the operation does.
#[track_caller]
pub fn apply<O: Op>(op: O, inputs: &[&Variable]) -> Outputs<Variable> {
    let mut x: SmallVec<[Tensor; 3]> = SmallVec::new();
    let mut needs: SmallVec<[bool; 3]> = SmallVec::new();
    let enabled = is_grad_enabled();
    let mut recording = false;
    for input in inputs {
        x.push(input.data());
        let needed = enabled && input.requires_grad();
        needs.push(needed);
        recording |= needed;
    }
    let watch = Watch::now();
    let watched = (watch.tracing || watch.anomaly).then(|| (op.name(), op.attributes()));
    let outputs = if recording {
        // The record is made first: what is saved goes to its place at once.
        let mut record = Arc::new(Record::new(op));
        let Record { op, saved, place, edges } = Arc::get_mut(&mut record).expect("it was just made");
        let mut save = Saver::new(&needs, true, saved);
        let y = op.forward(&x, &mut save);
        let frees = save.fill(&mut x, &y);
        for (input, &needed) in inputs.iter().zip(&needs) {
            edges.push(if needed { input.edge() } else { Edge::Nowhere });
        }
        if watch.checkpoint {
            give_up(saved, place);
        }
        let site = if watch.anomaly { Some(Box::new(Site::here())) } else { None };
        Node::attach(record, frees, site, y)
    } else {
        let mut saved = SmallVec::new();
        let y = op.forward(&x, &mut Saver::new(&needs, false, &mut saved));
        y.map(|_, y| Variable::new(y))
    };
    if let Some((name, attributes)) = watched {
        if watch.anomaly {
            check_forward(name, &attributes, inputs, &outputs);
        }
        if watch.tracing {
            let inputs = inputs.iter().copied().cloned().collect();
            step(Step { name, attributes, inputs, outputs: outputs.to_vec() });
        }
    }
    outputs
}

/// An operation without its type, as a node holds it.
pub trait ErasedOp: Send + Sync {
    fn name(&self) -> &'static str;
    fn on_tensors(&self, saved: Saved<'_, Tensor>, dy: Dy<Tensor>, needs: &[bool]) -> Grads<Tensor>;
    fn on_variables(&self, saved: Saved<'_, Variable>, dy: Dy<Variable>, needs: &[bool]) -> Grads<Variable>;
}

impl<O: Op> ErasedOp for O {
    fn name(&self) -> &'static str {
        Op::name(self)
    }

    fn on_tensors(&self, saved: Saved<'_, Tensor>, dy: Dy<Tensor>, needs: &[bool]) -> Grads<Tensor> {
        self.backward(saved, dy, needs)
    }

    fn on_variables(&self, saved: Saved<'_, Variable>, dy: Dy<Variable>, needs: &[bool]) -> Grads<Variable> {
        self.backward(saved, dy, needs)
    }
}
