use crate::dispatch::{by_float, by_wide};
use crate::kernels::number::Sum;
use crate::ops::axes::{count, fold, reduced_axes};
use crate::{DType, Integers, Num, Tensor};

impl Tensor {
    /// The sum of all elements, a tensor without axes. Integers and `Bool` sum to `I64`.
    ///
    /// Summed by halves, so the error grows with the logarithm of the count, and in an order that depends on
    /// the layout alone, never on the number of threads.
    ///
    /// ```
    /// use tensor::Tensor;
    /// assert_eq!(Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]).sum().item(), 10.0);
    /// assert_eq!(Tensor::from([true, false, true]).sum().to_vec::<i64>(), [2]);
    /// ```
    #[track_caller]
    pub fn sum(&self) -> Tensor {
        self.sum_over(&[], false)
    }

    /// The sum over the axes `dims`, all of them if it is empty; with `keepdim` they stay, of size 1.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.sum_dim(0, false).to_vec::<f32>(), [4.0, 6.0]);
    /// assert_eq!(x.sum_dim(-1, true).shape(), [2, 1]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or one is named twice.
    #[track_caller]
    pub fn sum_dim(&self, dims: impl Integers, keepdim: bool) -> Tensor {
        self.sum_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn sum_over(&self, dims: &[isize], keepdim: bool) -> Tensor {
        let reduced = reduced_axes("sum", dims, self.ndim());
        let x = if self.dtype().is_float() { self.clone() } else { self.to_dtype(DType::I64) };
        by_wide!("sum", &x, T => fold::<Sum<T>>(&x, &reduced, keepdim, x.dtype()))
    }

    /// The mean of all elements; NaN if there are none.
    ///
    /// # Panics
    /// If the dtype is not a float.
    #[track_caller]
    pub fn mean(&self) -> Tensor {
        self.mean_over(&[], false)
    }

    /// The mean over the axes `dims`, all of them if it is empty; with `keepdim` they stay, of size 1.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.mean_dim(1, false).to_vec::<f32>(), [1.5, 3.5]);
    /// ```
    ///
    /// # Panics
    /// If the dtype is not a float, or `dims` are not axes.
    #[track_caller]
    pub fn mean_dim(&self, dims: impl Integers, keepdim: bool) -> Tensor {
        self.mean_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn mean_over(&self, dims: &[isize], keepdim: bool) -> Tensor {
        assert!(
            self.dtype().is_float(),
            "mean: could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {}",
            self.dtype()
        );
        let n = count(self, &reduced_axes("mean", dims, self.ndim()));
        let mut sum = self.sum_dim(dims, keepdim);
        by_float!("mean", self, T => {
            let n = T::from_f64(n as f64);
            sum.slice_mut::<T>().iter_mut().for_each(|x| *x /= n);
        });
        sum
    }
}
