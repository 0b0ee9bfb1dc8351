//! Recurrent layers over all time steps, with kernels of their own for `F32`.

mod lstm;
mod walk;

pub use lstm::{LstmPass, native_lstm, native_lstm_backward};
pub use walk::{RecurrentCellKind, RecurrentPass, native_recurrent, native_recurrent_backward};

use crate::{DType, Shape, Tensor};

/// A new tensor of `F32`, all of which is about to be written.
fn unwritten(shape: impl Into<Shape>) -> Tensor {
    Tensor::build(shape, DType::F32, |_: &mut [f32]| {})
}
