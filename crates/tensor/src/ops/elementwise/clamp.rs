use super::pairs::Operand;
use super::{Elementwise, Number, Reads};
use crate::dispatch::by_num;
use crate::error::not_computable;
use crate::kernels::map::{self, Map};
use crate::ops::zip::promoted_three;
use crate::{DType, Num, Scalar, Tensor, Value};

impl Tensor {
    /// `x` kept between `min` and `max`, numbers or tensors, as `torch.clamp`; either may be absent, and
    /// where `min > max` all is `max`. NaN stays NaN, and a bound that is NaN makes what it bounds NaN.
    ///
    /// The bounds take part in the choice of the dtype: numbers as scalars do, so that between whole numbers
    /// integers stay what they are and a float makes them `F32`; tensors as operands do, with which `x` is
    /// broadcast.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([-2.0f32, 0.5, 3.0]);
    /// assert_eq!(x.clamp(Some(0.0), Some(1.0)).to_vec::<f32>(), [0.0, 0.5, 1.0]);
    /// assert_eq!(x.clamp(None, Some(&Tensor::from([1.0f32, 0.0, 2.0]))).to_vec::<f32>(), [-2.0, 0.0, 2.0]);
    /// let x = Tensor::from([3u8, 255]);
    /// assert_eq!(x.clamp(Some(-1), Some(100)).to_vec::<u8>(), [3, 100]);
    /// ```
    ///
    /// # Panics
    /// If both are absent, on `Bool` between `bool`s, and if no value of the dtype is on the allowed side of
    /// a number; if shapes do not broadcast.
    #[track_caller]
    pub fn clamp<'a, B: Into<Operand<'a, Tensor>>>(&self, min: Option<B>, max: Option<B>) -> Tensor {
        let (min, max) = (min.map(B::into), max.map(B::into));
        match (min, max) {
            (Some(Operand::Array(min)), Some(Operand::Array(max))) => {
                let dtype = promoted_three(self, min, max);
                if dtype == DType::Bool {
                    not_computable("clamp", self);
                }
                self.to_dtype(dtype).maximum(min).minimum(max).to_dtype(dtype)
            }
            (Some(Operand::Array(min)), None) => self.maximum(min),
            (None, Some(Operand::Array(max))) => self.minimum(max),
            (Some(Operand::Number(min)), Some(Operand::Number(max))) => {
                self.clamp_to_numbers(Some(min), Some(max))
            }
            (Some(Operand::Number(min)), None) => self.clamp_to_numbers(Some(min), None),
            (None, Some(Operand::Number(max))) => self.clamp_to_numbers(None, Some(max)),
            (Some(min), Some(max)) => self.clamp_min(min).clamp_max(max),
            (None, None) => panic!("clamp: at least one of min and max must be given"),
        }
    }

    /// `x`, and `min` where it is below it: [`clamp`](Tensor::clamp) with one bound.
    #[track_caller]
    pub fn clamp_min<'a>(&self, min: impl Into<Operand<'a, Tensor>>) -> Tensor {
        self.clamp(Some(min), None)
    }

    /// `x`, and `max` where it is above it: [`clamp`](Tensor::clamp) with one bound.
    #[track_caller]
    pub fn clamp_max<'a>(&self, max: impl Into<Operand<'a, Tensor>>) -> Tensor {
        self.clamp(None, Some(max))
    }

    #[track_caller]
    fn clamp_to_numbers(&self, mut min: Option<Scalar>, mut max: Option<Scalar>) -> Tensor {
        let bounds = || [min, max].into_iter().flatten();
        let dtype = bounds().fold(self.dtype, |dtype, bound| bound.promote_with(dtype));
        if bounds().any(|bound| bound.to_f64().is_nan()) {
            return crate::full_dtype(self.shape(), f64::NAN, dtype);
        }
        let x = self.to_dtype(dtype);
        if dtype.is_float() {
            for bound in bounds() {
                bound.check("clamp", dtype);
            }
        } else {
            (min, max) = integer_bounds(min, max, dtype);
        }
        if dtype == DType::Bool {
            not_computable("clamp", self);
        }
        by_num!("clamp", &x, T => {
            let between = Between::<T> {
                min: min.map_or(T::LOWEST, Scalar::to_num),
                max: max.map_or(T::HIGHEST, Scalar::to_num),
            };
            Tensor::build(x.shape(), dtype, |y: &mut [T]| map::map(&x.dense(), y, between))
        })
    }
}

/// The bounds without one that lies beyond the integers of `dtype` on its own side, where it bounds nothing.
#[track_caller]
fn integer_bounds(
    min: Option<Scalar>,
    max: Option<Scalar>,
    dtype: DType,
) -> (Option<Scalar>, Option<Scalar>) {
    let (least, most) = dtype.exact_integers();
    let value = |bound: &Scalar| i128::from(bound.to_i64());
    let outside = match (min, max) {
        (Some(min), _) if value(&min) > most => Some(("min", min)),
        (_, Some(max)) if value(&max) < least => Some(("max", max)),
        _ => None,
    };
    if let Some((which, bound)) = outside {
        panic!("clamp: Clamp {which} value {bound} is outside the representable range of {dtype}");
    }
    (min.filter(|min| value(min) >= least), max.filter(|max| value(max) <= most))
}

