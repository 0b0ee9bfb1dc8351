//! Operations along axes: sums, extremes, norms and what is made of them.

mod amax;
mod any;
mod composed;
mod cumsum;
mod cumulative;
mod distances;
mod histogram;
mod logsumexp;
mod max;
mod median;
mod norm;
mod prod;
mod quantile;
mod softmax;
mod sum;
mod var;

pub use quantile::{QuantileInterpolation, QuantilePlaces};
