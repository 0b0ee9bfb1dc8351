use crate::dispatch::by_float;
use crate::error::not_computable;
use crate::kernels::parallel::{GRAIN, for_each_chunk_mut};
use crate::kernels::rounding::sum_of_squares;
use crate::ops::axes::{Visit, count, drop_axes, each, reduced_axes};
use crate::{Float, Integers, Tensor};

impl Tensor {
    /// The `p`-norm of all elements, `(Σ|x|ᵖ)^(1/p)`, as `torch.norm`: 2 is the Euclidean length, 1 the sum
    /// of magnitudes, ±∞ the largest or smallest magnitude, 0 the number of elements that are not 0.
    ///
    /// ```
    /// let x = tensor::Tensor::from([3.0f32, -4.0]);
    /// assert_eq!(x.norm(2.0).item(), 5.0);
    /// assert_eq!(x.norm(f64::INFINITY).item(), 4.0);
    /// ```
    ///
    /// # Panics
    /// If the dtype is not a float, or `p` is infinite or negative and there are no elements.
    #[track_caller]
    pub fn norm(&self, p: f64) -> Tensor {
        self.norm_over(p, &[], false)
    }

    /// The `p`-norm over the axes `dims`, all of them if it is empty; with `keepdim` they stay, of size 1.
    ///
    /// # Panics
    /// As [`Tensor::norm`], or if `dims` are not axes.
    #[track_caller]
    pub fn norm_dim(&self, p: f64, dims: impl Integers, keepdim: bool) -> Tensor {
        self.norm_over(p, &dims.integers(), keepdim)
    }

    #[track_caller]
    fn norm_over(&self, p: f64, dims: &[isize], keepdim: bool) -> Tensor {
        let reduced = reduced_axes("norm", dims, self.ndim());
        if !self.dtype.has_functions() {
            not_computable("norm", self);
        }
        if (0..self.ndim()).all(|axis| reduced[axis] == 0 || self.shape()[axis] == 1) && p != 0.0 {
            return drop_axes(self.abs(), &reduced, keepdim); // as in torch, a square cannot overflow here
        }
        assert!(
            (p >= 0.0 && p.is_finite()) || count(self, &reduced) > 0,
            "norm: cannot compute the {p} norm on an empty tensor because the operation does not have an identity \
             (shape {:?})",
            self.shape()
        );
        if p.is_infinite() {
            let magnitudes = self.abs();
            return if p > 0.0 { magnitudes.amax(dims, keepdim) } else { magnitudes.amin(dims, keepdim) };
        }
        if p == 0.0 {
            return self.ne(0).to_dtype(self.dtype()).sum_dim(dims, keepdim);
        }
        let Visit { x, flags, kept, back } = Visit::new(self, &reduced);
        let y = by_float!("norm", self, T => {
            Tensor::build(kept, self.dtype, |y: &mut [T]| norms(&x.dense::<T>(), x.shape(), &flags, p, y))
        });
        drop_axes(y.permute(&back), &reduced, keepdim)
    }
}

/// The norms over the flagged axes of row-major `x`, whose terms add up in torch's order: the squares of a
/// row in lanes, and everything else one after the other.
fn norms<T: Float>(x: &[T], shape: &[usize], flags: &[usize], p: f64, y: &mut [T]) {
    let longer = || shape.iter().zip(flags).filter(|&(&n, _)| n != 1).map(|(_, &flag)| flag);
    let rows = longer().is_sorted() && !x.is_empty();
    if p == 2.0 && rows {
        let n = x.len() / y.len();
        for_each_chunk_mut(y, GRAIN.div_ceil(n), |start, y| {
            for (y, x) in y.iter_mut().zip(x[start * n..].chunks_exact(n)) {
                *y = sum_of_squares(x).sqrt();
            }
        });
        return;
    }
    y.fill(T::ZERO);
    let power = T::from_f64(p);
    if p == 1.0 {
        each(x, shape, flags, y, |sum, x| *sum += x.abs());
    } else if p == 2.0 {
        each(x, shape, flags, y, |sum, x| *sum += x * x);
        y.iter_mut().for_each(|y| *y = y.sqrt());
    } else {
        each(x, shape, flags, y, |sum, x| *sum += x.abs().powf(power));
        y.iter_mut().for_each(|y| *y = y.powf(T::ONE / power));
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, zeros};

    #[test]
    fn every_kind_of_p() {
        let x = Tensor::from([[0.0f64, -3.0], [4.0, 0.0]]);
        let all = [2.0, 1.0, 0.0, f64::INFINITY, f64::NEG_INFINITY].map(|p| x.norm(p).item());
        assert_eq!(all, [5.0, 7.0, 2.0, 4.0, 0.0]);
        assert_eq!(x.norm_dim(2.0, [0], true).to_vec::<f64>(), [4.0, 3.0]);
        assert!((x.norm(3.0).item() - 91f64.cbrt()).abs() < 1e-15);
        assert_eq!(zeros([0]).norm(2.0).item(), 0.0);
        // The square of one element is not taken.
        assert_eq!(Tensor::from([-1e30f32]).norm(2.0).to_vec::<f32>(), [1e30]);
        assert_eq!(
            Tensor::from([[1e30f32], [-2e30]]).norm_dim(2.0, [1], false).to_vec::<f32>(),
            [1e30, 2e30]
        );
        assert_eq!(Tensor::from([1e30f32, 1e30]).norm(2.0).item(), f64::INFINITY);
    }

    #[test]
    #[should_panic(expected = "norm: cannot compute the inf norm on an empty tensor")]
    fn nothing_has_no_largest_magnitude() {
        zeros([0]).norm(f64::INFINITY);
    }

    #[test]
    #[should_panic(expected = "norm: cannot compute the -1 norm on an empty tensor")]
    fn nothing_has_no_harmonic_norm() {
        zeros([2, 0]).norm_dim(-1.0, [1], false);
    }
}