struct Between<T> {
    min: T,
    max: T,
}

impl<T: Num> Map<T> for Between<T> {
    #[inline(always)]
    fn f(&self, x: T) -> T {
        let x = if x < self.min { self.min } else { x };
        if x > self.max { self.max } else { x }
    }
}

/// [`Tensor::clamp`] between floats as a value.
#[derive(Clone, Copy, Debug)]
pub struct Clamp {
    /// The lower bound, if there is one.
    pub min: Option<f64>,
    /// The upper bound, if there is one.
    pub max: Option<f64>,
}

impl Elementwise for Clamp {
    const NODE: &'static str = "ClampBackward1";
    const READS: Reads = Reads::Input;

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        let bounds = [("min", self.min), ("max", self.max)];
        bounds.into_iter().filter_map(|(name, bound)| Some((name, bound?.into()))).collect()
    }

    fn value(&self, x: &Tensor) -> Tensor {
        x.clamp(self.min, self.max)
    }

    /// `dy` strictly between the bounds, else 0.
    #[inline(always)]
    fn gradient<N: Number>(&self, dy: N, x: N) -> N {
        let zero = x.like(0.0);
        let dx = match self.min {
            Some(min) => N::select(x.gt(min), dy, zero.clone()),
            None => dy,
        };
        match self.max {
            Some(max) => N::select(x.lt(max), dx, zero),
            None => dx,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, Operand, Scalar, Tensor};

    #[test]
    fn the_bounds_choose_the_dtype() {
        let x = Tensor::from([-5i64, 0, 1, 7]);
        assert_eq!(x.clamp(Some(0), Some(1)).to_vec::<i64>(), [0, 0, 1, 1]);
        assert_eq!(x.clamp(None, Some(2.5)).to_vec::<f32>(), [-5.0, 0.0, 1.0, 2.5]);
        assert_eq!(x.clamp(Some(Scalar::Int(2)), Some(Scalar::Float(1.5))).to_vec::<f32>(), [1.5; 4]);
        let b = Tensor::from([true, false]);
        assert_eq!(b.clamp(Some(-1), Some(300)).to_vec::<i64>(), [1, 0]);
        assert_eq!(b.clamp(Some(0.5), None).to_vec::<f32>(), [1.0, 0.5]);
        assert_eq!(Tensor::from([0u8, 3]).clamp(None, Some(true)).to_vec::<u8>(), [0, 1]);
    }

    #[test]
    fn one_bound_is_a_number_and_one_a_tensor() {
        let (x, least) = (Tensor::from([-5.0f32, 0.0, 7.0]), Tensor::from([-1.0f32, 1.0, 0.0]));
        let (tensor, number) = (|| Some(Operand::from(&least)), || Some(Operand::from(2.0)));
        assert_eq!(x.clamp(tensor(), number()).to_vec::<f32>(), [-1.0, 1.0, 2.0]);
        assert_eq!(x.clamp(number(), tensor()).to_vec::<f32>(), [-1.0, 1.0, 0.0]);
    }

    #[test]
    fn nan_is_no_bound() {
        for x in [Tensor::from([-1.0f64, f64::NAN]), Tensor::from([1i8, 2]), Tensor::from([true, false])] {
            for (min, max) in [(Some(f64::NAN), None), (None, Some(f64::NAN)), (Some(f64::NAN), Some(1.0))] {
                let y = x.clamp(min, max);
                assert_eq!(y.dtype(), x.dtype().or_float());
                assert!(y.to_dtype(DType::F64).to_vec::<f64>().iter().all(|y| y.is_nan()));
            }
        }
    }

    #[test]
    fn large_bounds_keep_their_digits_and_those_beyond_the_type_bound_nothing() {
        let edge = (1i64 << 53) + 1;
        let x = Tensor::from([i64::MIN, i64::MAX]);
        assert_eq!(x.clamp(Some(-edge), Some(edge)).to_vec::<i64>(), [-edge, edge]);
        let bytes = Tensor::from([-128i8, 127]);
        assert_eq!(bytes.clamp(Some(-1000), Some(1000)).to_vec::<i8>(), [-128, 127]);
        assert_eq!(Tensor::from([0.0f32, 3.0]).clamp(Some(1), Some(-1)).to_vec::<f32>(), [-1.0; 2]);
    }

    #[test]
    #[should_panic(expected = "clamp: Clamp min value 300 is outside the representable range of torch.uint8")]
    fn nothing_is_above_what_the_type_ends_at() {
        Tensor::from([3u8]).clamp(Some(300), None);
    }

    #[test]
    #[should_panic(expected = "clamp: Clamp max value -1 is outside the representable range of torch.uint8")]
    fn nothing_is_below_what_the_type_begins_at() {
        Tensor::from([3u8]).clamp(Some(0), Some(-1));
    }

    #[test]
    #[should_panic(
        expected = "clamp: value 1e300 cannot be converted to type torch.float32 without overflow"
    )]
    fn a_bound_is_finite_in_the_dtype() {
        Tensor::from([3.0f32]).clamp(None, Some(1e300));
    }
}
