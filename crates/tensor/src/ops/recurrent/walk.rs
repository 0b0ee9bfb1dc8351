use serde::{Deserialize, Serialize};

use super::unwritten;
use crate::kernels::recurrent::{Gru, Kept, Rnn, Walk, backward, forward};
use crate::kernels::simd::Isa;
use crate::{DType, Tensor, cat, zeros};

const OP: &str = "recurrent";

/// `$body` with `$c` as the cell of a [`RecurrentCellKind`].
macro_rules! by_cell {
    ($cell:expr, $c:ident => $body:expr) => {
        match $cell {
            RecurrentCellKind::Tanh => {
                let $c = Rnn::<true>;
                $body
            }
            RecurrentCellKind::Relu => {
                let $c = Rnn::<false>;
                $body
            }
            RecurrentCellKind::Gru => {
                let $c = Gru;
                $body
            }
        }
    };
}

/// The recurrent layers with one state, as torch computes them: by products and elementwise functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecurrentCellKind {
    /// `h' = tanh(ih + hh)`.
    Tanh,
    /// `h'` is the positive part of `ih + hh`.
    Relu,
    /// `r, z = σ(hh + ih)`, `n = tanh(ih + r·hh)`, `h' = (h − n)·z + n`.
    Gru,
}

crate::option_value!(RecurrentCellKind);

impl RecurrentCellKind {
    /// How many times as long as the state a row of gates is.
    pub(crate) fn gates(self) -> usize {
        match self {
            RecurrentCellKind::Tanh | RecurrentCellKind::Relu => 1,
            RecurrentCellKind::Gru => 3,
        }
    }
}

/// What [`native_recurrent`] returns.
#[derive(Debug)]
pub struct RecurrentPass {
    /// `h` after every row, `[rows, hidden]`.
    pub out: Tensor,
    /// `h` of every sequence at its own end, `[batch, hidden]`.
    pub h: Tensor,
    /// The gates, and for a GRU the products of the state for its gate n: what [`native_recurrent_backward`]
    /// reads.
    pub kept: [Tensor; 2],
}

/// One direction of one recurrent layer over all its time steps, from the products of its input, of `F32`.
///
/// # Shapes
/// - `ih`: `[rows, gates·hidden]`, the steps one after the other, each with as many rows as `batch_sizes`
///   says
/// - `h`: `[batch, hidden]`, for the most sequences of any step
/// - `weight` and `bias`, of the state: `[gates·hidden, hidden]` and `[gates·hidden]`
///
/// # Panics
/// If the shapes do not fit, there is no time step, or something is not `F32`.
#[track_caller]
pub fn native_recurrent(
    cell: RecurrentCellKind,
    ih: Tensor,
    h: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    batch_sizes: &[usize],
) -> RecurrentPass {
    let hidden = check(cell, &ih, h, weight, bias, batch_sizes);
    let rows = ih.size(0);
    let (mut gates, first, weight) = (ih.contiguous(), h.contiguous(), weight.contiguous());
    drop(ih);
    let mut h = first.clone();
    let bias = bias.map(Tensor::contiguous);
    let mut out = unwritten([rows, hidden]);
    let mut kept = unwritten(if cell == RecurrentCellKind::Gru { [rows, hidden] } else { [0, hidden] });
    let walk = Walk { batch_sizes, hidden };
    by_cell!(cell, c => forward(
        Isa::current(),
        &c,
        walk,
        weight.as_slice(),
        bias.as_ref().map(Tensor::as_slice),
        gates.make_mut(),
        Some(first.as_slice()),
        [h.make_mut(), &mut []],
        [out.make_mut(), kept.make_mut()],
    ));
    RecurrentPass { out, h, kept: [gates, kept] }
}

