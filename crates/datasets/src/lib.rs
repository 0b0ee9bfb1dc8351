//! MNIST, IDX files, transforms and the DataLoader, for Rushlight.
#![forbid(unsafe_code)]

mod error;
pub mod idx;

pub use error::{Error, Result};
