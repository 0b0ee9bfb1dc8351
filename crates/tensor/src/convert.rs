//! Conversions: between dtypes, and to and from Rust's arrays and `ndarray`'s.

use half::{bf16, f16};
use ndarray::{Array, ArrayD, Dimension, IxDyn};

use crate::dispatch::by_element;
use crate::{DType, Element, Scalar, Tensor};

impl Tensor {
    /// The same values as another dtype, as torch's `.to(dtype)`: floats are cut towards zero on the way to
    /// integers, integers wrap around, anything but 0 is true, and itself is returned if the dtype is the
    /// same. What no integer type holds (NaN, 1e30) becomes what torch makes of it on x86-64: the least
    /// `I64`, the least `I32`, 0 in anything narrower.
    ///
    /// ```
    /// use tensor::{DType, Tensor};
    /// let x = Tensor::from([-1.7f32, 0.0, 2.5]);
    /// assert_eq!(x.to_dtype(DType::I64).to_vec::<i64>(), [-1, 0, 2]);
    /// assert_eq!(x.to_dtype(DType::Bool).to_vec::<bool>(), [true, false, true]);
    /// ```
    pub fn to_dtype(&self, dtype: DType) -> Tensor {
        if dtype == self.dtype {
            return self.clone();
        }
        by_element!(self.dtype, A => by_element!(dtype, B => {
            self.map_with::<<A as Element>::Repr, <B as Element>::Repr>(dtype, |x| {
                Cast::<B>::cast(A::from_repr(x)).into_repr()
            })
        }))
    }

    /// A copy as an `ndarray` array, the twin of torch's `.numpy()`.
    ///
    /// # Panics
    /// If `T` is not the tensor's type.
    #[track_caller]
    pub fn to_ndarray<T: Element>(&self) -> ArrayD<T> {
        ArrayD::from_shape_vec(IxDyn(self.shape()), self.to_vec()).expect("as many elements as the shape has")
    }
}

/// The conversion from one element to another, for every pair.
pub(crate) trait Cast<T> {
    fn cast(self) -> T;
}

macro_rules! cast {
    ($($a:ty => [$($b:ty),*]),* $(,)?) => {$($(
        impl Cast<$b> for $a {
            #[inline(always)]
            fn cast(self) -> $b {
                self as $b
            }
        }
    )*)*};
}

macro_rules! cast_number {
    ($($a:ty),*) => {$(
        cast!($a => [f32, f64]);
        impl Cast<bool> for $a {
            #[inline(always)]
            fn cast(self) -> bool {
                self != (0 as $a)
            }
        }
        impl Cast<f16> for $a {
            #[inline(always)]
            fn cast(self) -> f16 {
                f16::from_f32(self as f32)
            }
        }
        impl Cast<bf16> for $a {
            #[inline(always)]
            fn cast(self) -> bf16 {
                bf16::from_f32(self as f32)
            }
        }
        impl Cast<$a> for bool {
            #[inline(always)]
            fn cast(self) -> $a {
                u8::from(self) as $a
            }
        }
        impl Cast<$a> for f16 {
            #[inline(always)]
            fn cast(self) -> $a {
                self.to_f32().cast()
            }
        }
        impl Cast<$a> for bf16 {
            #[inline(always)]
            fn cast(self) -> $a {
                self.to_f32().cast()
            }
        }
    )*};
}
cast_number!(f32, f64, i64, i32, i16, i8, u64, u32, u16, u8);

macro_rules! cast_integer {
    ($($a:ty),*) => {$(
        cast!($a => [i64, i32, i16, i8, u64, u32, u16, u8]);
    )*};
}
cast_integer!(i64, i32, i16, i8, u64, u32, u16, u8);

