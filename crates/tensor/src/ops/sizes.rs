use smallvec::SmallVec;

use crate::Shape;

/// Sizes of axes as [`Tensor::reshape`](crate::Tensor::reshape) and [`Tensor::expand`](crate::Tensor::expand)
/// take them: anything that lists integers, where `-1` leaves a size to be worked out.
///
/// ```
/// let x = tensor::zeros([64, 28, 28]);
/// assert_eq!(x.reshape([-1, 784]).shape(), [64, 784]);
/// assert_eq!(x.reshape([x.size(0), 784]).shape(), [64, 784]);
/// assert_eq!(x.reshape(-1).shape(), [64 * 784]);
/// ```
pub trait Sizes {
    /// The sizes in order, outermost first.
    ///
    /// # Panics
    /// If a size is larger than `isize::MAX`.
    #[track_caller]
    fn sizes(&self) -> SmallVec<[isize; 6]>;
}

macro_rules! sizes {
    ($($t:ty),*) => {$(
        impl Sizes for $t {
            #[track_caller]
            fn sizes(&self) -> SmallVec<[isize; 6]> {
                [*self].sizes()
            }
        }
        impl Sizes for [$t] {
            #[track_caller]
            fn sizes(&self) -> SmallVec<[isize; 6]> {
                let mut sizes = SmallVec::new();
                for &n in self {
                    let size = n as isize;
                    // A `usize` past `isize::MAX` would turn into a negative size, and the last of them into
                    // -1.
                    assert!(n as i128 == size as i128, "no axis has a size of {n}: {self:?}");
                    sizes.push(size);
                }
                sizes
            }
        }
        impl<const N: usize> Sizes for [$t; N] {
            #[track_caller]
            fn sizes(&self) -> SmallVec<[isize; 6]> {
                self.as_slice().sizes()
            }
        }
        impl Sizes for Vec<$t> {
            #[track_caller]
            fn sizes(&self) -> SmallVec<[isize; 6]> {
                self.as_slice().sizes()
            }
        }
    )*};
}
// `i32` is what a list of literals becomes when nothing else says what it is.
sizes!(usize, isize, i32, i64);

impl Sizes for Shape {
    #[track_caller]
    fn sizes(&self) -> SmallVec<[isize; 6]> {
        self[..].sizes()
    }
}

impl Sizes for () {
    fn sizes(&self) -> SmallVec<[isize; 6]> {
        SmallVec::new()
    }
}

impl<S: Sizes + ?Sized> Sizes for &S {
    #[track_caller]
    fn sizes(&self) -> SmallVec<[isize; 6]> {
        (**self).sizes()
    }
}
