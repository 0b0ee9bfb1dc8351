//! Gates of recurrent cells, and layers over two time steps.

use autograd::{Variable, gru_gates, lstm_gates, lstm_layer, recurrent_layer};
use tensor::{DType, RecurrentCellKind, eye};

use crate::op::{Table, variables};
use crate::sets::listed;

pub(super) fn rows(t: &mut Table) {
    // torch's cells, whose products leave the input as it is, and give nothing of the state but the bias. An
    // eighth of it: of what a gate that is open or shut has left of a gradient, few digits are the same.
    let x = listed(&["f32", "f64"], "DT:plain:2x6 DT:plain:6 DT:plain:2x2");
    let torch = "torch.gru_cell(x/8, z, torch.eye(6, dtype=x.dtype), x.new_zeros(6, 2), x.new_zeros(6), y/8)";
    variables!(t, gru_gates, torch, &x, |x| gru_gates(&(&x[0] / 8.0), &(&x[1] / 8.0), &x[2]))
        .within(4.0, 16.0);

    let x = listed(&["f32", "f64"], "DT:plain:2x8 DT:plain:8 DT:plain:2x2");
    for i in [0, 1] {
        let weights = "torch.eye(8, dtype=x.dtype), x.new_zeros(8, 2), x.new_zeros(8), y/8";
        let torch = format!("torch.lstm_cell(x/8, (x.new_zeros(2, 2), z), {weights})[{i}]");
        variables!(t, lstm_gates, torch, &x, |x| {
            lstm_gates(&(&x[0] / 8.0), &(&x[1] / 8.0), &x[2])[i].clone()
        })
        .within(4.0, 16.0);
    }

    // Two time steps of two sequences, whose state is z, with the weights y.
    let options = "False, 1, 0.0, False, False, False";
    let x = listed(&["f32", "f64"], "DT:plain:2x2x3 DT:plain:8x3 DT:plain:1x2x2");
    for i in [0, 1, 2] {
        let weights = "(y/8, torch.eye(8, 2, dtype=x.dtype))";
        let torch = format!("torch.lstm(x/8, (z/8, z/8), {weights}, {options})[{i}]");
        variables!(t, lstm_layer, torch, &x, |x| {
            let (state, w_hh) = (&x[2].select(0, 0) / 8.0, first_of_eye(8, x[0].dtype()));
            let weights = [&(&x[1] / 8.0), &w_hh];
            let y = lstm_layer(&(&x[0] / 8.0), [&state, &state], weights, None, false)[i].clone();
            if i == 0 { y } else { y.unsqueeze(0) }
        })
        .within(4.0, 16.0);
    }
    for (name, kind, gates, part) in [
        ("rnn_tanh", RecurrentCellKind::Tanh, 1, 32.0),
        ("rnn_relu", RecurrentCellKind::Relu, 1, 32.0),
        ("gru", RecurrentCellKind::Gru, 3, 8.0),
    ] {
        let long = 2 * gates;
        let set = format!("DT:plain:2x2x{long} DT:plain:{long}x2 DT:plain:1x2x2");
        let x = listed(&["f32", "f64"], &set);
        for i in [0, 1] {
            let weights = format!("(torch.eye({long}, dtype=x.dtype), y/{part})");
            let torch = format!("torch.{name}(x/8, z/8, {weights}, {options})[{i}]");
            variables!(t, recurrent_layer, torch, &x, |x| {
                let (ih, h) = (&x[0].reshape([4, long]) / 8.0, &x[2].select(0, 0) / 8.0);
                let y = recurrent_layer(kind, &ih, &h, &(&x[1] / part), None, &[2, 2])[i].clone();
                y.reshape(if i == 0 { [2, 2, 2] } else { [1, 2, 2] })
            })
            .within(4.0, 16.0);
        }
    }
}

/// The first two columns of a matrix of ones on the diagonal.
fn first_of_eye(n: usize, dtype: DType) -> Variable {
    Variable::new(eye(n).narrow(1, 0, 2).to_dtype(dtype))
}
