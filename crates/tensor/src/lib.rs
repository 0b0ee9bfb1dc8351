//! n-d arrays with torch's semantics.

pub mod kernels;
