//! The numbers of the update rules, and their loop.

mod lanes;
mod real;

pub use lanes::{LANES, Lanes};
pub(crate) use lanes::{constants, each_lanes, padded};
pub use real::Real;
pub(crate) use real::{lerp, sign};
