use crate::kernels::number::Fold;
use crate::ops::axes::{fold, reduced_axes};
use crate::{DType, Integers, Tensor};

impl Tensor {
    /// Whether any element is not 0. `Bool`, but `U8` for `U8`, as in torch.
    ///
    /// ```
    /// assert_eq!(tensor::Tensor::from([false, true]).any().item(), 1.0);
    /// ```
    #[track_caller]
    pub fn any(&self) -> Tensor {
        self.any_over(&[], false)
    }

    /// Whether any element is not 0 over the axes `dims`, all of them if it is empty; with `keepdim` they
    /// stay, of size 1.
    ///
    /// # Panics
    /// If there is no such axis, or one is named twice.
    #[track_caller]
    pub fn any_dim(&self, dims: impl Integers, keepdim: bool) -> Tensor {
        self.any_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn any_over(&self, dims: &[isize], keepdim: bool) -> Tensor {
        truth::<Any>("any", self, dims, keepdim)
    }

    /// Whether no element is 0. `Bool`, but `U8` for `U8`, as in torch.
    #[track_caller]
    pub fn all(&self) -> Tensor {
        self.all_over(&[], false)
    }

    /// Whether no element is 0 over the axes `dims`, all of them if it is empty; with `keepdim` they stay, of
    /// size 1.
    ///
    /// # Panics
    /// If there is no such axis, or one is named twice.
    #[track_caller]
    pub fn all_dim(&self, dims: impl Integers, keepdim: bool) -> Tensor {
        self.all_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn all_over(&self, dims: &[isize], keepdim: bool) -> Tensor {
        truth::<All>("all", self, dims, keepdim)
    }
}

#[track_caller]
fn truth<F: Fold<T = u8>>(op: &str, x: &Tensor, dims: &[isize], keepdim: bool) -> Tensor {
    let reduced = reduced_axes(op, dims, x.ndim());
    let dtype = if x.dtype() == DType::U8 { DType::U8 } else { DType::Bool };
    fold::<F>(&x.to_dtype(DType::Bool), &reduced, keepdim, dtype)
}

struct Any;

impl Fold for Any {
    type T = u8;
    const EMPTY: u8 = 0;

    #[inline(always)]
    fn combine(a: u8, b: u8) -> u8 {
        a | b
    }
}

struct All;

impl Fold for All {
    type T = u8;
    const EMPTY: u8 = 1;

    #[inline(always)]
    fn combine(a: u8, b: u8) -> u8 {
        a & b
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, ones_dtype, zeros};

    #[test]
    fn along_axes_and_of_nothing() {
        let x = Tensor::from([[0.0f32, f32::NAN], [1.0, 2.0]]);
        assert_eq!(x.all_dim(1, false).to_vec::<bool>(), [false, true]);
        assert_eq!(x.any_dim(0, true).to_vec::<bool>(), [true, true]);
        assert_eq!((zeros([0]).any().item(), zeros([0]).all().item()), (0.0, 1.0));
        assert_eq!(ones_dtype([2], DType::U8).all().dtype(), DType::U8);
    }
}
