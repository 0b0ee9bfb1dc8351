//! Recurrent layers over all time steps, with kernels of their own for `F32`.

mod lstm;
mod walk;

pub use lstm::{LstmPass, native_lstm, native_lstm_backward};
pub use walk::{RecurrentCellKind, RecurrentPass, native_recurrent, native_recurrent_backward};