macro_rules! cut {
    ($($a:ty => $($b:ty: |$x:ident| $value:expr),*);* $(;)?) => {$($(
        impl Cast<$b> for $a {
            #[inline(always)]
            fn cast(self) -> $b {
                let $x = f64::from(self);
                $value
            }
        }
    )*)*};
    ($($a:ty),*) => {$(
        cut!($a =>
            i64: |x| if (-TWO_63..TWO_63).contains(&x) { x as i64 } else { i64::MIN },
            i32: |x| if -2_147_483_649.0 < x && x < 2_147_483_648.0 { x as i32 } else { i32::MIN },
            i16: |x| Cast::<i32>::cast(x) as i16,
            i8: |x| Cast::<i32>::cast(x) as i8,
            u64: |x| if x >= TWO_63 { Cast::<i64>::cast(x - TWO_63) as u64 ^ (1 << 63) } else { Cast::<i64>::cast(x) as u64 },
            u32: |x| Cast::<i64>::cast(x) as u32,
            u16: |x| Cast::<i32>::cast(x) as u16,
            u8: |x| Cast::<i32>::cast(x) as u8;
        );
    )*};
}
/// 2⁶³, the first number above every `i64`.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;
cut!(f32, f64);

macro_rules! cast_small {
    ($($a:ty => $b:ty: $f:expr),* $(,)?) => {$(
        impl Cast<$b> for $a {
            #[inline(always)]
            fn cast(self) -> $b {
                $f(self)
            }
        }
    )*};
}
cast_small!(
    bool => bool: |x| x,
    f16 => f16: |x| x,
    bf16 => bf16: |x| x,
    f16 => bf16: |x: f16| bf16::from_f32(x.to_f32()),
    bf16 => f16: |x: bf16| f16::from_f32(x.to_f32()),
    bool => f16: |x| if x { f16::ONE } else { f16::ZERO },
    bool => bf16: |x| if x { bf16::ONE } else { bf16::ZERO },
    f16 => bool: |x: f16| x.to_f32() != 0.0,
    bf16 => bool: |x: bf16| x.to_f32() != 0.0,
);

impl<T: Element> From<Vec<T>> for Tensor {
    fn from(data: Vec<T>) -> Tensor {
        let n = data.len();
        Tensor::from_vec(data, n)
    }
}

impl<T: Element> From<&[T]> for Tensor {
    fn from(data: &[T]) -> Tensor {
        Tensor::from_slice(data, data.len())
    }
}

impl<T: Element, const N: usize> From<[T; N]> for Tensor {
    fn from(data: [T; N]) -> Tensor {
        Tensor::from_slice(&data, N)
    }
}

impl<T: Element, const N: usize, const M: usize> From<[[T; M]; N]> for Tensor {
    fn from(data: [[T; M]; N]) -> Tensor {
        Tensor::from_slice(data.as_flattened(), [N, M])
    }
}

impl<T: Element, const N: usize, const M: usize, const L: usize> From<[[[T; L]; M]; N]> for Tensor {
    fn from(data: [[[T; L]; M]; N]) -> Tensor {
        Tensor::from_slice(data.as_flattened().as_flattened(), [N, M, L])
    }
}

impl<T: Element, D: Dimension> From<Array<T, D>> for Tensor {
    /// Takes the values of an `ndarray` array, the twin of `torch.from_numpy`. The memory is not shared.
    fn from(array: Array<T, D>) -> Tensor {
        let shape = array.shape().to_vec();
        Tensor::from_vec(array.into_iter().collect(), shape)
    }
}

impl From<Scalar> for Tensor {
    fn from(x: Scalar) -> Tensor {
        match x {
            Scalar::Float(x) => Tensor::from(x as f32),
            Scalar::Int(x) => Tensor::from(x),
            Scalar::Bool(x) => Tensor::from(x),
        }
    }
}

macro_rules! from_element {
    ($($t:ty),*) => {$(
        impl From<$t> for Tensor {
            /// A tensor of one element and no axes.
            fn from(x: $t) -> Tensor {
                Tensor::from_slice(&[x], ())
            }
        }
    )*};
}
from_element!(f32, f64, f16, bf16, i64, i32, i16, i8, u64, u32, u16, u8, bool);
