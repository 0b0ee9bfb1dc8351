//! Recurrent layers, a direction of a layer at a time, and what their cells do with their gates.

mod gru;
mod lstm;
mod lstm_layer;
mod recurrent_layer;
mod steps;

pub use gru::gru_gates;
pub use lstm::lstm_gates;
pub use lstm_layer::lstm_layer;
pub use recurrent_layer::recurrent_layer;
pub use steps::steps;
