//! Globs of several crates side by side make no name ambiguous, except the errors: by Rust's custom
//! each crate calls its own `Error`.
#![deny(ambiguous_glob_reexports)]

pub use serialize::Error;

pub use autograd::*;
pub use datasets::*;
pub use nn::*;
pub use optim::*;
pub use serialize::*;
pub use tensor::*;

#[test]
fn all_crates_are_globbed_above() {}
