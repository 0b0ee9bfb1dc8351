//! Operations along axes: sums, extremes, norms and what is made of them.

mod amax;
mod any;
mod cumsum;
mod logsumexp;
mod max;
mod norm;
mod prod;
mod softmax;
mod sum;
mod var;