/// The gradients of `ih`, `h`, the weight and the bias of [`native_recurrent`], those that are asked for,
/// from those of `out` and `h`, as far as there are some. `out` and `kept` are what it returned.
///
/// The gradients of the weight and the bias are added up step by step, the last one first, as torch does.
///
/// # Panics
/// If the shapes do not fit, or something is not `F32`.
#[track_caller]
#[allow(clippy::too_many_arguments)]
pub fn native_recurrent_backward(
    cell: RecurrentCellKind,
    h: &Tensor,
    weight: &Tensor,
    out: &Tensor,
    kept: [&Tensor; 2],
    d: [Option<&Tensor>; 2],
    batch_sizes: &[usize],
    needs: [bool; 4],
) -> [Option<Tensor>; 4] {
    let [out, gates, kept, h, weight] = [out, kept[0], kept[1], h, weight].map(Tensor::contiguous);
    let hidden = check(cell, &gates, &h, &weight, None, batch_sizes);
    let (rows, gru) = (gates.size(0), cell == RecurrentCellKind::Gru);
    let fits = out.shape() == [rows, hidden] && kept.shape() == [if gru { rows } else { 0 }, hidden];
    assert!(fits, "{OP}: what the way forward kept has other shapes");
    for (d, like) in d.iter().zip([&out, &h]) {
        let fits = d.is_none_or(|d| d.shape() == like.shape() && d.dtype() == DType::F32);
        assert!(fits, "{OP}: a gradient of another shape or dtype");
    }
    let d_out = d[0].map(Tensor::contiguous);
    let mut dh = d[1].map_or_else(|| zeros(h.shape()), Tensor::contiguous);
    let mut d_ih = unwritten(gates.shape());
    let mut d_hh = unwritten(if gru { [rows, cell.gates() * hidden] } else { [0, hidden] });
    let walk = Walk { batch_sizes, hidden };
    let before = [h.as_slice(), out.as_slice()];
    by_cell!(cell, c => backward(
        Isa::current(),
        &c,
        walk,
        weight.as_slice(),
        Kept { gates: gates.as_slice(), kept: kept.as_slice(), before },
        d_out.as_ref().map(Tensor::as_slice),
        [dh.make_mut(), &mut []],
        [d_ih.make_mut(), d_hh.make_mut()],
    ));
    let products = if gru { &d_hh } else { &d_ih };
    let (mut dw, mut db) = (None, None);
    let mut end = rows;
    for (t, &len) in batch_sizes.iter().enumerate().rev().filter(|(_, len)| **len > 0) {
        let d = products.narrow(0, (end - len) as isize, len);
        if needs[2] {
            let before = state_before(&h, &out, batch_sizes, t, end - len);
            let last = dw.take();
            dw = Some(d.t().matmul(&before)).map(|dw| added(last, dw));
        }
        if needs[3] {
            let last = db.take();
            db = Some(added(last, d.sum_dim(0, false)));
        }
        end -= len;
    }
    let long = cell.gates() * hidden;
    let dw = needs[2].then(|| dw.unwrap_or_else(|| zeros([long, hidden])));
    let db = needs[3].then(|| db.unwrap_or_else(|| zeros([long])));
    [needs[0].then_some(d_ih), needs[1].then_some(dh), dw, db]
}

fn added(sum: Option<Tensor>, next: Tensor) -> Tensor {
    match sum {
        Some(sum) => sum + next,
        None => next,
    }
}

/// The state that step `t`, whose first row is given, came from: that after the step before, and the first
/// one of sequences that begin here.
fn state_before(h: &Tensor, out: &Tensor, batch_sizes: &[usize], t: usize, first: usize) -> Tensor {
    let len = batch_sizes[t];
    let last = if t == 0 { 0 } else { batch_sizes[t - 1] };
    let known = || out.narrow(0, (first - last) as isize, len.min(last));
    match last {
        0 => h.narrow(0, 0, len),
        _ if last >= len => known(),
        _ => cat(&[known(), h.narrow(0, last as isize, len - last)], 0),
    }
}

#[track_caller]
fn check(
    cell: RecurrentCellKind,
    ih: &Tensor,
    h: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    batch_sizes: &[usize],
) -> usize {
    let &[batch, hidden] = h.shape() else {
        panic!("{OP}: a state of shape {:?}", h.shape());
    };
    let (rows, long) = (batch_sizes.iter().sum(), cell.gates() * hidden);
    let shapes = [(ih, vec![rows, long]), (weight, vec![long, hidden])];
    for (tensor, shape) in shapes.into_iter().chain(bias.map(|bias| (bias, vec![long]))) {
        assert!(tensor.shape() == shape, "{OP}: expected {shape:?}, got {:?}", tensor.shape());
        assert!(tensor.dtype() == DType::F32, "{OP}: not implemented for '{}'", tensor.dtype());
    }
    assert!(h.dtype() == DType::F32, "{OP}: not implemented for '{}'", h.dtype());
    assert!(!batch_sizes.is_empty(), "{OP}: Expected sequence length to be larger than 0 in RNN");
    assert!(
        batch_sizes.iter().max() == Some(&batch),
        "{OP}: a state of {batch} sequences for {batch_sizes:?}"
    );
    hidden
}
