//! Attention, and what is made of it.

mod mask;
mod multihead;
mod transformer;

pub use multihead::{AttentionForwardOptions, AttentionOutput};
pub use transformer::{
    EncoderMasks, TransformerActivation, TransformerLayerOptions, generate_square_subsequent_mask,
};

crate::build::modules! {
    register_module;
    multihead: MultiheadAttention, MultiheadAttentionOptions;
    transformer: TransformerEncoder;
    transformer: TransformerEncoderLayer;
}
