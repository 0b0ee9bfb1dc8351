use crate::dispatch::by_num;
use crate::kernels::number::{Max, Min};
use crate::ops::axes::{fold, reduced_axes};
use crate::{Integers, Tensor};

impl Tensor {
    /// The largest element; NaN if any is.
    ///
    /// ```
    /// assert_eq!(tensor::Tensor::from([1.0f32, 5.0, 2.0]).max().item(), 5.0);
    /// ```
    ///
    /// # Panics
    /// If there are no elements.
    #[track_caller]
    pub fn max(&self) -> Tensor {
        not_empty("max", self);
        self.amax_over(&[], false)
    }

    /// The smallest element; NaN if any is.
    ///
    /// # Panics
    /// If there are no elements.
    #[track_caller]
    pub fn min(&self) -> Tensor {
        not_empty("min", self);
        self.amin_over(&[], false)
    }

    /// The largest elements over the axes `dims`, all of them if it is empty; NaN where any is. With
    /// `keepdim` the axes stay, of size 1. [`Tensor::max_dim`] also says where.
    ///
    /// ```
    /// let x = tensor::Tensor::from([[1i64, 5], [2, 3]]);
    /// assert_eq!(x.amax(0, false).to_vec::<i64>(), [2, 5]);
    /// ```
    ///
    /// # Panics
    /// If `dims` are not axes, or one of them has no elements.
    #[track_caller]
    pub fn amax(&self, dims: impl Integers, keepdim: bool) -> Tensor {
        self.amax_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn amax_over(&self, dims: &[isize], keepdim: bool) -> Tensor {
        let reduced = reduced_axes("amax", dims, self.ndim());
        not_over_nothing("amax", self, &reduced);
        by_num!("amax", self, T => fold::<Max<T>>(self, &reduced, keepdim, self.dtype()))
    }

    /// The smallest elements over the axes `dims`, as [`Tensor::amax`].
    ///
    /// # Panics
    /// If `dims` are not axes, or one of them has no elements.
    #[track_caller]
    pub fn amin(&self, dims: impl Integers, keepdim: bool) -> Tensor {
        self.amin_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn amin_over(&self, dims: &[isize], keepdim: bool) -> Tensor {
        let reduced = reduced_axes("amin", dims, self.ndim());
        not_over_nothing("amin", self, &reduced);
        by_num!("amin", self, T => fold::<Min<T>>(self, &reduced, keepdim, self.dtype()))
    }
}

#[track_caller]
pub(crate) fn not_empty(op: &str, x: &Tensor) {
    assert!(
        x.numel() > 0,
        "{op}: {op}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with \
         the 'dim' argument."
    );
}

#[track_caller]
fn not_over_nothing(op: &str, x: &Tensor, reduced: &[usize]) {
    if let Some(axis) = (0..x.ndim()).find(|&axis| reduced[axis] == 1 && x.shape()[axis] == 0) {
        panic!("{op}: Expected reduction dim {axis} to have non-zero size, got shape {:?}", x.shape());
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, arange, zeros};

    #[test]
    fn nan_wins_wherever_it_is() {
        for at in [0, 1, 40, 999] {
            let mut x = zeros([1000]);
            x.make_mut::<f32>()[at] = f32::NAN;
            assert!(x.max().item().is_nan() && x.min().item().is_nan());
            assert!(x.reshape([10, 100]).amax(0, false).sum().item().is_nan());
        }
    }

    #[test]
    fn several_axes_at_once() {
        let x = arange(0, 24, 1).reshape([2, 3, 4]);
        assert_eq!(x.amax([0, 2], false).to_vec::<i64>(), [15, 19, 23]);
        assert_eq!(x.transpose(0, 2).amin([0, 2], true).to_vec::<i64>(), [0, 4, 8]);
    }

    #[test]
    fn bool_and_extremes() {
        let any = Tensor::from([true, false]).max();
        assert_eq!((any.dtype(), any.item()), (DType::Bool, 1.0));
        assert_eq!(Tensor::from([f32::NEG_INFINITY; 2]).max().item(), f64::NEG_INFINITY);
        assert_eq!(zeros([0, 3]).amax(1, false).shape(), [0]);
    }

    #[test]
    #[should_panic(expected = "max(): Expected reduction dim to be specified for input.numel() == 0.")]
    fn nothing_has_no_maximum() {
        zeros([0]).max();
    }
}
