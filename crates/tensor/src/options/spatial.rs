use super::OptionValue;
use crate::{Value, ValueError};

/// A number for each spatial axis of images, however many they have: one for all of them, or one for each.
/// It is printed and saved as it was given.
///
/// ```
/// use tensor::Spatial;
///
/// let (all, each): (Spatial<f64>, Spatial<f64>) = (2.0.into(), [2.0, 3.5].into());
/// assert_eq!((all.to_string(), each.to_string()), ("2.0".into(), "(2.0, 3.5)".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spatial<T> {
    /// The same for all.
    All(T),
    /// One for each, in the order of the axes.
    Each(Vec<T>),
}

impl<T: Copy> Spatial<T> {
    /// The numbers of `n` axes; `None` if there are numbers for another number of axes.
    pub fn axes(&self, n: usize) -> Option<Vec<T>> {
        match self {
            Spatial::All(number) => Some(vec![*number; n]),
            Spatial::Each(numbers) => (numbers.len() == n).then(|| numbers.clone()),
        }
    }
}

impl<T> From<T> for Spatial<T> {
    fn from(number: T) -> Self {
        Spatial::All(number)
    }
}

impl<T, const D: usize> From<[T; D]> for Spatial<T> {
    fn from(numbers: [T; D]) -> Self {
        Spatial::Each(numbers.into())
    }
}

impl<T: OptionValue> OptionValue for Spatial<T> {
    fn to_value(&self) -> Value {
        match self {
            Spatial::All(number) => number.to_value(),
            Spatial::Each(numbers) => Value::Tuple(numbers.iter().map(T::to_value).collect()),
        }
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        match value.as_list() {
            None => T::from_value(value).map(Spatial::All),
            Some(_) => Vec::from_value(value).map(Spatial::Each),
        }
    }
}

impl<T: OptionValue> std::fmt::Display for Spatial<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_value().fmt(f)
    }
}
