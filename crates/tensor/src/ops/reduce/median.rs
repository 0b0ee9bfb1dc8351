//! What stands at a place in the order of the elements along an axis.

use crate::error::not_computable;
use crate::ops::positions::about;
use crate::{DType, Tensor};

impl Tensor {
    /// The element in the middle of all, the lower of two; NaN if any is, or if there are none (of integers
    /// what NaN converts to), as
    /// `torch.median`.
    ///
    /// ```
    /// assert_eq!(tensor::Tensor::from([7i64, 1, 3, 2]).median().item(), 2.0);
    /// ```
    ///
    /// # Panics
    /// On `Bool`.
    #[track_caller]
    pub fn median(&self) -> Tensor {
        if self.numel() == 0 {
            return Tensor::from(f64::NAN).to_dtype(self.dtype);
        }
        self.reshape([-1]).median_dim(0, false).0
    }

    /// The element in the middle along `dim`, the lower of two, and where it is: values of this dtype and
    /// `I64` indices, as `torch.median(dim)`. Of equal elements it is the first in their stable order; NaN
    /// where any is, and then where the first is.
    ///
    /// # Panics
    /// If there is no such axis, it has no elements, or the dtype is `Bool`.
    #[track_caller]
    pub fn median_dim(&self, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        let n = some_elements("median", self, dim);
        let (values, indices) = self.kthvalue(n.div_ceil(2), dim, keepdim);
        if !self.dtype.is_float() || self.numel() == 0 {
            return (values, indices);
        }
        let (largest, at) = self.max_dim(dim, keepdim);
        let unknown = largest.isnan();
        (unknown.where_(&largest, &values), unknown.where_(&at, &indices))
    }

    /// The element in the middle of those that are not NaN, as `torch.nanmedian`; NaN if there are none.
    ///
    /// # Panics
    /// On `Bool`.
    #[track_caller]
    pub fn nanmedian(&self) -> Tensor {
        if self.numel() == 0 { self.median() } else { self.reshape([-1]).nanmedian_dim(0, false).0 }
    }

    /// The element in the middle along `dim` of those that are not NaN, and where it is, as
    /// [`Tensor::median_dim`].
    ///
    /// # Panics
    /// If there is no such axis, it has no elements, or the dtype is `Bool`.
    #[track_caller]
    pub fn nanmedian_dim(&self, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        if !self.dtype.is_float() || self.ndim() == 0 {
            return self.median_dim(dim, keepdim);
        }
        some_elements("nanmedian", self, dim);
        let (values, indices) = self.sort(dim, false);
        let known = self.isnan().logical_not().sum_dim(dim, true);
        let at = known.sub_scalar(1).clamp_min(0).div_floor(2);
        let dropped = |y: Tensor| if keepdim { y } else { y.squeeze(dim) };
        (dropped(values.gather(dim, &at)), dropped(indices.gather(dim, &at)))
    }

    /// The `k`-th smallest element along `dim`, counted from 1, and where it is, as `torch.kthvalue`, whose
    /// `dim` is −1 by default. NaN counts as larger than everything; equal elements are in their stable
    /// order.
    ///
    /// ```
    /// let (values, indices) = tensor::Tensor::from([7i64, 1, 3]).kthvalue(2, -1, false);
    /// assert_eq!((values.item(), indices.item()), (3.0, 2.0));
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, it has fewer than `k` elements, `k` is 0, or the dtype is `Bool`.
    #[track_caller]
    pub fn kthvalue(&self, k: usize, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        let axis = self.axis("kthvalue", dim);
        if self.dtype == DType::Bool {
            not_computable("kthvalue", self);
        }
        let n = about(self.shape(), axis).1;
        assert!(
            (1..=n).contains(&k),
            "kthvalue: selected number k out of range for dimension {axis}: {k} of {n}, shape {:?}",
            self.shape()
        );
        let (values, indices) = self.topk(k, dim, false);
        if self.ndim() == 0 {
            return (values, indices);
        }
        let last = |y: Tensor| {
            if keepdim { y.narrow(dim, k as isize - 1, 1) } else { y.select(dim, k as isize - 1) }
                .contiguous()
        };
        (last(values), last(indices))
    }

