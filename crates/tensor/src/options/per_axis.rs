use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::OptionValue;
use crate::{Value, ValueError};

/// A size for each of the `D` spatial axes of an image, such as a kernel's or a stride: one number for all of
/// them, or one for each. It is printed and saved as it was given.
///
/// ```
/// use tensor::PerAxis;
///
/// let (square, oblong) = (PerAxis::<2>::from(3), PerAxis::from([3, 5]));
/// assert_eq!((square.axes(), oblong.axes()), ([3, 3], [3, 5]));
/// assert_eq!((square.to_string(), oblong.to_string()), ("3".into(), "(3, 5)".into()));
/// ```
#[derive(Clone, Copy, Debug)]
pub enum PerAxis<const D: usize> {
    /// The same for all.
    All(usize),
    /// One for each, in the order of the axes.
    Each([usize; D]),
}

impl<const D: usize> PerAxis<D> {
    /// The number of each axis.
    pub fn axes(self) -> [usize; D] {
        match self {
            PerAxis::All(size) => [size; D],
            PerAxis::Each(sizes) => sizes,
        }
    }

    /// The same with a number for each axis, as torch's convolutions keep it.
    #[must_use]
    pub fn each(self) -> Self {
        PerAxis::Each(self.axes())
    }
}

/// Two are equal if they mean the same.
impl<const D: usize> PartialEq for PerAxis<D> {
    fn eq(&self, other: &Self) -> bool {
        self.axes() == other.axes()
    }
}

impl<const D: usize> Eq for PerAxis<D> {}

impl<const D: usize> From<usize> for PerAxis<D> {
    fn from(size: usize) -> Self {
        PerAxis::All(size)
    }
}

impl<const D: usize> From<[usize; D]> for PerAxis<D> {
    fn from(sizes: [usize; D]) -> Self {
        PerAxis::Each(sizes)
    }
}

impl From<(usize, usize)> for PerAxis<2> {
    fn from(sizes: (usize, usize)) -> Self {
        PerAxis::Each(sizes.into())
    }
}

impl From<(usize, usize, usize)> for PerAxis<3> {
    fn from(sizes: (usize, usize, usize)) -> Self {
        PerAxis::Each(sizes.into())
    }
}

impl<const D: usize> OptionValue for PerAxis<D> {
    fn to_value(&self) -> Value {
        match self {
            PerAxis::All(size) => size.to_value(),
            PerAxis::Each(sizes) => Value::Tuple(sizes.iter().map(usize::to_value).collect()),
        }
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        if value.as_list().is_none() {
            return usize::from_value(value).map(PerAxis::All);
        }
        let sizes = Vec::<usize>::from_value(value)?;
        let sizes = sizes.try_into().map_err(|_| value.is_not("a number for each axis"))?;
        Ok(PerAxis::Each(sizes))
    }
}

impl<const D: usize> std::fmt::Display for PerAxis<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_value().fmt(f)
    }
}

impl<const D: usize> Serialize for PerAxis<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de, const D: usize> Deserialize<'de> for PerAxis<D> {
    fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_value(&value).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_through_plain_data_as_it_was_given() {
        for (size, text) in
            [(PerAxis::<2>::from(3), "3"), ([3, 3].into(), "(3, 3)"), ((1, 2).into(), "(1, 2)")]
        {
            assert_eq!(size.to_value().to_string(), text);
            let again = PerAxis::<2>::from_value(&size.to_value()).unwrap();
            assert_eq!((again, again.to_string()), (size, text.to_owned()));
            assert_eq!(Value::of(&size).to::<PerAxis<2>>().unwrap().to_string(), text);
        }
        assert_eq!(PerAxis::<1>::from([2]).to_string(), "(2,)");
        assert_eq!(PerAxis::<2>::from(3), PerAxis::from([3, 3]));
        let error = PerAxis::<2>::from_value(&"(1, 2, 3)".parse().unwrap()).unwrap_err().to_string();
        assert_eq!(error, "expected a number for each axis, found a tuple");
        assert!(PerAxis::<2>::from_value(&Value::Int(-1)).is_err());
    }
}
