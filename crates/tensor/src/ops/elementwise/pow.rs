use super::{Elementwise, Number, Reads};
use crate::dispatch::{by_float, by_integer};
use crate::ops::zip::{broadcast_shape, promote, zip_calls};
use crate::{Float, Map, Num, Scalar, Tensor, Value};

impl Tensor {
    /// `xᵖ`, elementwise, as `x ** p` with a float `p`; integers become `F32` first. Squares, cubes, roots
    /// and reciprocals take their exact short ways, as in torch.
    ///
    /// ```
    /// let x = tensor::Tensor::from([1.0f32, 2.0, 3.0]);
    /// assert_eq!(x.powf(2.0).to_vec::<f32>(), [1.0, 4.0, 9.0]);
    /// ```
    #[track_caller]
    pub fn powf(&self, p: f64) -> Tensor {
        PowF { exponent: p }.value(self)
    }

    /// [`Tensor::pow`] of a number.
    #[doc(hidden)]
    #[track_caller]
    pub fn pow_scalar(&self, p: impl Into<Scalar>) -> Tensor {
        let p = p.into();
        let dtype = p.promote_with(self.dtype);
        if dtype.is_float() {
            return self.to_dtype(dtype).powf(p.to_f64());
        }
        assert!(p.to_i64() >= 0, "pow: Integers to negative integer powers are not allowed.");
        match p.to_i64() {
            0 => crate::ones_dtype(self.shape(), dtype),
            1 => self.to_dtype(dtype),
            _ => self.to_dtype(dtype).pow(&p.to_stored("pow", dtype)),
        }
    }
}

/// The power of two tensors; see [`Tensor::pow`].
#[track_caller]
pub(super) fn pow(x: &Tensor, y: &Tensor) -> Tensor {
    let (x, y) = promote(x, y);
    if x.dtype.is_float() {
        return by_float!("pow", &x, T => zip_calls::<T>("pow", &x, &y, |x, y| x.powf(y)));
    }
    let shape = broadcast_shape("pow", &x, &y);
    by_integer!("pow", &x, T => x.zip_with(&y, &shape, x.dtype, power_of_integers::<T>))
}

/// [`Tensor::powf`] as a value.
#[derive(Clone, Copy, Debug)]
pub struct PowF {
    /// `p`
    pub exponent: f64,
}

impl<T: Float> Map<T> for PowF {
    #[inline(always)]
    fn f(&self, x: T) -> T {
        match self.exponent {
            2.0 => x * x,
            3.0 => x * x * x,
            1.0 => x,
            0.5 => x.sqrt(),
            -0.5 => T::ONE / x.sqrt(),
            -1.0 => T::ONE / x,
            -2.0 => T::ONE / (x * x),
            p => x.powf(T::from_f64(p)),
        }
    }
}

impl Elementwise for PowF {
    const NODE: &'static str = "PowBackward0";
    const READS: Reads = Reads::Input;

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![("exponent", self.exponent.into())]
    }

    fn value(&self, x: &Tensor) -> Tensor {
        if self.exponent == 0.5 { x.sqrt() } else { x.map_as("pow", *self) }
    }

    /// `p·xᵖ⁻¹·dy`; of the power 0 it is 0 even where `dy` is infinite.
    #[inline(always)]
    fn gradient<N: Number>(&self, dy: N, x: N) -> N {
        match self.exponent {
            0.0 => x.like(0.0),
            1.0 => dy,
            2.0 => dy * (x.clone() + x),
            p => dy * (x.like(p) * x.powf(p - 1.0)),
        }
    }
}

