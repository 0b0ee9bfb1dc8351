use super::unwritten;
use crate::kernels::mat::{Mat, MatMut};
use crate::kernels::recurrent::{Kept, Lstm, Walk, backward, bias_gradient, forward, multiply_as_onednn};
use crate::kernels::simd::Isa;
use crate::{DType, Tensor, cat, zeros};

const OP: &str = "lstm";

/// What [`native_lstm`] returns.
#[derive(Debug)]
pub struct LstmPass {
    /// `h` after every time step, `[time, batch, hidden]`.
    pub out: Tensor,
    /// `h` after the last.
    pub h: Tensor,
    /// `c` after the last.
    pub c: Tensor,
    /// The gates, and `c` after every time step: what [`native_lstm_backward`] reads.
    pub kept: [Tensor; 2],
}

/// One direction of one layer of an LSTM over all its time steps, as `torch.lstm` computes it of `F32` on a
/// processor: by oneDNN, whose order of sums and whose functions are followed.
///
/// # Shapes
/// - `x`: `[time, batch, input]`, in the order in which the layer goes over it
/// - `state`, `h` and `c`: `[batch, hidden]`
/// - `weights`, of the input and of the state: `[4·hidden, input]` and `[4·hidden, hidden]`, with the gates
///   i, f, g and o
/// - `biases`, both or none: `[4·hidden]`
///
/// # Panics
/// If the shapes do not fit, there is no time step, or something is not `F32`.
#[track_caller]
pub fn native_lstm(
    x: &Tensor,
    state: [&Tensor; 2],
    weights: [&Tensor; 2],
    biases: Option<[&Tensor; 2]>,
) -> LstmPass {
    let sizes = Sizes::of(x, state, weights, biases);
    let Sizes { time, batch, input, hidden } = sizes;
    let (isa, rows, long) = (Isa::current(), time * batch, 4 * hidden);
    let [x, w_ih, w_hh] = [x, weights[0], weights[1]].map(Tensor::contiguous);
    let mut gates = unwritten([rows, long]);
    let products = Mat::rows(x.as_slice(), [rows, input]);
    let weight = Mat::rows(w_ih.as_slice(), [long, input]).t();
    multiply_as_onednn(isa, products, weight, 0.0, MatMut::rows(gates.make_mut(), [rows, long]));
    let bias = biases.map(|[ih, hh]| (ih + hh).contiguous());
    let [mut h, mut c] = state.map(Tensor::contiguous);
    let [mut out, mut cells] = [(); 2].map(|()| unwritten([time, batch, hidden]));
    let sizes = vec![batch; time];
    forward(
        isa,
        &Lstm { bias: bias.as_ref().map(Tensor::as_slice) },
        Walk { batch_sizes: &sizes, hidden },
        w_hh.as_slice(),
        None,
        gates.make_mut(),
        None,
        [h.make_mut(), c.make_mut()],
        [out.make_mut(), cells.make_mut()],
    );
    LstmPass { out, h, c, kept: [gates, cells] }
}

