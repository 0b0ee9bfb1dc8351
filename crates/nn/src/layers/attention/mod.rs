//! Attention, and what is made of it.

mod checks;
mod mask;
mod multihead;
mod options;
mod transformer;

pub use multihead::AttentionOutput;
pub use options::{AttentionForwardOptions, MultiheadAttentionOptions};
pub use transformer::{
    EncoderMasks, TransformerActivation, TransformerLayerOptions, generate_square_subsequent_mask,
};

crate::build::modules! {
    register_module;
    multihead: MultiheadAttention;
    transformer: TransformerEncoder;
    transformer: TransformerEncoderLayer;
}
