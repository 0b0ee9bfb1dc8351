//! Whole models, state dicts and PyTorch checkpoints as files, for Rushlight.
#![forbid(unsafe_code)]
