//! What the cells of recurrent layers do with their gates.

mod gru;
mod lstm;

pub use gru::gru_gates;
pub use lstm::lstm_gates;
