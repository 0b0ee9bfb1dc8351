//! The numbers that a step computes once.

use std::hint::black_box;

/// −1 where a rule climbs instead of descending.
pub(crate) fn sign(maximize: bool) -> f64 {
    if maximize { -1.0 } else { 1.0 }
}

/// What weight decay adds of the parameter to its gradient, and what it leaves of the parameter: one of them
/// does nothing, by whether the decay is decoupled.
pub(crate) fn decay_and_keep(decoupled: bool, lr: f64, decay: f64) -> (f64, f64) {
    if decoupled { (0.0, 1.0 - lr * decay) } else { (decay, 1.0) }
}

/// Python's `x ** 0.5`: the C library's power, which is not the nearest number for one argument in a
/// thousand. The compiler would take the root if it saw the exponent.
pub(crate) fn root_of(x: f64) -> f64 {
    x.powf(black_box(0.5))
}
