//! Sums, means, extremes and norms, over all elements or over axes.

mod composed;
mod cosine_similarity;
mod cumsum;
mod cumulative;
mod logsumexp;
mod max;
mod mean;
mod median;
mod norm;
mod pairwise_distance;
mod prod;
mod sum;
mod var;

pub(crate) use sum::kept_shape;
