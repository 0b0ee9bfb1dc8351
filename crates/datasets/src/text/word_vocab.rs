use std::collections::HashMap;

use tensor::Tensor;

use super::tokens::Tokens;
use crate::Result;

/// Words, numbered by how often they come, with one token for unknown words and one to pad with.
///
/// The unknown word is number 0 and the padding 1; then the words follow, the most frequent first, and
/// equally frequent ones in alphabetical order, as in `torchtext.vocab.build_vocab_from_iterator(texts,
/// specials=["<unk>", "<pad>"])`.
///
/// ```
/// use datasets::text::WordVocab;
///
/// let vocab = WordVocab::new("the cat saw the dog".split_whitespace());
/// assert_eq!(vocab.words(), ["<unk>", "<pad>", "the", "cat", "dog", "saw"]);
///
/// let ids = vocab.encode("the bird saw".split_whitespace());
/// assert_eq!(ids.to_vec::<i64>(), [2, 0, 5]);
/// assert_eq!(vocab.decode(&ids)?, ["the", "<unk>", "saw"]);
/// # Ok::<(), datasets::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordVocab {
    tokens: Tokens<String>,
}

/// The settings of [`WordVocab`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordVocabOptions {
    /// Words that come less often are left out. Default: 1.
    pub min_freq: usize,
    /// The most tokens, those for unknown words and padding included. Default: no limit.
    pub max_tokens: usize,
}

impl Default for WordVocabOptions {
    fn default() -> Self {
        Self { min_freq: 1, max_tokens: usize::MAX }
    }
}

impl WordVocab {
    /// The number of the token for unknown words, `<unk>`.
    pub const UNKNOWN: i64 = 0;

    /// The number of the token to pad with, `<pad>`: the `padding_idx` of an embedding.
    pub const PADDING: i64 = 1;

    const SPECIALS: [&str; 2] = ["<unk>", "<pad>"];

    /// Of all these words.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self::with(words, WordVocabOptions::default())
    }

    /// Of these words, but for the rare ones.
    pub fn with<'a>(words: impl IntoIterator<Item = &'a str>, options: WordVocabOptions) -> Self {
        let mut counts = HashMap::new();
        for word in words {
            *counts.entry(word).or_insert(0) += 1;
        }
        let mut counted: Vec<(&str, usize)> = counts.into_iter().collect();
        counted.sort_unstable_by_key(|&(word, count)| (std::cmp::Reverse(count), word));
        let frequent = counted.into_iter().take_while(|&(_, count)| count >= options.min_freq);
        let words = frequent.map(|(word, _)| word).filter(|word| !Self::SPECIALS.contains(word));
        Self::from_words(words.take(options.max_tokens.saturating_sub(Self::SPECIALS.len())))
    }

    /// These words in their order, after the two special ones, which may be among them: what
    /// [`WordVocab::words`] gave, for instance.
    pub fn from_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self { tokens: Tokens::new(Self::SPECIALS.into_iter().chain(words).map(str::to_owned)) }
    }

    /// The words in the order of their numbers.
    pub fn words(&self) -> &[String] {
        self.tokens.all()
    }

    /// How many tokens there are.
    #[allow(clippy::len_without_is_empty)] // there always are the special ones
    pub fn len(&self) -> usize {
        self.words().len()
    }

    /// The number of a word, or [`WordVocab::UNKNOWN`].
    pub fn id(&self, word: &str) -> i64 {
        self.tokens.number(word).unwrap_or(Self::UNKNOWN)
    }

    /// The numbers of words: `I64` of shape `[words]`.
    pub fn encode<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Tensor {
        let numbers: Vec<i64> = words.into_iter().map(|word| self.id(word)).collect();
        let len = numbers.len();
        Tensor::from_vec(numbers, [len])
    }

    /// The words with these numbers, in the order in which they lie in the tensor, whatever its shape.
    ///
    /// # Errors
    /// If a number is not below [`WordVocab::len`].
    pub fn decode(&self, ids: &Tensor) -> Result<Vec<&str>> {
        Ok(self.tokens.named(ids)?.into_iter().map(String::as_str).collect())
    }
}
