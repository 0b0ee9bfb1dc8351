//! Attention, what is made of it, and what it keeps of one step for the next.

mod block;
mod cache;
mod checks;
mod decoder;
mod encoder;
mod mask;
mod multihead;
mod options;
mod projections;
mod transformer;

pub use block::{TransformerActivation, TransformerLayerOptions, generate_square_subsequent_mask};
pub use cache::{DecoderCache, EncoderCache, KeyValueCache};
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
