//! What vocabularies share: tokens, numbered from 0 on.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use tensor::Tensor;

use crate::{Error, Result};

/// Tokens in the order of their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tokens<T: Eq + Hash> {
    tokens: Vec<T>,
    numbers: HashMap<T, i64>,
}

impl<T: Clone + Eq + Hash> Tokens<T> {
    /// Each token counts where it comes first.
    pub(super) fn new(all: impl IntoIterator<Item = T>) -> Self {
        let (mut tokens, mut numbers) = (Vec::new(), HashMap::new());
        for token in all {
            numbers.entry(token).or_insert_with_key(|token| {
                tokens.push(token.clone());
                tokens.len() as i64 - 1
            });
        }
        Self { tokens, numbers }
    }

    pub(super) fn all(&self) -> &[T] {
        &self.tokens
    }

    pub(super) fn number<Q: Eq + Hash + ?Sized>(&self, token: &Q) -> Option<i64>
    where
        T: Borrow<Q>,
    {
        self.numbers.get(token).copied()
    }

    /// The tokens with these numbers, whatever the shape.
    pub(super) fn named<'a>(&'a self, numbers: &Tensor) -> Result<Vec<&'a T>> {
        let named = |(at, number): (usize, i64)| {
            let token = usize::try_from(number).ok().and_then(|number| self.tokens.get(number));
            token.ok_or(Error::NoSuchToken { number, at, size: self.tokens.len() })
        };
        numbers.to_dtype(tensor::DType::I64).to_vec::<i64>().into_iter().enumerate().map(named).collect()
    }
}
