use std::cmp::Ordering;

use crate::dispatch::by_num;
use crate::error::not_computable;
use crate::{DType, Num, Shape, Tensor};

impl Tensor {
    /// The elements along `dim` in order, and where each was: values of this dtype and `I64` indices, as
    /// `torch.sort` with `stable=True`. NaN counts as larger than everything.
    ///
    /// ```
    /// let (values, indices) = tensor::Tensor::from([2.0f32, 3.0, 1.0]).sort(0, false);
    /// assert_eq!(values.to_vec::<f32>(), [1.0, 2.0, 3.0]);
    /// assert_eq!(indices.to_vec::<i64>(), [2, 0, 1]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn sort(&self, dim: isize, descending: bool) -> (Tensor, Tensor) {
        let axis = self.axis("sort", dim);
        let n = self.shape().get(axis).copied().unwrap_or(1);
        by_num!("sort", self, T => ranked::<T>(self, axis, n, descending))
    }

    /// Where each element of the sorted order was: the indices of [`Tensor::sort`].
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn argsort(&self, dim: isize, descending: bool) -> Tensor {
        self.sort(dim, descending).1
    }

    /// The `k` largest elements along `dim` from the largest on, or with `largest` false the smallest, and
    /// where each was, as `torch.topk`. Of equal elements the first come first.
    ///
    /// ```
    /// let (values, indices) = tensor::Tensor::from([[1i64, 9, 5]]).topk(2, -1, true);
    /// assert_eq!(values.to_vec::<i64>(), [9, 5]);
    /// assert_eq!(indices.to_vec::<i64>(), [1, 2]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, it has fewer than `k` elements, or the dtype is `Bool`.
    #[track_caller]
    pub fn topk(&self, k: usize, dim: isize, largest: bool) -> (Tensor, Tensor) {
        let axis = self.axis("topk", dim);
        let n = self.shape().get(axis).copied().unwrap_or(1);
        if self.dtype() == DType::Bool {
            not_computable("topk", self);
        }
        assert!(k <= n, "topk: selected index k out of range: {k} of {n}, shape {:?}", self.shape());
        // A tensor without axes has none to make shorter: its element comes for `k = 0` too, as in torch.
        let k = if self.ndim() == 0 { 1 } else { k };
        by_num!("topk", self, T => ranked::<T>(self, axis, k, largest))
    }
}

/// From this many times `k` elements on, the first `k` are kept in order during one pass, as torch does.
const FEW: usize = 64;

/// The first `k` along an axis in the order asked for.
fn ranked<T: Num>(x: &Tensor, axis: usize, k: usize, descending: bool) -> (Tensor, Tensor) {
    if axis + 1 < x.ndim() {
        let (axis, last) = (axis as isize, x.ndim() as isize - 1);
        let (values, indices) = ranked::<T>(&x.transpose(axis, last), last as usize, k, descending);
        return (values.transpose(axis, last).contiguous(), indices.transpose(axis, last).contiguous());
    }
    let n = x.shape().last().copied().unwrap_or(1);
    let k = if x.ndim() == 0 { 1 } else { k }; // as torch, which has no size to make 0
    let mut shape: Shape = x.shape().into();
    if let Some(size) = shape.last_mut() {
        *size = k;
    }
    let data = x.dense::<T>();
    let mut values = crate::zeros_dtype(shape.clone(), x.dtype());
    let mut indices = Tensor::build(shape, DType::I64, |_: &mut [i64]| {});
    if values.numel() == 0 {
        return (values, indices);
    }
    let rows =
        values.slice_mut::<T>().chunks_exact_mut(k).zip(indices.slice_mut::<i64>().chunks_exact_mut(k));
    let mut order = Vec::with_capacity(n);
    for (x, (values, indices)) in data.chunks_exact(n).zip(rows) {
        let before = |&i: &usize, &j: &usize| {
            let by_value = if descending { compare(x[j], x[i]) } else { compare(x[i], x[j]) };
            by_value.then(i.cmp(&j))
        };
        order.clear();
        if k * FEW <= n {
            // The best so far in order; most elements are worse than the last of them and done with one
            // comparison.
            order.extend(0..k);
            order.sort_unstable_by(before);
            for i in k..n {
                if before(&i, &order[k - 1]).is_lt() {
                    order.pop();
                    order.insert(order.partition_point(|held| before(held, &i).is_lt()), i);
                }
            }
        } else {
            order.extend(0..n);
            if k < n {
                order.select_nth_unstable_by(k, before);
            }
            order[..k].sort_unstable_by(before);
        }
        for ((value, index), &i) in values.iter_mut().zip(indices).zip(&order) {
            (*value, *index) = (x[i], i as i64);
        }
    }
    (values, indices)
}

/// The order of numbers with NaN above all of them.
fn compare<T: Num>(a: T, b: T) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn nan_is_largest_and_ties_keep_their_order() {
        let x = Tensor::from([1.0f32, f32::NAN, 3.0, 1.0]);
        assert_eq!(x.argsort(0, false).to_vec::<i64>(), [0, 3, 2, 1]);
        assert_eq!(x.argsort(0, true).to_vec::<i64>(), [1, 2, 0, 3]);
        assert_eq!(x.topk(3, 0, true).1.to_vec::<i64>(), [1, 2, 0]);
        assert_eq!(x.topk(1, 0, false).1.to_vec::<i64>(), [0]);
    }

    #[test]
    fn an_earlier_axis() {
        let x = Tensor::from([[3i64, 1], [2, 5], [9, 0]]);
        let (values, indices) = x.sort(0, false);
        assert_eq!(values.to_vec::<i64>(), [2, 0, 3, 1, 9, 5]);
        assert_eq!(indices.to_vec::<i64>(), [1, 2, 0, 0, 2, 1]);
        assert_eq!(x.topk(1, 0, true).0.to_vec::<i64>(), [9, 5]);
    }

    #[test]
    fn few_of_many_are_the_first_of_all() {
        for x in [arange(0, 3000, 1), -arange(0, 3000, 1), arange(0, 3000, 1).mul_scalar(7919).sin()] {
            for largest in [true, false] {
                let (values, indices) = x.sort(0, largest);
                let (few, at) = x.topk(40, 0, largest);
                assert_eq!(few.bytes(), values.narrow(0, 0, 40).bytes());
                assert_eq!(at.bytes(), indices.narrow(0, 0, 40).bytes());
            }
        }
    }

    #[test]
    fn edges() {
        assert_eq!(zeros([0]).sort(0, false).0.shape(), [0]);
        assert_eq!(zeros([2, 3]).topk(0, 1, true).1.shape(), [2, 0]);
        assert_eq!(Tensor::from(3.0f32).topk(0, 0, true).0.item(), 3.0);
        assert_eq!(Tensor::from(3.0f32).sort(-1, false).1.item(), 0.0);
    }

    #[test]
    #[should_panic(expected = "topk: selected index k out of range")]
    fn more_than_there_are() {
        arange(0, 3, 1).topk(4, 0, true);
    }
}
