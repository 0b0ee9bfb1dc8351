use tensor::{DType, OptionValue, Tensor, Value, native_lstm, native_lstm_backward};

use super::lstm_gates;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply, linear, stack};

/// One direction of one layer of an LSTM over sequences of one length: `h` after every time step, and `h` and
/// `c` after the last, as `torch.lstm` gives them.
///
/// Of `F32` it is one operation, which adds and rounds as oneDNN does for torch; otherwise it is made of
/// products and [`lstm_gates`].
///
/// # Shapes
/// - `x`: `[time, batch, input]`, in the order in which the layer goes over it: for torch's second direction
///   `x.flip(0)`, and `reverse` says so, since torch sums that direction's gradients in another order
/// - `state`, `h` and `c`, before the first step and after the last: `[batch, hidden]`
/// - `weights`, of the input and of the state: `[4·hidden, input]` and `[4·hidden, hidden]`
/// - `biases`, both or none: `[4·hidden]`
/// - the first result: `[time, batch, hidden]`
///
/// ```
/// use autograd::{Variable, lstm_layer};
/// use tensor::{randn, zeros};
///
/// let [x, w_ih, w_hh] = [randn([5, 2, 3]), randn([16, 3]), randn([16, 4])].map(Variable::new);
/// let [h, c] = [(); 2].map(|()| Variable::new(zeros([2, 4])));
/// let [out, h, c] = lstm_layer(&x, [&h, &c], [&w_ih, &w_hh], None, false);
/// assert_eq!((out.shape(), h.shape(), c.shape()), (vec![5, 2, 4], vec![2, 4], vec![2, 4]));
/// assert_eq!(out.select(0, -1).data().to_vec::<f32>(), h.data().to_vec::<f32>());
/// ```
///
/// # Panics
/// If the shapes or dtypes do not fit, or there is no time step.
#[track_caller]
pub fn lstm_layer(
    x: &Variable,
    state: [&Variable; 2],
    weights: [&Variable; 2],
    biases: Option<[&Variable; 2]>,
    reverse: bool,
) -> [Variable; 3] {
    let mut inputs = vec![x, state[0], state[1], weights[0], weights[1]];
    inputs.extend(biases.iter().flatten());
    if x.dtype() == DType::F32 {
        return apply(LstmLayer { reverse }, &inputs).array();
    }
    assert!(x.ndim() == 3 && x.size(0) > 0, "lstm: an input of shape {:?}", x.shape());
    let inputs: Vec<Variable> = inputs.into_iter().cloned().collect();
    lstm_by_parts(&inputs).try_into().expect("three results")
}

struct LstmLayer {
    reverse: bool,
}

impl Op for LstmLayer {
    fn name(&self) -> &'static str {
        "MkldnnRnnLayerBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![("reverse", self.reverse.to_value())]
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let biases = (x.len() > 5).then(|| [&x[5], &x[6]]);
        let pass = native_lstm(&x[0], [&x[1], &x[2]], [&x[3], &x[4]], biases);
        for i in 0..x.len() {
            save.input(i);
        }
        save.output(0);
        for kept in pass.kept {
            save.constant(|| kept);
        }
        [pass.out, pass.h, pass.c].into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let inputs: Vec<&V> = (0..needs.len()).map(|i| &saved[i]).collect();
        let dy = match V::by_parts(&inputs, dy, needs, lstm_by_parts) {
            Ok(gradients) => return gradients,
            Err(dy) => dy.array::<3>(),
        };
        let plain = |x: &V| x.plain().expect("a recorded pass goes by parts").clone();
        let [out, gates, cells] = [0, 1, 2].map(|i| plain(&saved[needs.len() + i]));
        let [x, h, c, w_ih, w_hh] = [0, 1, 2, 3, 4].map(|i| plain(&saved[i]));
        let d = dy.each_ref().map(|d| d.as_ref().map(plain));
        drop(dy);
        let asked = |i: usize| needs.get(i).copied().unwrap_or(false);
        let wanted = [asked(0), asked(1), asked(2), asked(3), asked(4), asked(5) || asked(6)];
        let [dx, dh, dc, dw_ih, dw_hh, db] = native_lstm_backward(
            &x,
            [&h, &c],
            [&w_ih, &w_hh],
            &out,
            [&gates, &cells],
            d.each_ref().map(Option::as_ref),
            self.reverse,
            wanted,
        );
        let all = [dx, dh, dc, dw_ih, dw_hh, db.clone(), db];
        all.into_iter().take(needs.len()).map(|d| d.map(V::constant)).collect()
    }
}

/// The layer step by step.
fn lstm_by_parts(x: &[Variable]) -> Vec<Variable> {
    let [input, h, c, w_ih, w_hh] = [0, 1, 2, 3, 4].map(|i| &x[i]);
    let (mut h, mut c) = (h.clone(), c.clone());
    let ih = linear(input, w_ih, x.get(5));
    let mut out = Vec::new();
    for t in 0..input.size(0) {
        [h, c] = lstm_gates(&ih.select(0, t as isize), &linear(&h, w_hh, x.get(6)), &c);
        out.push(h.clone());
    }
    vec![stack(&out, 0), h, c]
}
