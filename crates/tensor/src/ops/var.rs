use super::reduce::{count, reduced_axes};
use crate::dispatch::by_float;
use crate::{DType, Num, Tensor};

impl Tensor {
    /// The unbiased variance of all elements: [`Tensor::var_dim`] over every axis with correction 1.
    ///
    /// # Panics
    /// If the dtype is not a float.
    #[track_caller]
    pub fn var(&self) -> Tensor {
        self.var_dim(&[], 1, false)
    }

    /// The variance over the axes `dims`, all of them if it is empty: `Σ(x − mean)² / (n − correction)`, so
    /// correction 1 is the unbiased one and torch's default, 0 the mean square. Without enough elements it is NaN.
    ///
    /// Both sums are made in `F64`, in two passes.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 3.0], [5.0, 5.0]]);
    /// assert_eq!(x.var_dim(&[1], 1, false).to_vec::<f32>(), [2.0, 0.0]);
    /// assert_eq!(x.var_dim(&[1], 0, true).to_vec::<f32>(), [1.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If the dtype is not a float, or `dims` are not axes.
    #[track_caller]
    pub fn var_dim(&self, dims: &[isize], correction: usize, keepdim: bool) -> Tensor {
        variance("var", self, dims, correction, keepdim).to_dtype(self.dtype())
    }

    /// The standard deviation of all elements: the root of [`Tensor::var`].
    ///
    /// # Panics
    /// If the dtype is not a float.
    #[track_caller]
    pub fn std(&self) -> Tensor {
        self.std_dim(&[], 1, false)
    }

    /// The standard deviation over the axes `dims`: the root of [`Tensor::var_dim`].
    ///
    /// # Panics
    /// If the dtype is not a float, or `dims` are not axes.
    #[track_caller]
    pub fn std_dim(&self, dims: &[isize], correction: usize, keepdim: bool) -> Tensor {
        let mut var = variance("std", self, dims, correction, keepdim);
        var.slice_mut::<f64>().iter_mut().for_each(|x| *x = x.sqrt());
        var.to_dtype(self.dtype())
    }
}

/// The variance in `F64`.
#[track_caller]
fn variance(op: &str, x: &Tensor, dims: &[isize], correction: usize, keepdim: bool) -> Tensor {
    let reduced = reduced_axes(op, dims, x.ndim());
    let n = count(x, &reduced);
    let wide = by_float!(op, x, T => x.map_with::<T, f64>(DType::F64, T::to_f64));
    let mean = wide.mean_dim(dims, true);
    let shape = wide.layout.shape.clone();
    let squares = wide.zip_with(&mean, &shape, DType::F64, |x: f64, mean| (x - mean) * (x - mean));
    let mut sum = squares.sum_dim(dims, keepdim);
    let divisor = n.saturating_sub(correction) as f64;
    sum.slice_mut::<f64>().iter_mut().for_each(|x| *x /= divisor);
    sum
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn too_few_elements_give_nan() {
        assert!(zeros([1]).var().item().is_nan());
        assert!(zeros([0]).std().item().is_nan());
        assert!(zeros(()).var().item().is_nan());
    }

    #[test]
    fn a_large_mean_costs_no_digits() {
        let x = Tensor::from([10001.0f32, 10002.0, 10003.0]);
        assert_eq!((x.var().item(), x.std().item()), (1.0, 1.0));
    }

    #[test]
    #[should_panic(expected = "var: not defined for torch.int64")]
    fn integers_have_no_variance() {
        arange(0, 3, 1).var();
    }
}
