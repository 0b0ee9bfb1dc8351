use tensor::OptionValue;
use tensor::{DType, RecurrentCellKind, Tensor, Value, native_recurrent, native_recurrent_backward};

use super::{gru_gates, recurrent_steps};
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply, linear};

/// One direction of one recurrent layer over all its time steps, from the products of its input: `h` after
/// every row, and `h` of every sequence at its own end.
///
/// Of `F32` it is one operation; otherwise it is made of products and elementwise functions. Both have ATen's
/// order of sums.
///
/// # Shapes
/// - `ih`: `[rows, gates·hidden]`, the time steps one after the other in the order in which the layer goes
///   over them, each with as many rows as `batch_sizes` says
/// - `h`: `[batch, hidden]`, for the most sequences of any step; those that live longest are first
/// - `weight` and `bias`, of the state: `[gates·hidden, hidden]` and `[gates·hidden]`, with 3 gates for
///   [`RecurrentCellKind::Gru`] and 1 otherwise
/// - the results: `[rows, hidden]` and `[batch, hidden]`
///
/// ```
/// use autograd::{Variable, recurrent_layer};
/// use tensor::{RecurrentCellKind, Tensor, zeros};
///
/// let [ih, weight, h] = [zeros([3, 1]) + 0.5, zeros([1, 1]), zeros([2, 1])].map(Variable::new);
/// // Two sequences, of two and of one step.
/// let [out, h] = recurrent_layer(RecurrentCellKind::Relu, &ih, &h, &weight, None, &[2, 1]);
/// assert_eq!(out.data().to_vec::<f32>(), [0.5; 3]);
/// assert_eq!(h.shape(), [2, 1]);
/// ```
///
/// # Panics
/// If the shapes or dtypes do not fit, or there is no time step.
#[track_caller]
pub fn recurrent_layer(
    cell: RecurrentCellKind,
    ih: &Variable,
    h: &Variable,
    weight: &Variable,
    bias: Option<&Variable>,
    batch_sizes: &[usize],
) -> [Variable; 2] {
    let op = RecurrentLayer { cell, batch_sizes: batch_sizes.to_vec() };
    let inputs: Vec<&Variable> = [ih, h, weight].into_iter().chain(bias).collect();
    if ih.dtype() == DType::F32 {
        return apply(op, &inputs).array();
    }
    let inputs: Vec<Variable> = inputs.into_iter().cloned().collect();
    op.by_parts(&inputs).try_into().expect("two results")
}

struct RecurrentLayer {
    cell: RecurrentCellKind,
    batch_sizes: Vec<usize>,
}

impl Op for RecurrentLayer {
    fn name(&self) -> &'static str {
        "RecurrentLayerBackward"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![("cell", self.cell.to_value()), ("batch_sizes", self.batch_sizes.to_value())]
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let pass = native_recurrent(self.cell, x[0].clone(), &x[1], &x[2], x.get(3), &self.batch_sizes);
        for i in 0..x.len() {
            save.input(i);
        }
        save.output(0);
        for kept in pass.kept {
            save.constant(|| kept);
        }
        [pass.out, pass.h].into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let inputs: Vec<&V> = (0..needs.len()).map(|i| &saved[i]).collect();
        let dy = match V::by_parts(&inputs, dy, needs, |x| self.by_parts(x)) {
            Ok(gradients) => return gradients,
            Err(dy) => dy.array::<2>(),
        };
        let plain = |x: &V| x.plain().expect("a recorded pass goes by parts").clone();
        let [out, gates, kept] = [0, 1, 2].map(|i| plain(&saved[needs.len() + i]));
        let [h, weight] = [1, 2].map(|i| plain(&saved[i]));
        let d = dy.each_ref().map(|d| d.as_ref().map(plain));
        drop(dy);
        let wanted = [needs[0], needs[1], needs[2], needs.get(3).copied().unwrap_or(false)];
        let all = native_recurrent_backward(
            self.cell,
            &h,
            &weight,
            &out,
            [&gates, &kept],
            d.each_ref().map(Option::as_ref),
            &self.batch_sizes,
            wanted,
        );
        all.into_iter().take(needs.len()).map(|d| d.map(V::constant)).collect()
    }
}

impl RecurrentLayer {
    /// The layer step by step.
    fn by_parts(&self, x: &[Variable]) -> Vec<Variable> {
        let step = |ih: &Variable, state: &[Variable]| {
            let hh = linear(&state[0], &x[2], x.get(3));
            vec![match self.cell {
                RecurrentCellKind::Tanh => (hh + ih).tanh(),
                RecurrentCellKind::Relu => (hh + ih).relu(),
                RecurrentCellKind::Gru => gru_gates(ih, &hh, &state[0]),
            }]
        };
        let (out, mut state) = recurrent_steps(&x[0], vec![x[1].clone()], &self.batch_sizes, step);
        vec![out, state.remove(0)]
    }
}
