use crate::Tensor;
use crate::dispatch::by_float;
use crate::kernels::softmax::{Softmax, axes};

impl Tensor {
    /// `exp(xᵢ) / Σⱼ exp(xⱼ)` along `dim`. The largest element is taken off first, so nothing overflows.
    ///
    /// ```
    /// let y = tensor::Tensor::from([0.0f32, 0.0, 2.0f32.ln()]).softmax(-1);
    /// assert_eq!(y.to_vec::<f32>(), [0.25, 0.25, 0.5]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or the dtype is not a float.
    #[track_caller]
    pub fn softmax(&self, dim: isize) -> Tensor {
        along(Softmax::Shares, "softmax", self, dim)
    }

    /// `xᵢ − log Σⱼ exp(xⱼ)` along `dim`: the logarithm of [`Tensor::softmax`], exact where that underflows.
    ///
    /// ```
    /// let y = tensor::Tensor::from([1000.0f32, 0.0]).log_softmax(0);
    /// assert_eq!(y.to_vec::<f32>(), [0.0, -1000.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or the dtype is not a float.
    #[track_caller]
    pub fn log_softmax(&self, dim: isize) -> Tensor {
        along(Softmax::Logarithms, "log_softmax", self, dim)
    }
}

#[track_caller]
fn along(what: Softmax, op: &str, x: &Tensor, dim: isize) -> Tensor {
    by_float!(op, x, T => {
        let (n, inner) = axes(x.shape(), x.axis(op, dim));
        let data = x.dense::<T>();
        Tensor::build(x.shape(), x.dtype(), |y| what.of::<T>(&data, n, inner, y))
    })
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn every_axis_sums_to_one() {
        let x = arange(0.0, 24.0, 1.0).reshape([2, 3, 4]);
        for dim in [0, 1, 2, -1] {
            let y = x.softmax(dim).sum_dim(dim, false);
            assert!(y.allclose(&y.ones_like(), 1e-6, 0.0));
        }
        assert_eq!(
            x.transpose(1, 2).softmax(1).to_vec::<f32>(),
            x.softmax(2).transpose(1, 2).to_vec::<f32>()
        );
    }

    #[test]
    fn a_row_longer_than_the_cache_group() {
        let x = zeros([2, 5000]);
        assert!(x.softmax(1).allclose(&x.full_like(1.0 / 5000.0), 1e-6, 0.0));
        assert!(x.log_softmax(1).allclose(&x.full_like(-5000f64.ln()), 1e-6, 0.0));
    }

    #[test]
    fn nothing_and_single_elements() {
        assert_eq!(zeros([3, 0]).softmax(1).shape(), [3, 0]);
        assert_eq!(zeros([0, 3]).log_softmax(0).shape(), [0, 3]);
        assert_eq!(Tensor::from(5.0f32).softmax(0).item(), 1.0);
    }

    #[test]
    #[should_panic(expected = "softmax: not defined for torch.int64")]
    fn integers_have_no_softmax() {
        arange(0, 3, 1).softmax(0);
    }
}
