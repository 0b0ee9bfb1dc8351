//! Reverse-mode differentiation over tensors, for Rushlight.
#![forbid(unsafe_code)]
