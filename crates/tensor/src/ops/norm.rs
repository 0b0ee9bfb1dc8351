use super::reduce::{count, reduced_axes};
use crate::dispatch::by_float;
use crate::{Float, Num, Tensor};

impl Tensor {
    /// The `p`-norm of all elements, `(Σ|x|ᵖ)^(1/p)`, as `torch.norm`: 2 is the Euclidean length, 1 the sum of
    /// magnitudes, ±∞ the largest or smallest magnitude, 0 the number of elements that are not 0.
    ///
    /// ```
    /// let x = tensor::Tensor::from([3.0f32, -4.0]);
    /// assert_eq!(x.norm(2.0).item(), 5.0);
    /// assert_eq!(x.norm(f64::INFINITY).item(), 4.0);
    /// ```
    ///
    /// # Panics
    /// If the dtype is not a float, or `p` is infinite and there are no elements.
    #[track_caller]
    pub fn norm(&self, p: f64) -> Tensor {
        self.norm_dim(p, &[], false)
    }

    /// The `p`-norm over the axes `dims`, all of them if it is empty; with `keepdim` they stay, of size 1.
    ///
    /// # Panics
    /// As [`Tensor::norm`], or if `dims` are not axes.
    #[track_caller]
    pub fn norm_dim(&self, p: f64, dims: &[isize], keepdim: bool) -> Tensor {
        let reduced = reduced_axes("norm", dims, self.ndim());
        by_float!("norm", self, T => {
            let of = |f: fn(T, T) -> T| {
                let p = <T as Num>::from_f64(p);
                self.map_with::<T, T>(self.dtype(), |x| f(x, p))
            };
            if p.is_infinite() {
                assert!(
                    count(self, &reduced) > 0,
                    "norm: cannot compute the {p} norm on an empty tensor because the operation does not have an \
                     identity (shape {:?})",
                    self.shape()
                );
                let magnitudes = of(|x, _| Num::abs(x));
                return if p > 0.0 { magnitudes.amax(dims, keepdim) } else { magnitudes.amin(dims, keepdim) };
            }
            if p == 0.0 {
                return of(|x, _| if x == T::ZERO { T::ZERO } else { T::ONE }).sum_dim(dims, keepdim);
            }
            if p == 1.0 {
                return of(|x, _| Num::abs(x)).sum_dim(dims, keepdim);
            }
            let square = p == 2.0;
            let powers = if square { of(|x, _| x * x) } else { of(|x, p| Float::powf(Num::abs(x), p)) };
            let mut sum = powers.sum_dim(dims, keepdim);
            let root = <T as Num>::from_f64(1.0 / p);
            for x in sum.slice_mut::<T>() {
                *x = if square { Float::sqrt(*x) } else { Float::powf(*x, root) };
            }
            sum
        })
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
        assert_eq!(x.norm_dim(2.0, &[0], true).to_vec::<f64>(), [4.0, 3.0]);
        assert!((x.norm(3.0).item() - 91f64.cbrt()).abs() < 1e-15);
        assert_eq!(zeros([0]).norm(2.0).item(), 0.0);
    }

    #[test]
    #[should_panic(expected = "norm: cannot compute the inf norm on an empty tensor")]
    fn nothing_has_no_largest_magnitude() {
        zeros([0]).norm(f64::INFINITY);
    }
}
