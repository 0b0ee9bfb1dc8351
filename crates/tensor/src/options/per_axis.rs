use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{OptionValue, Spatial};
use crate::{Value, ValueError};

/// A size for each of the `D` spatial axes of an image: one for all of them, or one for each. It is printed
/// and saved as it was given. See [`PerAxis`] and [`OutputSize`].
#[derive(Clone, Copy, Debug)]
pub enum AxisSizes<const D: usize, T> {
    /// The same for all.
    All(T),
    /// One for each, in the order of the axes.
    Each([T; D]),
}

/// A size for each of the `D` spatial axes of an image, such as a kernel's or a stride.
///
/// ```
/// use tensor::PerAxis;
///
/// let (square, oblong) = (PerAxis::<2>::from(3), PerAxis::from([3, 5]));
/// assert_eq!((square.axes(), oblong.axes()), ([3, 3], [3, 5]));
/// assert_eq!((square.to_string(), oblong.to_string()), ("3".into(), "(3, 5)".into()));
/// ```
pub type PerAxis<const D: usize> = AxisSizes<D, usize>;

/// The sizes that an image is to have along its `D` spatial axes; `None` keeps that of an axis.
///
/// ```
/// use tensor::OutputSize;
///
/// let (square, flat) = (OutputSize::<2>::from(3), OutputSize::from([None, Some(5)]));
/// assert_eq!((square.to_string(), flat.to_string()), ("3".into(), "(None, 5)".into()));
/// ```
pub type OutputSize<const D: usize> = AxisSizes<D, Option<usize>>;

impl<const D: usize, T: Copy> AxisSizes<D, T> {
    /// The number of each axis.
    pub fn axes(self) -> [T; D] {
        match self {
            AxisSizes::All(size) => [size; D],
            AxisSizes::Each(sizes) => sizes,
        }
    }

    /// The same with a number for each axis, as torch's convolutions keep it.
    #[must_use]
    pub fn each(self) -> Self {
        AxisSizes::Each(self.axes())
    }
}

/// Two are equal if they mean the same.
impl<const D: usize, T: Copy + PartialEq> PartialEq for AxisSizes<D, T> {
    fn eq(&self, other: &Self) -> bool {
        self.axes() == other.axes()
    }
}

impl<const D: usize, T: Copy + Eq> Eq for AxisSizes<D, T> {}

impl<const D: usize, T> From<T> for AxisSizes<D, T> {
    fn from(size: T) -> Self {
        AxisSizes::All(size)
    }
}

impl<const D: usize> From<[usize; D]> for PerAxis<D> {
    fn from(sizes: [usize; D]) -> Self {
        PerAxis::Each(sizes)
    }
}

impl<const D: usize> From<usize> for OutputSize<D> {
    fn from(size: usize) -> Self {
        OutputSize::All(Some(size))
    }
}

impl<const D: usize> From<[usize; D]> for OutputSize<D> {
    fn from(sizes: [usize; D]) -> Self {
        OutputSize::Each(sizes.map(Some))
    }
}

impl<const D: usize> From<[Option<usize>; D]> for OutputSize<D> {
    fn from(sizes: [Option<usize>; D]) -> Self {
        OutputSize::Each(sizes)
    }
}

impl<const D: usize> From<[isize; D]> for AxisSizes<D, isize> {
    fn from(sizes: [isize; D]) -> Self {
        AxisSizes::Each(sizes)
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

impl<const D: usize, T: OptionValue + Copy> OptionValue for AxisSizes<D, T> {
    fn to_value(&self) -> Value {
        match *self {
            AxisSizes::All(size) => Spatial::All(size),
            AxisSizes::Each(sizes) => sizes.into(),
        }
        .to_value()
    }

    fn from_value(value: &Value) -> Result<Self, ValueError> {
        Ok(match Spatial::from_value(value)? {
            Spatial::All(size) => AxisSizes::All(size),
            Spatial::Each(sizes) => {
                let sizes = sizes.try_into().map_err(|_| value.is_not("a number for each axis"))?;
                AxisSizes::Each(sizes)
            }
        })
    }
}

impl<const D: usize, T: OptionValue + Copy> std::fmt::Display for AxisSizes<D, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_value().fmt(f)
    }
}

impl<const D: usize, T: OptionValue + Copy> Serialize for AxisSizes<D, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de, const D: usize, T: OptionValue + Copy> Deserialize<'de> for AxisSizes<D, T> {
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
