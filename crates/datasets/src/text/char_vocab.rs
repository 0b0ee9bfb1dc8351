use tensor::Tensor;

use super::tokens::Tokens;
use crate::{Error, Result};

/// The characters of a text, numbered: `{c: i for i, c in enumerate(sorted(set(text)))}`.
///
/// ```
/// use datasets::text::CharVocab;
///
/// let vocab = CharVocab::new("hello");
/// assert_eq!(vocab.chars(), ['e', 'h', 'l', 'o']);
/// let ids = vocab.encode("hole")?;
/// assert_eq!(ids.to_vec::<i64>(), [1, 3, 2, 0]);
/// assert_eq!(vocab.decode(&ids)?, "hole");
/// # Ok::<(), datasets::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharVocab {
    tokens: Tokens<char>,
}

impl CharVocab {
    /// The characters of `text`, sorted by their code points.
    pub fn new(text: &str) -> Self {
        let mut chars: Vec<char> = text.chars().collect();
        chars.sort_unstable();
        Self::from_chars(chars)
    }

    /// These characters in their order, as [`CharVocab::chars`] gave them; each counts where it comes first.
    pub fn from_chars(chars: impl IntoIterator<Item = char>) -> Self {
        Self { tokens: Tokens::new(chars) }
    }

    /// The characters in the order of their numbers.
    pub fn chars(&self) -> &[char] {
        self.tokens.all()
    }

    /// How many characters there are.
    pub fn len(&self) -> usize {
        self.chars().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.chars().is_empty()
    }

    /// The numbers of a text's characters: `I64` of shape `[characters]`.
    ///
    /// # Errors
    /// If a character is none of the vocabulary's; the error names it and its place.
    pub fn encode(&self, text: &str) -> Result<Tensor> {
        let number = |(at, character): (usize, char)| {
            self.tokens.number(&character).ok_or(Error::UnknownCharacter { character, at })
        };
        let numbers: Vec<i64> = text.chars().enumerate().map(number).collect::<Result<_>>()?;
        let len = numbers.len();
        Ok(Tensor::from_vec(numbers, [len]))
    }

    /// The text of these numbers, in the order in which they lie in the tensor, whatever its shape.
    ///
    /// # Errors
    /// If a number is not below [`CharVocab::len`].
    pub fn decode(&self, ids: &Tensor) -> Result<String> {
        Ok(self.tokens.named(ids)?.into_iter().collect())
    }
}
