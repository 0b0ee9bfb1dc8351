//! What has come so far along an axis: products, extremes, and sums of logarithms.

use crate::dispatch::{by_float, by_num};
use crate::error::not_computable;
use crate::ops::positions::about;
use crate::{DType, Num, Tensor};

impl Tensor {
    /// The running product along `dim`. Integers and `Bool` multiply to `I64`, `F32` is accumulated in `F64`,
    /// as in torch.
    ///
    /// ```
    /// assert_eq!(tensor::arange(1, 5, 1).cumprod(0).to_vec::<i64>(), [1, 2, 6, 24]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn cumprod(&self, dim: isize) -> Tensor {
        let axis = self.axis("cumprod", dim);
        if self.dtype.is_float() {
            return in_doubles("cumprod", self, axis, 1.0, |product, x| product * x);
        }
        let x = self.to_dtype(DType::I64);
        running(&x, axis, 1i64, |product: i64, x: i64, _| product.wrapping_mul(x), |product| product)
    }

    /// The logarithm of the running sum of `eˣ` along `dim`, without overflow.
    ///
    /// ```
    /// let x = tensor::Tensor::from([1000.0f32, 1000.0]).logcumsumexp(0);
    /// assert_eq!(x.to_vec::<f32>(), [1000.0, 1000.6932]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or the dtype is not a float.
    #[track_caller]
    pub fn logcumsumexp(&self, dim: isize) -> Tensor {
        let axis = self.axis("logcumsumexp", dim);
        in_doubles("logcumsumexp", self, axis, f64::NEG_INFINITY, |sum, x| {
            let (low, high) = if sum < x || sum.is_nan() { (sum, x) } else { (x, sum) };
            if low.is_nan() || high.is_nan() {
                f64::NAN
            } else if low != high || low.is_finite() {
                (low - high).exp().ln_1p() + high
            } else {
                low
            }
        })
    }

    /// The largest element so far along `dim` and where it is, the last of equal ones: values of this dtype
    /// and `I64` indices. NaN counts as larger than everything.
    ///
    /// ```
    /// let (values, indices) = tensor::Tensor::from([1i64, 3, 2]).cummax(0);
    /// assert_eq!(values.to_vec::<i64>(), [1, 3, 3]);
    /// assert_eq!(indices.to_vec::<i64>(), [0, 1, 1]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn cummax(&self, dim: isize) -> (Tensor, Tensor) {
        let axis = self.axis("cummax", dim);
        by_num!("cummax", self, T => extremes::<T>(self, axis, |x, best| x >= best))
    }

    /// The smallest element so far along `dim` and where it is, as [`Tensor::cummax`]; NaN counts as smaller
    /// than everything.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn cummin(&self, dim: isize) -> (Tensor, Tensor) {
        let axis = self.axis("cummin", dim);
        by_num!("cummin", self, T => extremes::<T>(self, axis, |x, best| x <= best))
    }
}

/// Where each extreme so far is, and what is there.
fn extremes<T: Num>(x: &Tensor, axis: usize, beats: fn(T, T) -> bool) -> (Tensor, Tensor) {
    let first = (0, T::ZERO);
    let step = |(at, best): (i64, T), x: T, i: usize| {
        let better = i == 0 || x.is_nan() || (!best.is_nan() && beats(x, best));
        if better { (i as i64, x) } else { (at, best) }
    };
    let mut indices = Tensor::build(x.shape(), DType::I64, |_: &mut [i64]| {});
    along(x, axis, first, step, indices.slice_mut::<i64>(), |(at, _)| at);
    let values = if x.ndim() == 0 { x.clone() } else { x.gather(axis as isize, &indices) };
    (values, indices)
}

/// A running fold of floats, accumulated in double precision.
#[track_caller]
fn in_doubles(op: &str, x: &Tensor, axis: usize, first: f64, step: fn(f64, f64) -> f64) -> Tensor {
    if !x.dtype.has_functions() {
        not_computable(op, x);
    }
    by_float!(op, x, T => running(x, axis, first, |y, x: T, _| step(y, x.to_f64()), T::from_f64))
}

/// What a fold along an axis has become at each element, from `first` on by `step(state, x, position)`.
pub(super) fn running<T: Num, A: Copy>(
    x: &Tensor,
    axis: usize,
    first: A,
    step: impl Fn(A, T, usize) -> A,
    out: impl Fn(A) -> T,
) -> Tensor {
    Tensor::build(x.shape(), x.dtype, |y: &mut [T]| along(x, axis, first, step, y, out))
}

fn along<T: Num, A: Copy, Y>(
    x: &Tensor,
    axis: usize,
    first: A,
    step: impl Fn(A, T, usize) -> A,
    y: &mut [Y],
    out: impl Fn(A) -> Y,
) {
    let (_, n, inner) = about(x.shape(), axis);
    if y.is_empty() {
        return;
    }
    let data = x.dense::<T>();
    if inner == 1 {
        for (x, y) in data.chunks_exact(n).zip(y.chunks_exact_mut(n)) {
            let mut state = first;
            for (i, (&x, y)) in x.iter().zip(y).enumerate() {
                state = step(state, x, i);
                *y = out(state);
            }
        }
        return;
    }
    let mut states = vec![first; inner];
    for (x, y) in data.chunks_exact(n * inner).zip(y.chunks_exact_mut(n * inner)) {
        states.fill(first);
        for (i, (x, y)) in x.chunks_exact(inner).zip(y.chunks_exact_mut(inner)).enumerate() {
            for ((&x, y), state) in x.iter().zip(y).zip(&mut states) {
                *state = step(*state, x, i);
                *y = out(*state);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn the_last_of_equals_and_nan() {
        let nan = f32::NAN;
        let (values, indices) = Tensor::from([[nan, 1.0], [2.0, 1.0], [nan, 0.5]]).cummin(0);
        assert_eq!(indices.to_vec::<i64>(), [0, 0, 0, 1, 2, 2]);
        assert_eq!(values.select(1, 1).to_vec::<f32>(), [1.0, 1.0, 0.5]);
        assert!(values.select(1, 0).to_vec::<f32>().iter().all(|x| x.is_nan()));
        let (values, indices) = Tensor::from([false, true, true]).cummax(-1);
        assert_eq!(
            (values.to_vec::<bool>(), indices.to_vec::<i64>()),
            (vec![false, true, true], vec![0, 1, 2])
        );
    }

    #[test]
    fn every_axis_and_nothing() {
        let x = arange(1, 7, 1).reshape([2, 3]);
        assert_eq!(x.cumprod(0).to_vec::<i64>(), [1, 2, 3, 4, 10, 18]);
        assert_eq!(x.t().cumprod(0).to_vec::<i64>(), [1, 4, 2, 20, 6, 120]);
        assert_eq!(zeros([0, 2]).cummax(0).1.shape(), [0, 2]);
        assert_eq!(Tensor::from(3.0f32).logcumsumexp(0).item(), 3.0);
        let inf = f32::NEG_INFINITY;
        assert_eq!(Tensor::from([inf, inf, 1.0]).logcumsumexp(0).to_vec::<f32>(), [inf, inf, 1.0]);
    }
}
