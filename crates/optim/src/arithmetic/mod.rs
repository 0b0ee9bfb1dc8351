//! The numbers of the update rules, and their loop.

mod lanes;
mod real;
mod scalars;
mod whole;

pub use lanes::{LANES, Lanes};
pub(crate) use lanes::{constants, each_lanes, padded};
pub use real::Real;
pub(crate) use real::lerp;
pub(crate) use scalars::{decay_and_keep, root_of, sign};
pub(crate) use whole::{add_scaled, lerp_into};
