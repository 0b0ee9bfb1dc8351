use std::fmt;
use std::ops::{Deref, DerefMut};

use smallvec::SmallVec;

use crate::DType;

/// The sizes of a tensor's axes, outermost first; up to six are held without an allocation.
///
/// Anything that lists sizes converts into one: `[2, 3]`, `&[2, 3]`, `(2, 3)`, `vec![2, 3]`, `4`, and `()`
/// or `[]` for a tensor of one element and no axes.
#[derive(PartialEq, Eq, Hash, Default)]
pub struct Shape(SmallVec<[usize; 6]>);

impl Shape {
    /// The number of elements: the product of the sizes.
    ///
    /// # Panics
    /// If the product, an empty axis counted as 1, does not fit in an `isize`.
    #[track_caller]
    pub fn numel(&self) -> usize {
        match self.checked_numel() {
            Some(numel) => numel,
            None => storage_overflow(self),
        }
    }

    /// The number of elements, unless the product of the sizes exceeds `isize::MAX`. An empty axis counts as
    /// 1 there, so that strides and the products of some of the sizes fit too.
    pub(crate) fn checked_numel(&self) -> Option<usize> {
        let all = self.iter().try_fold(1usize, |n, &size| n.checked_mul(size.max(1)))?;
        isize::try_from(all).ok()?;
        Some(if self.contains(&0) { 0 } else { all })
    }

    /// The bytes that the elements take.
    ///
    /// # Panics
    /// If they are more than `isize::MAX`, the most that Rust can allocate.
    #[track_caller]
    pub(crate) fn bytes(&self, dtype: DType) -> usize {
        let bytes = self.checked_numel().and_then(|numel| numel.checked_mul(dtype.size_in_bytes()));
        match bytes {
            Some(bytes) if isize::try_from(bytes).is_ok() => bytes,
            _ => storage_overflow(self),
        }
    }

    pub(crate) fn push(&mut self, size: usize) {
        self.0.push(size);
    }

    pub(crate) fn insert(&mut self, at: usize, size: usize) {
        self.0.insert(at, size);
    }

    pub(crate) fn remove(&mut self, at: usize) -> usize {
        self.0.remove(at)
    }

    /// The shape that two shapes broadcast to: sizes are compared from the last axis on, and a 1 or a missing
    /// one gives way. If two sizes do not fit, both, with the axis of the result that they are for.
    pub(crate) fn broadcast(a: &[usize], b: &[usize]) -> Result<Shape, (usize, usize, usize)> {
        let ndim = a.len().max(b.len());
        let mut shape: Shape = std::iter::repeat_n(1, ndim).collect();
        for axis in (0..ndim).rev() {
            let size = |x: &[usize]| (axis + x.len()).checked_sub(ndim).map_or(1, |at| x[at]);
            shape[axis] = match (size(a), size(b)) {
                (1, n) | (n, 1) => n,
                (n, m) if n == m => n,
                (n, m) => return Err((n, m, axis)),
            };
        }
        Ok(shape)
    }

    /// The strides of a row-major tensor of this shape, in elements.
    pub(crate) fn row_major_strides(&self) -> Shape {
        let mut strides = self.clone();
        let mut step = 1;
        for (stride, &size) in strides.iter_mut().zip(self.iter()).rev() {
            *stride = step;
            step *= size.max(1);
        }
        strides
    }
}

#[cold]
#[track_caller]
fn storage_overflow(shape: &Shape) -> ! {
    panic!("Storage size calculation overflowed with sizes={shape:?}")
}

impl Clone for Shape {
    fn clone(&self) -> Self {
        Shape(SmallVec::from_slice(&self.0))
    }
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl DerefMut for Shape {
    fn deref_mut(&mut self) -> &mut [usize] {
        &mut self.0
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromIterator<usize> for Shape {
    fn from_iter<I: IntoIterator<Item = usize>>(sizes: I) -> Self {
        Shape(sizes.into_iter().collect())
    }
}

impl From<&[usize]> for Shape {
    fn from(sizes: &[usize]) -> Self {
        Shape(SmallVec::from_slice(sizes))
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(sizes: [usize; N]) -> Self {
        Shape(SmallVec::from_slice(&sizes))
    }
}

impl<const N: usize> From<&[usize; N]> for Shape {
    fn from(sizes: &[usize; N]) -> Self {
        Shape(SmallVec::from_slice(sizes))
    }
}

impl From<Vec<usize>> for Shape {
    fn from(sizes: Vec<usize>) -> Self {
        Shape(SmallVec::from_slice(&sizes))
    }
}

impl From<&Vec<usize>> for Shape {
    fn from(sizes: &Vec<usize>) -> Self {
        Shape(SmallVec::from_slice(sizes))
    }
}

impl From<&Shape> for Shape {
    fn from(shape: &Shape) -> Self {
        shape.clone()
    }
}

impl From<usize> for Shape {
    fn from(size: usize) -> Self {
        [size].into()
    }
}

macro_rules! from_tuples {
    ($($($n:ident)*;)*) => {$(
        impl From<($(from_tuples!(size $n),)*)> for Shape {
            fn from(($($n,)*): ($(from_tuples!(size $n),)*)) -> Self {
                [$($n),*].into()
            }
        }
    )*};
    (size $n:ident) => {
        usize
    };
}
from_tuples! { a; a b; a b c; a b c d; a b c d e; a b c d e f; }

impl From<()> for Shape {
    fn from((): ()) -> Self {
        Shape::default()
    }
}
