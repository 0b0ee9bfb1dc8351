//! Attention, and what is made of it.

mod block;
mod checks;
mod decoder;
mod encoder;
mod mask;
mod multihead;
mod options;
mod transformer;

pub use block::{TransformerActivation, TransformerLayerOptions, generate_square_subsequent_mask};
pub use options::{AttentionForwardOptions, MultiheadAttentionOptions};

crate::build::modules! {
    register_module;
    multihead: MultiheadAttention, AttentionOutput;
    transformer: Transformer, TransformerMasks;
    decoder: TransformerDecoder, DecoderMasks;
    decoder: TransformerDecoderLayer;
    encoder: TransformerEncoder, EncoderMasks;
    encoder: TransformerEncoderLayer;
}
