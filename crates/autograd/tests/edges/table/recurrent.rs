//! Gates of recurrent cells.

use autograd::{gru_gates, lstm_gates};

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
}
