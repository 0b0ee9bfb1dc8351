use smallvec::{Array, SmallVec};

use crate::Shape;

/// A list of integers as operations take them: sizes, axes, shifts. One number alone, an array, a slice or a
/// `Vec`, a tuple, and `()` for none. Among sizes, `-1` leaves one to be worked out.
///
/// ```
/// let x = tensor::zeros([64, 28, 28]);
/// assert_eq!(x.reshape([-1, 784]).shape(), [64, 784]);
/// assert_eq!(x.reshape((x.size(0), -1)).shape(), [64, 784]);
/// assert_eq!(x.sum_dim(0, false).shape(), [28, 28]);
/// assert_eq!(x.sum_dim([1, 2], true).shape(), [64, 1, 1]);
/// assert_eq!(x.sum_dim((), false).ndim(), 0); // all axes, as in torch
/// ```
pub trait Integers {
    /// The integers in order.
    ///
    /// # Panics
    /// If one is larger than `isize::MAX`.
    #[track_caller]
    fn integers(&self) -> SmallVec<[isize; 6]>;
}

macro_rules! integers {
    ($($t:ty),*) => {$(
        impl Integers for $t {
            #[track_caller]
            fn integers(&self) -> SmallVec<[isize; 6]> {
                [*self].integers()
            }
        }
        impl Integers for [$t] {
            #[track_caller]
            fn integers(&self) -> SmallVec<[isize; 6]> {
                let mut integers = SmallVec::new();
                for &n in self {
                    let integer = n as isize;
                    // A `usize` past `isize::MAX` would turn into a negative size, and the last of them into
                    // -1.
                    assert!(n as i128 == integer as i128, "no axis has a size of {n}: {self:?}");
                    integers.push(integer);
                }
                integers
            }
        }
        impl<const N: usize> Integers for [$t; N] {
            #[track_caller]
            fn integers(&self) -> SmallVec<[isize; 6]> {
                self.as_slice().integers()
            }
        }
        impl Integers for Vec<$t> {
            #[track_caller]
            fn integers(&self) -> SmallVec<[isize; 6]> {
                self.as_slice().integers()
            }
        }
    )*};
}
// `i32` is what a list of literals becomes when nothing else says what it is.
integers!(usize, isize, i32, i64);

/// Hands the tuples of one to six entries to the macro named: a type and a place for each entry.
macro_rules! up_to_six {
    ($with:ident) => {
        $with! {
            A 0;
            A 0 B 1;
            A 0 B 1 C 2;
            A 0 B 1 C 2 D 3;
            A 0 B 1 C 2 D 3 E 4;
            A 0 B 1 C 2 D 3 E 4 F 5;
        }
    };
}
pub(crate) use up_to_six;

/// Tuples of numbers, each of any type that is one alone.
macro_rules! tuples {
    ($($($T:ident $i:tt)*;)*) => {$(
        impl<$($T: Integers),*> Integers for ($($T,)*) {
            #[track_caller]
            fn integers(&self) -> SmallVec<[isize; 6]> {
                let mut integers = SmallVec::new();
                $(integers.extend(self.$i.integers());)*
                integers
            }
        }
    )*};
}
up_to_six!(tuples);

impl Integers for Shape {
    #[track_caller]
    fn integers(&self) -> SmallVec<[isize; 6]> {
        self[..].integers()
    }
}

impl<A: Array<Item = isize>> Integers for SmallVec<A> {
    fn integers(&self) -> SmallVec<[isize; 6]> {
        SmallVec::from_slice(self)
    }
}

impl Integers for () {
    fn integers(&self) -> SmallVec<[isize; 6]> {
        SmallVec::new()
    }
}

impl<S: Integers + ?Sized> Integers for &S {
    #[track_caller]
    fn integers(&self) -> SmallVec<[isize; 6]> {
        (**self).integers()
    }
}
