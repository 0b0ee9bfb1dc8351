use crate::dispatch::by_wide;
use crate::kernels::number::Prod;
use crate::ops::axes::{fold, reduced_axes};
use crate::{DType, Integers, Tensor};

impl Tensor {
    /// The product of all elements, 1 if there are none. Integers and `Bool` multiply to `I64`.
    ///
    /// ```
    /// assert_eq!(tensor::Tensor::from([2i64, 3, 4]).prod().item(), 24.0);
    /// ```
    #[track_caller]
    pub fn prod(&self) -> Tensor {
        self.prod_over(&[], false)
    }

    /// The product over the axes `dims`, all of them if it is empty; with `keepdim` they stay, of size 1.
    ///
    /// # Panics
    /// If there is no such axis, or one is named twice.
    #[track_caller]
    pub fn prod_dim(&self, dims: impl Integers, keepdim: bool) -> Tensor {
        self.prod_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn prod_over(&self, dims: &[isize], keepdim: bool) -> Tensor {
        let reduced = reduced_axes("prod", dims, self.ndim());
        let x = if self.dtype().is_float() { self.clone() } else { self.to_dtype(DType::I64) };
        by_wide!("prod", &x, T => fold::<Prod<T>>(&x, &reduced, keepdim, x.dtype()))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn products_along_axes() {
        let x = arange(1, 7, 1).reshape([2, 3]);
        assert_eq!(x.prod_dim(0, false).to_vec::<i64>(), [4, 10, 18]);
        assert_eq!(x.t().prod_dim(0, true).to_vec::<i64>(), [6, 120]);
        assert_eq!(zeros([0]).prod().item(), 1.0);
        assert_eq!(Tensor::from([true, true]).prod().to_vec::<i64>(), [1]);
    }
}