/// The gradients of `x`, `h`, `c`, both weights and the bias (that of both) of [`native_lstm`], those that
/// are asked for, from those of `out`, `h` and `c`, as far as there are some. `pass` is what it returned.
///
/// torch sums the gradient of the state's weights otherwise for a layer that goes over time in `reverse`.
///
/// # Panics
/// If the shapes do not fit, or something is not `F32`.
#[track_caller]
#[allow(clippy::too_many_arguments)]
pub fn native_lstm_backward(
    x: &Tensor,
    state: [&Tensor; 2],
    weights: [&Tensor; 2],
    out: &Tensor,
    kept: [&Tensor; 2],
    d: [Option<&Tensor>; 3],
    reverse: bool,
    needs: [bool; 6],
) -> [Option<Tensor>; 6] {
    let sizes = Sizes::of(x, state, weights, None);
    let Sizes { time, batch, input, hidden } = sizes;
    let (isa, rows, long) = (Isa::current(), time * batch, 4 * hidden);
    let [x, w_ih, w_hh, h0, c0] = [x, weights[0], weights[1], state[0], state[1]].map(Tensor::contiguous);
    let [out, gates, cells] = [out, kept[0], kept[1]].map(Tensor::contiguous);
    let (states, row_of_gates) = ([time, batch, hidden], [rows, long]);
    assert!(
        out.shape() == states && cells.shape() == states && gates.shape() == row_of_gates,
        "{OP}: what the way forward kept has other shapes"
    );
    let expected = [&out, &h0, &c0];
    for (d, like) in d.iter().zip(expected) {
        let fits = d.is_none_or(|d| d.shape() == like.shape() && d.dtype() == DType::F32);
        assert!(fits, "{OP}: a gradient of another shape or dtype");
    }
    let d_out = d[0].map(Tensor::contiguous);
    let [mut dh, mut dc] = [d[1], d[2]].map(|d| d.map_or_else(|| zeros([batch, hidden]), Tensor::contiguous));
    let mut d_gates = unwritten(row_of_gates);
    let sizes = vec![batch; time];
    let before = [c0.as_slice(), cells.as_slice()];
    backward(
        isa,
        &Lstm { bias: None },
        Walk { batch_sizes: &sizes, hidden },
        w_hh.as_slice(),
        Kept { gates: gates.as_slice(), kept: cells.as_slice(), before },
        d_out.as_ref().map(Tensor::as_slice),
        [dh.make_mut(), dc.make_mut()],
        [d_gates.make_mut(), &mut []],
    );
    let d_gates: &[f32] = d_gates.as_slice();
    // `y ← d_gatesᵀ·x + β·y` over some of the rows.
    let product = |range: std::ops::Range<usize>, x: &[f32], width: usize, beta: f32, y: &mut Tensor| {
        let d = Mat::rows(&d_gates[range.start * long..range.end * long], [range.len(), long]).t();
        let x = Mat::rows(x, [range.len(), width]);
        multiply_as_onednn(isa, d, x, beta, MatMut::rows(y.make_mut(), [long, width]));
    };
    let dx = needs[0].then(|| {
        let mut dx = unwritten([time, batch, input]);
        let (d, w) = (Mat::rows(d_gates, [rows, long]), Mat::rows(w_ih.as_slice(), [long, input]));
        multiply_as_onednn(isa, d, w, 0.0, MatMut::rows(dx.make_mut(), [rows, input]));
        dx
    });
    let dw_ih = needs[3].then(|| {
        let mut y = unwritten([long, input]);
        product(0..rows, x.as_slice(), input, 0.0, &mut y);
        y
    });
    let dw_hh = needs[4].then(|| {
        let mut y = unwritten([long, hidden]);
        let later = &out.as_slice::<f32>()[..(rows - batch) * hidden];
        if reverse {
            let before = cat(&[h0, out.reshape([rows, hidden]).narrow(0, 0, rows - batch)], 0);
            product(0..rows, before.as_slice(), hidden, 0.0, &mut y);
        } else if time == 1 {
            product(0..batch, h0.as_slice(), hidden, 0.0, &mut y);
        } else {
            product(batch..rows, later, hidden, 0.0, &mut y);
            product(0..batch, h0.as_slice(), hidden, 1.0, &mut y);
        }
        y
    });
    let db = needs[5].then(|| {
        let mut y = unwritten([long]);
        bias_gradient(isa, &sizes, d_gates, y.make_mut());
        y
    });
    [dx, needs[1].then_some(dh), needs[2].then_some(dc), dw_ih, dw_hh, db]
}

struct Sizes {
    time: usize,
    batch: usize,
    input: usize,
    hidden: usize,
}

impl Sizes {
    #[track_caller]
    fn of(x: &Tensor, state: [&Tensor; 2], weights: [&Tensor; 2], biases: Option<[&Tensor; 2]>) -> Sizes {
        let (&[time, batch, input], &[_, hidden]) = (x.shape(), state[0].shape()) else {
            panic!("{OP}: an input of shape {:?} and a state of {:?}", x.shape(), state[0].shape());
        };
        let long = hidden * 4;
        let shapes = [(state[0], vec![batch, hidden]), (state[1], vec![batch, hidden])]
            .into_iter()
            .chain([(weights[0], vec![long, input]), (weights[1], vec![long, hidden])])
            .chain(biases.into_iter().flatten().map(|bias| (bias, vec![long])));
        for (tensor, shape) in shapes {
            assert!(tensor.shape() == shape, "{OP}: expected {shape:?}, got {:?}", tensor.shape());
            assert!(tensor.dtype() == DType::F32, "{OP}: not implemented for '{}'", tensor.dtype());
        }
        assert!(x.dtype() == DType::F32, "{OP}: not implemented for '{}'", x.dtype());
        assert!(time > 0, "{OP}: Expected sequence length to be larger than 0 in RNN");
        Sizes { time, batch, input, hidden }
    }
}
