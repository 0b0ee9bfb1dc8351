//! Globs of several crates side by side make no name ambiguous, except the errors, since by Rust's custom
//! each crate calls its own `Error`, and the modules that are called alike in PyTorch, too:
//! `torch.nn.functional` and `torch.autograd.functional`, `torch.nn.utils` and `torchvision.utils`.
#![deny(ambiguous_glob_reexports)]

pub use nn::{functional, utils};
pub use serialize::Error;

pub use autograd::*;
pub use datasets::*;
pub use nn::*;
pub use optim::*;
pub use serialize::*;
pub use tensor::*;

#[test]
fn all_crates_are_globbed_above() {}
