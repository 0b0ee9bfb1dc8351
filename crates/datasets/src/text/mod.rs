//! Text as numbers: files, vocabularies, and batches of tokens for language models.
//!
//! [`read_text`] reads a file, [`CharVocab`] and [`WordVocab`] turn its characters or words into an `I64`
//! tensor and back, [`bptt_batches`] cuts one long text into the batches of truncated back-propagation
//! through time, and [`BucketSampler`] brings sequences of like lengths together.
//!
//! ```
//! use datasets::text::{CharVocab, bptt_batches};
//!
//! let text = "to be or not to be";
//! let vocab = CharVocab::new(text);
//! for (x, y) in bptt_batches(&vocab.encode(text)?, 2, 4) {
//!     println!("{:?} {:?}", x.shape(), y.shape()); // [4, 2] [8]
//! }
//! # Ok::<(), datasets::Error>(())
//! ```

mod bptt;
mod bucket_sampler;
mod char_vocab;
mod tokens;
mod word_vocab;

use std::path::Path;

pub use bptt::{BpttBatches, bptt_batches};
pub use bucket_sampler::BucketSampler;
pub use char_vocab::CharVocab;
pub use word_vocab::{WordVocab, WordVocabOptions};

use crate::{Error, Result};

/// The text of a file, which is to be UTF-8.
///
/// ```no_run
/// let text = datasets::text::read_text("data/names.txt")?;
/// # Ok::<(), datasets::Error>(())
/// ```
///
/// # Errors
/// If the file cannot be read, or is not UTF-8; then the error says at which byte.
pub fn read_text(path: impl AsRef<Path>) -> Result<String> {
    let path = path.as_ref();
    let failed = |source| Error::Format { file: path.display().to_string(), source };
    let bytes = formats::read(path).map_err(failed)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes()[at];
        let what = format!("byte {at} is 0x{byte:02x}, where a character should begin");
        failed(formats::Error::malformed("UTF-8 text", what))
    })
}
