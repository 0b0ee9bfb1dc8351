//! New tensors with given values, the twins of `torch.zeros`, `torch.arange` and their like.
//! `constructors.rs` makes functions of `Tensor` of them, too.

use crate::dispatch::by_element;
use crate::storage::Storage;
use crate::{DType, Float, Integers, Scalar, Shape, Tensor};

/// A tensor of Rust's numbers and arrays by the rules of `torch.tensor` for Python's: integers become `I64`,
/// floats `F32`. [`Tensor::from`] keeps Rust's type instead.
///
/// ```
/// use tensor::{DType, tensor};
/// assert_eq!(tensor([1.0, 2.0]).dtype(), DType::F32);
/// assert_eq!(tensor([[1, 2], [3, 4]]).dtype(), DType::I64);
/// assert_eq!(tensor(true).dtype(), DType::Bool);
/// ```
pub fn tensor(data: impl Into<Tensor>) -> Tensor {
    let x = data.into();
    match x.dtype {
        DType::Bool => x,
        dtype if dtype.is_float() => x.to_dtype(DType::F32),
        _ => x.to_dtype(DType::I64),
    }
}

/// Zeros, `F32`. There is no memory without values here: `torch.empty` is this, too.
///
/// ```
/// assert_eq!(tensor::zeros([2, 3]).to_vec::<f32>(), [0.0; 6]);
/// ```
#[doc(alias = "empty")]
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

/// Ones on the diagonal, zeros elsewhere, `F32`: `[n, n]` for one number `n`, `[n, m]` for two.
///
/// ```
/// assert_eq!(tensor::eye(2).to_vec::<f32>(), [1.0, 0.0, 0.0, 1.0]);
/// assert_eq!(tensor::eye((2, 3)).shape(), [2, 3]);
/// ```
///
/// # Panics
/// If there are not one or two numbers, or one is negative.
#[track_caller]
pub fn eye(n: impl Integers) -> Tensor {
    eye_dtype(n, DType::F32)
}

/// As [`eye`], of any dtype.
#[track_caller]
pub fn eye_dtype(n: impl Integers, dtype: DType) -> Tensor {
    let (n, m) = match n.integers()[..] {
        [n] => (n, n),
        [n, m] => (n, m),
        ref sizes => panic!("eye: one size or two, not {sizes:?}"),
    };
    assert!(n >= 0, "eye: n must be greater or equal to 0, got {n}");
    assert!(m >= 0, "eye: m must be greater or equal to 0, got {m}");
    let mut y = zeros_dtype([n as usize, m as usize], dtype);
    let one = Scalar::Int(1);
    by_element!(dtype, T => {
        let one = crate::Element::into_repr(one.to_element::<T>());
        y.slice_mut().iter_mut().step_by(m as usize + 1).take(n.min(m) as usize).for_each(|x| *x = one);
    });
    y
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
    linspace_dtype(start, end, n, DType::F32)
}

/// As [`linspace`], of any dtype but `Bool`; integers are cut towards zero, as in torch. Floats of 16 bits
/// are rounded from `F32`, where torch computes in them.
///
/// ```
/// use tensor::{DType, linspace_dtype};
/// assert_eq!(linspace_dtype(0.0, 10.0, 4, DType::I64).to_vec::<i64>(), [0, 3, 6, 10]);
/// ```
///
/// # Panics
/// On `Bool`.
#[track_caller]
pub fn linspace_dtype(start: f64, end: f64, n: usize, dtype: DType) -> Tensor {
    match dtype {
        DType::Bool => panic!("linspace: \"linspace_cpu\" not implemented for 'Bool'"),
        DType::F64 => evenly::<f64>(start, end, n, dtype),
        _ => {
            let [start, end] = bounds(start, end, dtype);
            evenly::<f32>(start, end, n, DType::F32).to_dtype(dtype) // rounded once
        }
    }
}

/// `base` to the power of `n` evenly spaced values from `start` to `end`, `F32`, as `torch.logspace`, whose
/// `base` is 10 by default.
///
/// ```
/// assert_eq!(tensor::logspace(0.0, 3.0, 4, 10.0).to_vec::<f32>(), [1.0, 10.0, 100.0, 1000.0]);
/// ```
#[track_caller]
pub fn logspace(start: f64, end: f64, n: usize, base: f64) -> Tensor {
    logspace_dtype(start, end, n, base, DType::F32)
}

/// As [`logspace`], of any dtype but `Bool`.
///
/// # Panics
/// On `Bool`; if there is one value, and `dtype` cannot hold it.
#[track_caller]
pub fn logspace_dtype(start: f64, end: f64, n: usize, base: f64, dtype: DType) -> Tensor {
    assert!(dtype != DType::Bool, "logspace: \"logspace_cpu\" not implemented for 'Bool'");
    let [start, end] = bounds(start, end, dtype);
    if n == 1 {
        return full_dtype(1, base.powf(start), dtype);
    }
    let exponents = evenly::<f64>(start, end, n, DType::F64).to_vec::<f64>(); // in every dtype, as torch
    let powers = exponents.into_iter().map(|x| base.powf(x));
    Tensor::from_vec(powers.collect(), n).to_dtype(dtype)
}

/// As torch reads them: integers cut towards zero.
fn bounds(start: f64, end: f64, dtype: DType) -> [f64; 2] {
    if dtype.is_float() { [start, end] } else { [start.trunc(), end.trunc()] }
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

    /// Uniform in [0, 1), in this tensor's shape and dtype.
    ///
    /// # Panics
    /// If the tensor is not floating-point.
    #[track_caller]
    pub fn rand_like(&self) -> Tensor {
        crate::rand_dtype(self.shape(), self.dtype())
    }

    /// Standard normal, in this tensor's shape and dtype.
    ///
    /// # Panics
    /// If the tensor is not floating-point.
    #[track_caller]
    pub fn randn_like(&self) -> Tensor {
        crate::randn_dtype(self.shape(), self.dtype())
    }

    /// Integers in [`low`, `high`), in this tensor's shape and dtype.
    ///
    /// # Panics
    /// As [`randint_dtype`](crate::randint_dtype).
    #[track_caller]
    pub fn randint_like(&self, low: i64, high: i64) -> Tensor {
        crate::randint_dtype(low, high, self.shape(), self.dtype())
    }

    /// Sets every element to `value`, in place if the memory is not shared.
    ///
    /// # Panics
    /// If the dtype cannot hold `value`.
    #[track_caller]
    pub fn fill_(&mut self, value: impl Into<Scalar>) {
        let value = value.into();
        value.check("fill_", self.dtype());
        by_element!(self.dtype(), T => {
            let x = value.to_element::<T>();
            self.slice_mut().fill(crate::Element::into_repr(x))
        });
    }

    /// Sets every element to 0, in place if the memory is not shared.
    pub fn zero_(&mut self) {
        self.fill_(0);
    }
}
