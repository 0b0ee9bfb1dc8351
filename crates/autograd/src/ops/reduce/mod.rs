//! Sums, means, extremes and norms, over all elements or over axes.

mod cumsum;
mod logsumexp;
mod max;
mod mean;
mod norm;
mod prod;
mod sum;
mod var;

pub(crate) use sum::kept_shape;
