//! New tensors with given values, the twins of `torch.zeros`, `torch.arange` and their like.

use crate::dispatch::by_element;
use crate::storage::Storage;
use crate::{DType, Float, Scalar, Shape, Tensor};

/// Zeros, `F32`.
///
/// ```
/// assert_eq!(tensor::zeros([2, 3]).to_vec::<f32>(), [0.0; 6]);
/// ```
#[track_caller]
pub fn zeros(shape: impl Into<Shape>) -> Tensor {
    zeros_dtype(shape, DType::F32)
}

/// Zeros of any dtype.
#[track_caller]
pub fn zeros_dtype(shape: impl Into<Shape>, dtype: DType) -> Tensor {
    let shape = shape.into();
    Tensor::from_storage(Storage::zeroed(shape.bytes(dtype), &shape), shape, dtype)
}

/// Ones, `F32`.
#[track_caller]
pub fn ones(shape: impl Into<Shape>) -> Tensor {
    ones_dtype(shape, DType::F32)
}

/// Ones of any dtype.
#[track_caller]
pub fn ones_dtype(shape: impl Into<Shape>, dtype: DType) -> Tensor {
    full_dtype(shape, 1, dtype)
}

/// One value everywhere; `F32`, `I64` or `Bool` by the kind of the value.
///
/// ```
/// use tensor::DType;
/// assert_eq!(tensor::full([2], 7).dtype(), DType::I64);
/// assert_eq!(tensor::full([2], 7.0).dtype(), DType::F32);
/// ```
///
/// # Panics
/// If `value` is finite and beyond the range of `F32`.
#[track_caller]
pub fn full(shape: impl Into<Shape>, value: impl Into<Scalar>) -> Tensor {
    let value = value.into();
    full_dtype(shape, value, value.dtype())
}

/// One value everywhere, as any dtype.
///
/// # Panics
/// If `dtype` cannot hold `value`.
#[track_caller]
pub fn full_dtype(shape: impl Into<Shape>, value: impl Into<Scalar>, dtype: DType) -> Tensor {
    let value = value.into();
    value.check("full", dtype);
    by_element!(dtype, T => {
        let x = value.to_element::<T>();
        Tensor::build(shape, dtype, |out| out.fill(crate::Element::into_repr(x)))
    })
}

/// The identity matrix, `[n, n]`, `F32`.
#[track_caller]
pub fn eye(n: usize) -> Tensor {
    Tensor::build([n, n], DType::F32, |out: &mut [f32]| {
        out.fill(0.0);
        out.iter_mut().step_by(n + 1).for_each(|x| *x = 1.0);
    })
}

/// `start`, `start + step`, … up to but without `end`, as `torch.arange`: `I64` if all three are integers,
/// else `F32`.
///
/// ```
/// assert_eq!(tensor::arange(0, 6, 2).to_vec::<i64>(), [0, 2, 4]);
/// assert_eq!(tensor::arange(0.0, 1.0, 0.5).to_vec::<f32>(), [0.0, 0.5]);
/// ```
///
/// # Panics
/// If `step` is 0, points away from `end`, or a value is not finite; or if the values would
/// take more memory than there is.
#[track_caller]
pub fn arange(start: impl Into<Scalar>, end: impl Into<Scalar>, step: impl Into<Scalar>) -> Tensor {
    let (start, end, step) = (start.into(), end.into(), step.into());
    if let (Scalar::Int(start), Scalar::Int(end), Scalar::Int(step)) = (start, end, step) {
        check_step(step == 0, start == end || (start < end) == (step > 0));
        let n = (end.abs_diff(start)).div_ceil(step.unsigned_abs()) as usize;
        return Tensor::build(n, DType::I64, |out: &mut [i64]| {
            let mut next = start;
            for x in out {
                *x = next;
                next = next.wrapping_add(step); // only past the last one
            }
        });
    }
    let (start, end, step) = (start.to_f64(), end.to_f64(), step.to_f64());
    assert!((end - start).is_finite(), "arange: unsupported range: {start} -> {end}");
    assert!(step.is_finite(), "arange: step must be finite but got {step}");
    check_step(step == 0.0, start == end || (start < end) == (step > 0.0));
    let n = ((end - start) / step).ceil();
    assert!(n < isize::MAX as f64, "arange: invalid size, possible overflow? {n} elements");
    Tensor::build(n as usize, DType::F32, |out: &mut [f32]| {
        for (i, x) in out.iter_mut().enumerate() {
            *x = (start + i as f64 * step) as f32;
        }
    })
}

#[track_caller]
fn check_step(zero: bool, points_to_end: bool) {
    assert!(!zero, "arange: step must be nonzero");
    assert!(points_to_end, "arange: upper bound and lower bound inconsistent with step sign");
}

/// `n` evenly spaced values from `start` to `end`, both included, `F32`, as `torch.linspace`.
#[track_caller]
pub fn linspace(start: f64, end: f64, n: usize) -> Tensor {
    evenly::<f32>(start, end, n, DType::F32)
}

/// [`linspace`] in a float dtype.
pub(crate) fn evenly<T: Float>(start: f64, end: f64, n: usize, dtype: DType) -> Tensor {
    // As torch: from both ends towards the middle, in the dtype and rounded once, so that both ends are
    // exact.
    let (start, end) = (T::from_f64(start), T::from_f64(end));
    let step = if n > 1 { (end - start) / T::from_f64((n - 1) as f64) } else { T::ZERO };
    Tensor::build(n, dtype, |out: &mut [T]| {
        for (i, x) in out.iter_mut().enumerate() {
            *x = match i < n / 2 || n == 1 {
                true => step.mul_add(T::from_f64(i as f64), start),
                false => (-step).mul_add(T::from_f64((n - i - 1) as f64), end),
            };
        }
    })
}

impl Tensor {
    /// Zeros of this tensor's shape and dtype.
    #[track_caller]
    pub fn zeros_like(&self) -> Tensor {
        zeros_dtype(self.shape(), self.dtype())
    }

    /// Ones of this tensor's shape and dtype.
    #[track_caller]
    pub fn ones_like(&self) -> Tensor {
        ones_dtype(self.shape(), self.dtype())
    }

    /// `value` in this tensor's shape and dtype.
    ///
    /// # Panics
    /// If the dtype cannot hold `value`.
    #[track_caller]
    pub fn full_like(&self, value: impl Into<Scalar>) -> Tensor {
        full_dtype(self.shape(), value, self.dtype())
    }

    /// Sets every element to `value`, in place if the memory is not shared.
    ///
    /// # Panics
    /// If the dtype cannot hold `value`.
    #[track_caller]
    pub fn fill(&mut self, value: impl Into<Scalar>) {
        let value = value.into();
        value.check("fill", self.dtype());
        by_element!(self.dtype(), T => {
            let x = value.to_element::<T>();
            self.slice_mut().fill(crate::Element::into_repr(x))
        });
    }
}
