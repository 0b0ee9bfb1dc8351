//! What attention keeps of one step for the next, and the forward passes that read and fill it: for inference,
//! where a sequence grows by one element or a few at a time.

mod attention;
mod decoder;
mod encoder;
mod key_value;

pub use decoder::DecoderCache;
pub use encoder::EncoderCache;
pub use key_value::KeyValueCache;
