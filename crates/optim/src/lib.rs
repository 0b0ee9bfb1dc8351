//! Optimizers and learning-rate schedules in PyTorch's form, for Rushlight.
#![forbid(unsafe_code)]
