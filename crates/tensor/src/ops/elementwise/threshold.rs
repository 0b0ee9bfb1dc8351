use super::function::refused;
use super::{Elementwise, Number, Reads};
use crate::dispatch::{by_float, by_integer};
use crate::kernels::map::{self, Map};
use crate::{DType, Num, OptionValue, Scalar, Tensor, Value};

impl Tensor {
    /// `x` where it is above `threshold`, and at NaN, else `value`, as `torch.nn.functional.threshold`. Both
    /// numbers are cut to whole ones beside integers.
    ///
    /// ```
    /// let x = tensor::Tensor::from([-2.0f32, 0.5, 3.0]);
    /// assert_eq!(x.threshold(0.5, 20).to_vec::<f32>(), [20.0, 20.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// On `Bool`, and if the dtype cannot hold one of the numbers.
    #[track_caller]
    pub fn threshold(&self, threshold: impl Into<Scalar>, value: impl Into<Scalar>) -> Tensor {
        Threshold { threshold: threshold.into(), value: value.into() }.value(self)
    }
}

/// [`Tensor::threshold`] as a value.
#[derive(Clone, Copy, Debug)]
pub struct Threshold {
    /// What an element must be above to stay.
    pub threshold: Scalar,
    /// What the others become.
    pub value: Scalar,
}

impl Elementwise for Threshold {
    const NODE: &'static str = "ThresholdBackward0";
    const READS: Reads = Reads::Input;

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![("threshold", self.threshold.to_value())]
    }

    #[track_caller]
    fn value(&self, x: &Tensor) -> Tensor {
        if x.dtype == DType::Bool {
            return refused("threshold", x);
        }
        let number = |given: Scalar| if x.dtype.is_float() { given } else { Scalar::Int(given.to_i64()) };
        for given in [self.threshold, self.value] {
            given.check("threshold", x.dtype);
        }
        let [threshold, value] = [number(self.threshold), number(self.value)];
        by_float!(
            x.dtype,
            T => above::<T>(x, threshold, value),
            else by_integer!("threshold", x, T => above::<T>(x, threshold, value))
        )
    }

    /// 0 where the element did not stay, else `dy`.
    #[inline(always)]
    fn gradient<N: Number>(&self, dy: N, x: N) -> N {
        N::select(x.le(self.threshold.to_f64()), x.like(0.0), dy)
    }
}

#[track_caller]
fn above<T: Num>(x: &Tensor, threshold: Scalar, value: Scalar) -> Tensor {
    let above = Above::<T> { threshold: threshold.to_num(), value: value.to_num() };
    Tensor::build(x.shape(), x.dtype, |y: &mut [T]| map::map(&x.dense(), y, above))
}

struct Above<T> {
    threshold: T,
    value: T,
}

impl<T: Num> Map<T> for Above<T> {
    #[inline(always)]
    fn f(&self, x: T) -> T {
        if x <= self.threshold { self.value } else { x }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, zeros};

    /// Right values: `F.threshold(torch.tensor([1, 2, 3], dtype=…), …)`.
    #[test]
    fn integers_stay_integers_between_numbers_that_are_cut() {
        let x = Tensor::from([1i64, 2, 3]);
        assert_eq!(x.threshold(1.7, 2.6).to_vec::<i64>(), [2, 2, 3]);
        let x = Tensor::from([1u8, 2, 3]);
        assert_eq!(x.threshold(2, -1).to_vec::<u8>(), [255, 255, 3]);
        assert_eq!(x.threshold(-1, 3).to_vec::<u8>(), [3; 3]);
    }

    #[test]
    #[should_panic(
        expected = "threshold: value 300 cannot be converted to type torch.uint8 without overflow"
    )]
    fn a_number_beyond_the_dtype_is_refused() {
        Tensor::from([1u8]).threshold(300, 3);
    }

    #[test]
    #[should_panic(expected = "threshold: not implemented for torch.bool (shape [2])")]
    fn bools_have_no_threshold() {
        zeros([2]).gt(&zeros([2])).threshold(0, 1);
    }
}