/// `xʸ` of integers, by squaring.
fn power_of_integers<T: Num>(mut x: T, mut y: T) -> T {
    let two = T::ONE.add(T::ONE);
    let odd = |y: T| y.div(two).mul(two) != y;
    if y < T::ZERO {
        return match x {
            x if x == T::ONE => x,
            x if x == T::ONE.neg() => {
                if odd(y) {
                    x
                } else {
                    T::ONE
                }
            }
            _ => T::ZERO,
        };
    }
    let mut power = T::ONE;
    while y > T::ZERO {
        if odd(y) {
            power = power.mul(x);
        }
        x = x.mul(x);
        y = y.div(two);
    }
    power
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor};

    #[test]
    fn integers_stay_integers_and_wrap_around() {
        let x = Tensor::from([i64::MIN, -3, 0, (1 << 53) + 1]);
        assert_eq!(x.pow(3).to_vec::<i64>(), [0, -27, 0, 27_021_597_764_222_977]);
        assert_eq!(x.pow(63).to_vec::<i64>(), [0, 3_237_885_987_332_494_933, 0, 567_453_553_048_682_497]);
        let x = Tensor::from([-128i8, -3, 0, 127]);
        assert_eq!(x.pow(63).to_vec::<i8>(), [0, 85, 0, 127]);
        assert_eq!(x.pow(&Tensor::from([1i16, 2, 3, 2])).to_vec::<i16>(), [-128, 9, 0, 16129]);
        let x = Tensor::from([0u8, 3, 255, 7]);
        assert_eq!(x.pow(3).to_vec::<u8>(), [0, 27, 255, 87]);
        assert_eq!(x.pow(&Tensor::from(300i64)).to_vec::<u8>(), [0, 113, 1, 33], "300 is 44 to a byte");
    }

    #[test]
    fn whole_powers_of_zero_and_one_are_exact() {
        let x = Tensor::from([(1i64 << 53) + 1, 0]);
        assert_eq!(x.pow(1).to_vec::<i64>(), [(1 << 53) + 1, 0]);
        assert_eq!(x.pow(0).to_vec::<i64>(), [1, 1]);
    }

    #[test]
    fn negative_powers_that_a_tensor_holds_are_cut() {
        let x = Tensor::from([1i64, -1, -1, 2, 0]);
        assert_eq!(x.pow(&Tensor::from([-1i64, -3, -2, -2, -1])).to_vec::<i64>(), [1, -1, 1, 0, 0]);
    }

    #[test]
    fn a_float_on_either_side_makes_floats() {
        let x = Tensor::from([4i64, 9]);
        assert_eq!(x.pow(0.5).to_vec::<f32>(), [2.0, 3.0]);
        assert_eq!(x.pow(&Tensor::from(2.0f32)).to_vec::<f32>(), [16.0, 81.0]);
        let large = Tensor::from([(1i64 << 53) - 1]);
        let one = Tensor::from([1.0f64]);
        assert_eq!(large.pow(&one).to_vec::<f64>(), [9_007_199_254_740_991.0], "not by way of f32");
        assert_eq!(Tensor::from([3.0f32]).pow(-1).to_vec::<f32>(), [1.0 / 3.0]);
    }

    #[test]
    fn powers_of_booleans() {
        let x = Tensor::from([true, false]);
        assert_eq!(x.pow(true).to_vec::<bool>(), [true, false]);
        assert_eq!(x.pow(false).to_vec::<bool>(), [true, true]);
        assert_eq!(x.pow(2).to_vec::<i64>(), [1, 0]);
        assert_eq!(x.pow(0.0).dtype(), DType::F32);
    }

    #[test]
    #[should_panic(expected = "pow: Integers to negative integer powers are not allowed.")]
    fn a_negative_power() {
        Tensor::from([3u8]).pow(-1);
    }

    #[test]
    #[should_panic(expected = "pow: value 300 cannot be converted to type torch.uint8 without overflow")]
    fn a_power_beyond_the_type() {
        Tensor::from([3u8]).pow_scalar(300);
    }

    #[test]
    #[should_panic(expected = "pow: not defined for torch.bool")]
    fn booleans_to_booleans() {
        Tensor::from([true]).pow(&Tensor::from([true]));
    }
}
