use crate::dispatch::by_num;
use crate::error::not_computable;
use crate::ops::elementwise::pairs::Operand;
use crate::ops::zip::promoted;
use crate::{DType, Num, Scalar, Tensor};

impl Tensor {
    /// Where each of `values` would stand in this tensor, whose last axis is in order: before its equals, or
    /// with `right` behind them, as `torch.searchsorted(self, values, right=right)`. `I64` of the values'
    /// shape; the axes before the last are those of the values, unless this tensor has one axis.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let (x, values) = (Tensor::from([1.0f32, 3.0, 5.0]), Tensor::from([3.0f32, 9.0]));
    /// assert_eq!(x.searchsorted(&values, false).to_vec::<i64>(), [1, 3]);
    /// assert_eq!(x.searchsorted(3.0, true).item(), 2.0);
    /// ```
    ///
    /// NaN counts as larger than everything; the two are promoted.
    ///
    /// # Panics
    /// If the axes before the last differ, there is none, or both are `Bool`.
    #[track_caller]
    pub fn searchsorted<'a>(&self, values: impl Into<Operand<'a, Tensor>>, right: bool) -> Tensor {
        search("searchsorted", self, values.into(), right)
    }

    /// Between which of `boundaries`, an ordered list, each element lies: how many are below it, or with
    /// `right` not above it, as `torch.bucketize`.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[0.5f32, 2.0], [3.0, 9.0]]);
    /// assert_eq!(x.bucketize(&Tensor::from([1.0f32, 2.0, 4.0]), false).to_vec::<i64>(), [0, 1, 2, 3]);
    /// ```
    ///
    /// # Panics
    /// If `boundaries` has not one axis, or both are `Bool`.
    #[track_caller]
    pub fn bucketize(&self, boundaries: &Tensor, right: bool) -> Tensor {
        assert!(
            boundaries.ndim() == 1,
            "bucketize: boundaries tensor must be 1 dimension, but got shape {:?}",
            boundaries.shape()
        );
        search("bucketize", boundaries, Operand::Array(self), right)
    }
}

#[track_caller]
fn search(op: &str, sorted: &Tensor, values: Operand<'_, Tensor>, right: bool) -> Tensor {
    let number = |y: Scalar| y.beside(sorted.dtype, false);
    let values = match values {
        Operand::Array(values) => values.clone(),
        Operand::Number(value) => number(value),
    };
    assert!(sorted.ndim() > 0, "{op}: boundaries tensor should have positive dimension, but got 0 dimension");
    let (rows, axes) = (sorted.ndim() - 1, values.ndim());
    assert!(
        rows == 0 || (axes == rows + 1 && sorted.shape()[..rows] == values.shape()[..rows]),
        "{op}: boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input \
         value tensor must match: {:?} and {:?}",
        sorted.shape(),
        values.shape()
    );
    let dtype = promoted(sorted, &values);
    if dtype == DType::Bool && values.numel() > 0 {
        not_computable(op, sorted);
    }
    let (sorted, values) = (sorted.to_dtype(dtype), values.to_dtype(dtype));
    by_num!(op, &values, T => places::<T>(&sorted, &values, rows > 0, right))
}

/// By halving.
fn places<T: Num>(sorted: &Tensor, values: &Tensor, in_rows: bool, right: bool) -> Tensor {
    let n = sorted.size(-1);
    let (list, wanted) = (sorted.dense::<T>(), values.dense::<T>());
    let each = if in_rows { values.size(-1).max(1) } else { wanted.len().max(1) };
    Tensor::build(values.shape(), DType::I64, |out: &mut [i64]| {
        for (i, (out, &x)) in out.iter_mut().zip(wanted.iter()).enumerate() {
            let row = &list[i / each * n..][..n];
            // In torch's steps, whose comparisons put NaN behind everything.
            let (mut start, mut end) = (0, n);
            while start < end {
                let middle = start + (end - start) / 2;
                let behind = if right { row[middle] > x } else { row[middle] >= x };
                (start, end) = if behind { (start, middle) } else { (middle + 1, end) };
            }
            *out = start as i64;
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, zeros};

    #[test]
    fn rows_numbers_and_nan() {
        let x = Tensor::from([[1i64, 3], [5, 7]]);
        let values = Tensor::from([[0i64, 3, 9], [6, 7, 5]]);
        assert_eq!(x.searchsorted(&values, false).to_vec::<i64>(), [0, 1, 2, 1, 1, 0]);
        assert_eq!(x.searchsorted(&values, true).to_vec::<i64>(), [0, 2, 2, 1, 2, 1]);
        assert_eq!(Tensor::from([1i64, 3]).searchsorted(2.5, false).item(), 1.0);
        assert_eq!(Tensor::from([1.0f32, 3.0]).searchsorted(f64::NAN, false).item(), 2.0);
        assert_eq!(zeros([0]).searchsorted(&zeros([2]), false).to_vec::<i64>(), [0, 0]);
    }

    #[test]
    #[should_panic(expected = "searchsorted: boundaries tensor should be 1 dimension")]
    fn rows_that_are_not_there() {
        zeros([2, 3]).searchsorted(&zeros([3]), false);
    }
}
