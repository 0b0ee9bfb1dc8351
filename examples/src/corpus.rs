use std::path::Path;

use datasets::text::{CharVocab, read_text};
use tensor::Tensor;

use crate::{Failure, Result};

/// *As You Like It* by William Shakespeare, of 1599 and so in the public domain, as it lies in the Canterbury
/// corpus (corpus.canterbury.ac.nz, `asyoulik.txt`): 125,179 characters.
const AS_YOU_LIKE_IT: &str = include_str!("../data/as_you_like_it.txt");

/// A text as numbers of its characters.
pub struct Corpus {
    /// Its name in results.
    pub name: String,
    /// Its characters.
    pub vocab: CharVocab,
    /// The first nine tenths, to learn from.
    pub train: Tensor,
    /// The rest, to test with.
    pub test: Tensor,
}

impl Corpus {
    /// The text of a file, or the one in the program, of at least `least` characters in each part.
    ///
    /// # Errors
    /// If the file cannot be read, is not UTF-8 or too short.
    pub fn open(file: Option<&Path>, least: usize) -> Result<Corpus> {
        let (name, text) = match file {
            Some(file) => (file.display().to_string(), read_text(file)?),
            None => ("As You Like It".into(), AS_YOU_LIKE_IT.into()),
        };
        let vocab = CharVocab::new(&text);
        let tokens = vocab.encode(&text)?;
        let (len, test) = (tokens.numel(), tokens.numel() / 10);
        if test < least {
            return Err(Failure::new(format!(
                "{name}: too short, {len} characters; with these options {} are needed",
                10 * least
            )));
        }
        println!("text: {name}: {len} characters, {} different ones", vocab.len());
        let [train, test] = [(0, len - test), (len - test, test)]
            .map(|(at, count)| tokens.narrow(0, at as isize, count).contiguous());
        Ok(Corpus { name, vocab, train, test })
    }

    /// The numbers of a text that a program is to continue.
    ///
    /// # Errors
    /// If it is empty, or has a character that the corpus has not.
    pub fn prompt(&self, text: &str) -> Result<Vec<i64>> {
        if text.is_empty() {
            return Err(Failure::new("--prompt: at least one character is needed"));
        }
        Ok(self.vocab.encode(text)?.to_vec())
    }
}