    /// The element that occurs most often along `dim`, the smallest of several, and where it is last, as
    /// `torch.mode`, whose `dim` is −1 by default. Each NaN counts as another element, larger than all.
    ///
    /// ```
    /// let (values, indices) = tensor::Tensor::from([5i64, 2, 9, 2]).mode(-1, false);
    /// assert_eq!((values.item(), indices.item()), (2.0, 3.0));
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or it has no elements.
    #[track_caller]
    pub fn mode(&self, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        let n = some_elements("mode", self, dim);
        if self.ndim() == 0 {
            return self.sort(dim, false);
        }
        let (values, indices) = self.transpose(dim, -1).sort(-1, false);
        let again = values.narrow(-1, 1, n - 1).eq(&values.narrow(-1, 0, n - 1));
        let again = again.dense::<u8>();
        let mut shape = values.shape().to_vec();
        *shape.last_mut().expect("it has axes") = 1;
        let at = Tensor::build(&shape[..], DType::I64, |at: &mut [i64]| {
            for (row, at) in at.iter_mut().enumerate() {
                *at = end_of_longest(&again[row * (n - 1)..][..n - 1]) as i64;
            }
        });
        let back = |y: Tensor| {
            let y = y.gather(-1, &at).transpose(dim, -1);
            if keepdim { y } else { y.squeeze(dim) }.contiguous()
        };
        (back(values), back(indices))
    }
}

/// The size of an axis, which is not 0 unless there are no rows.
#[track_caller]
fn some_elements(op: &str, x: &Tensor, dim: isize) -> usize {
    let axis = x.axis(op, dim);
    let n = about(x.shape(), axis).1;
    assert!(n > 0, "{op}: Expected reduction dim {axis} to have non-zero size, got shape {:?}", x.shape());
    n
}

/// Where the first of the longest runs of equal elements ends, from whether each but the first equals the one
/// before it.
fn end_of_longest(again: &[u8]) -> usize {
    let (mut best, mut length, mut end) = (0, 0, 0);
    for (i, &again) in again.iter().enumerate() {
        length = if again != 0 { length + 1 } else { 0 };
        if length > best {
            (best, end) = (length, i + 1);
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, zeros};

    #[test]
    fn nan_is_the_median_but_not_the_nanmedian() {
        let nan = f32::NAN;
        let x = Tensor::from([[3.0, 1.0, 2.0, 5.0], [nan, 4.0, nan, 3.0], [nan; 4]]);
        let (values, indices) = x.median_dim(1, true);
        assert_eq!((values.shape(), indices.to_vec::<i64>()), (&[3, 1][..], vec![2, 0, 0]));
        assert!(values.to_vec::<f32>()[0] == 2.0 && values.to_vec::<f32>()[1].is_nan());
        let (values, indices) = x.nanmedian_dim(-1, false);
        assert_eq!(
            (values.to_vec::<f32>()[..2].to_vec(), indices.to_vec::<i64>()),
            (vec![2.0, 3.0], vec![2, 3, 0])
        );
        assert!(x.median().item().is_nan() && x.nanmedian().item() == 3.0);
    }

    #[test]
    fn the_mode_is_where_it_is_last() {
        let x = Tensor::from([[1i64, 2], [2, 1], [2, 1]]);
        let (values, indices) = x.mode(0, false);
        assert_eq!((values.to_vec::<i64>(), indices.to_vec::<i64>()), (vec![2, 1], vec![2, 2]));
        assert_eq!(x.mode(1, true).1.to_vec::<i64>(), [0, 1, 1]);
        assert_eq!(zeros([0, 3]).mode(1, false).0.shape(), [0]);
    }

    #[test]
    fn nothing_has_no_middle() {
        assert!(zeros([0]).median().item().is_nan() && zeros([0]).nanmedian().item().is_nan());
        assert_eq!(Tensor::from(3.0f32).median_dim(0, false).1.item(), 0.0);
    }

    #[test]
    #[should_panic(expected = "median: Expected reduction dim 1 to have non-zero size, got shape [2, 0]")]
    fn an_axis_of_nothing() {
        zeros([2, 0]).median_dim(1, false);
    }

    #[test]
    #[should_panic(expected = "kthvalue: selected number k out of range for dimension 0: 4 of 3")]
    fn more_than_there_are() {
        zeros([3]).kthvalue(4, 0, false);
    }
}
