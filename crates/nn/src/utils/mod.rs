//! `torch.nn.utils`: parameters as one vector, batch norms folded into the layer before them, pruning, and
//! weights made of others.
//!
//! `clip_grad_norm_` and `clip_grad_value_` are in the crate `optim`, the functions of sequences,
//! `pack_padded_sequence` and its siblings, with the [recurrent layers](crate::PackedSequence).

mod fusion;
pub mod parametrizations;
pub mod prune;
mod vector;

pub use fusion::{FuseBatchNorm, fuse_conv_bn_eval, fuse_linear_bn_eval};
pub use vector::{parameters_to_vector, vector_to_parameters};
