use crate::ops::axes::reduced_axes;
use crate::{Integers, Tensor};

impl Tensor {
    /// `log Σ exp(x)` over the axes `dims`, all of them if it is empty, without overflow; with `keepdim` they
    /// stay, of size 1. Integers count as `F32`.
    ///
    /// ```
    /// let x = tensor::Tensor::from([1000.0f32, 1000.0]);
    /// assert_eq!(x.logsumexp(0, false).item(), f64::from(1000.0f32 + 2.0f32.ln()));
    /// ```
    ///
    /// # Panics
    /// If `dims` are not axes.
    #[track_caller]
    pub fn logsumexp(&self, dims: impl Integers, keepdim: bool) -> Tensor {
        self.logsumexp_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn logsumexp_over(&self, dims: &[isize], keepdim: bool) -> Tensor {
        reduced_axes("logsumexp", dims, self.ndim());
        let x = self.as_float();
        if x.numel() == 0 {
            return x.sum_dim(dims, keepdim).log();
        }
        let max = x.amax(dims, true);
        // An infinite maximum would make NaN of itself.
        let max = max.masked_fill(&max.abs().eq(f64::INFINITY), 0.0);
        let sum = x.sub(&max).exp().sum_dim(dims, keepdim);
        let max = max.reshape(sum.shape());
        sum.log().into_add(&max)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn infinities_and_nothing() {
        let inf = f32::INFINITY;
        assert_eq!(Tensor::from([-inf, -inf]).logsumexp(0, false).item(), f64::NEG_INFINITY);
        assert_eq!(Tensor::from([inf, 1.0]).logsumexp(0, false).item(), f64::INFINITY);
        assert_eq!(zeros([2, 0]).logsumexp(1, true).to_vec::<f32>(), [-inf, -inf]);
    }

    #[test]
    fn several_axes_of_integers() {
        let y = arange(0, 8, 1).reshape([2, 2, 2]).logsumexp([0, 2], false);
        let expected = [[0.0, 1.0, 4.0, 5.0], [2.0, 3.0, 6.0, 7.0]];
        for (y, x) in y.to_vec::<f32>().iter().zip(expected) {
            let expected = x.iter().map(|x: &f32| x.exp()).sum::<f32>().ln();
            assert!((y - expected).abs() < 1e-5);
        }
    }
}
