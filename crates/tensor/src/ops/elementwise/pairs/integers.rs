//! Functions of the bits of integers.

use super::Operand;
use crate::dispatch::by_size;
use crate::error::not_computable;
use crate::ops::zip::{broadcast_shape, promote};
use crate::{DType, Tensor};

/// Rows for functions of two words of bits.
macro_rules! bitwise {
    ($($(#[$doc:meta])* $name:ident |$x:ident, $y:ident| $value:expr;)*) => {
        impl Tensor {$(
            $(#[$doc])*
            ///
            /// # Panics
            /// If the shapes do not broadcast, or one of the two is a float.
            #[track_caller]
            pub fn $name<'a>(&self, y: impl Into<Operand<'a, Tensor>>) -> Tensor {
                let (x, y) = integers(stringify!($name), self, y.into());
                let shape = broadcast_shape(stringify!($name), &x, &y);
                by_size!(x.dtype, R => x.zip_with::<R, R>(&y, &shape, x.dtype, |$x, $y| $value))
            }
        )*}
    };
}

bitwise! {
    /// The bits that are set in both; of `Bool`s, whether both are true.
    bitwise_and |x, y| x & y;
    /// The bits that are set in one of the two or in both; of `Bool`s, whether one of the two is true.
    bitwise_or |x, y| x | y;
    /// The bits that are set in exactly one of the two; of `Bool`s, whether they differ.
    bitwise_xor |x, y| x ^ y;
}

impl Tensor {
    /// Every bit turned over, `−x − 1`; of a `Bool`, whether it is false.
    ///
    /// ```
    /// assert_eq!(tensor::Tensor::from([0i64, 5]).bitwise_not().to_vec::<i64>(), [-1, -6]);
    /// ```
    ///
    /// # Panics
    /// On floats.
    #[track_caller]
    pub fn bitwise_not(&self) -> Tensor {
        no_floats("bitwise_not", self);
        if self.dtype == DType::Bool {
            return self.logical_not();
        }
        by_size!(self.dtype, R => self.map_with::<R, R>(self.dtype, |x| !x))
    }

    /// `x · 2ʸ`, whose bits that the type does not hold are lost; 0 where `y` is negative or not below the
    /// number of bits.
    ///
    /// # Panics
    /// If the shapes do not broadcast, one of the two is a float, or both are `Bool`.
    #[track_caller]
    pub fn bitwise_left_shift<'a>(&self, y: impl Into<Operand<'a, Tensor>>) -> Tensor {
        shift("bitwise_left_shift", self, y.into(), |x, y, bits| if y < bits { x << y } else { 0 })
    }

    /// `x / 2ʸ`, rounded down; where `y` is negative or not below the number of bits, −1 for what is
    /// negative, else 0.
    ///
    /// # Panics
    /// If the shapes do not broadcast, one of the two is a float, or both are `Bool`.
    #[track_caller]
    pub fn bitwise_right_shift<'a>(&self, y: impl Into<Operand<'a, Tensor>>) -> Tensor {
        shift("bitwise_right_shift", self, y.into(), |x, y, _| x >> y.min(63))
    }
}

/// Both as integers of one dtype.
#[track_caller]
fn integers(op: &str, x: &Tensor, y: Operand<'_, Tensor>) -> (Tensor, Tensor) {
    let (x, y) = match y {
        Operand::Array(y) => promote(x, y),
        Operand::Number(y) => x.beside_scalar(y),
    };
    no_floats(op, &x);
    (x, y)
}

#[track_caller]
fn no_floats(op: &str, x: &Tensor) {
    if x.dtype.is_float() || !x.dtype.is_computed() {
        not_computable(op, x);
    }
}

/// `f(x, y, bits)` in the widest integers; a negative `y` counts as a large one.
#[track_caller]
fn shift(op: &str, x: &Tensor, y: Operand<'_, Tensor>, f: fn(i64, u64, u64) -> i64) -> Tensor {
    let (x, y) = integers(op, x, y);
    if x.dtype == DType::Bool {
        not_computable(op, &x);
    }
    let (shape, bits) = (broadcast_shape(op, &x, &y), 8 * x.dtype.size_in_bytes() as u64);
    let wide = |x: &Tensor| x.to_dtype(DType::I64);
    wide(&x).zip_with(&wide(&y), &shape, DType::I64, |x: i64, y: i64| f(x, y as u64, bits)).to_dtype(x.dtype)
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor};

    #[test]
    fn bits_of_every_kind_of_integer() {
        let x = Tensor::from([6i64, -1]);
        assert_eq!(x.bitwise_and(3).to_vec::<i64>(), [2, 3]);
        assert_eq!(x.bitwise_or(&Tensor::from([1u8, 0])).to_vec::<i64>(), [7, -1]);
        let b = Tensor::from([true, false]);
        assert_eq!(b.bitwise_xor(true).to_vec::<bool>(), [false, true]);
        assert_eq!(b.bitwise_not().to_vec::<bool>(), [false, true]);
        assert_eq!(b.bitwise_and(&x).to_vec::<i64>(), [0, 0]);
    }

    #[test]
    fn shifts_end_at_the_types_bits() {
        let x = Tensor::from([-128i8, 3]);
        assert_eq!(x.bitwise_left_shift(1).to_vec::<i8>(), [0, 6]);
        assert_eq!(x.bitwise_right_shift(9).to_vec::<i8>(), [-1, 0]);
        assert_eq!(x.bitwise_right_shift(-1).to_vec::<i8>(), [-1, 0]);
        assert_eq!(Tensor::from([255u8]).bitwise_right_shift(&Tensor::from([7u8, 8])).to_vec::<u8>(), [1, 0]);
        assert_eq!(x.to_dtype(DType::I64).bitwise_left_shift(63).to_vec::<i64>(), [0, i64::MIN]);
    }

    #[test]
    #[should_panic(expected = "bitwise_and: not defined for torch.float32")]
    fn floats_are_no_bits() {
        Tensor::from([1.0f32]).bitwise_and(1);
    }
}
