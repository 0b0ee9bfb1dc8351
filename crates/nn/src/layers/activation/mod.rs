//! Activations: functions of each element, as layers.

mod gelu;
mod hardtanh;

pub use gelu::{Approximate, GELU};
pub use hardtanh::Hardtanh;
