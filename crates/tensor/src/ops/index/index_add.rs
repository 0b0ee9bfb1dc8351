use crate::dispatch::by_num;
use crate::error::{dtype_mismatch, shape_mismatch};
use crate::ops::positions::{about, positions};
use crate::{Num, Tensor};

impl Tensor {
    /// A copy with slice `i` of `source` added to slice `index[i]` of it along `dim`, as `torch.index_add`. A
    /// slice that is named several times receives every addition, in order.
    ///
    /// ```
    /// use tensor::{Tensor, zeros};
    /// let rows = Tensor::from([[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// let y = zeros([2, 2]).index_add(0, &Tensor::from([1i64, 0, 1]), &rows);
    /// assert_eq!(y.to_vec::<f32>(), [3.0, 4.0, 6.0, 8.0]);
    /// ```
    ///
    /// # Panics
    /// If `index` is neither `I64` nor `I32` of one axis as long as `source` is along `dim`, or reaches
    /// outside the axis; or if the other sizes or the dtypes differ.
    #[track_caller]
    pub fn index_add(&self, dim: isize, index: &Tensor, source: &Tensor) -> Tensor {
        const OP: &str = "index_add";
        let axis = self.axis(OP, dim);
        if self.dtype() != source.dtype() {
            dtype_mismatch(OP, self, source);
        }
        let (_, n, inner) = about(self.shape(), axis);
        let at = positions(OP, index, axis, n);
        let same = |i: usize| i == axis || self.shape()[i] == source.shape()[i];
        if self.ndim() != source.ndim() || !(0..self.ndim()).all(same) {
            let why = "source tensor shape must match self tensor shape, excluding the specified dimension";
            shape_mismatch(OP, why, self, source);
        }
        let rows = source.shape().get(axis).copied().unwrap_or(1);
        assert!(
            index.ndim() <= 1 && at.len() == rows,
            "index_add: Number of indices ({}) should be equal to source.size(dim): ({rows}), for dim: {axis}",
            at.len()
        );
        let mut y = self.clone();
        by_num!(OP, self, T => {
            let source = source.dense::<T>();
            if source.is_empty() {
                return y;
            }
            for (y, source) in y.slice_mut::<T>().chunks_exact_mut(n * inner).zip(source.chunks_exact(rows * inner)) {
                for (&i, source) in at.iter().zip(source.chunks_exact(inner)) {
                    for (y, &x) in y[i * inner..(i + 1) * inner].iter_mut().zip(source) {
                        *y = Num::add(*y, x);
                    }
                }
            }
        });
        y
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, ones, zeros};

    #[test]
    fn slices_of_a_later_axis() {
        let source = arange(0, 6, 1).reshape([2, 3]);
        let y = source.zeros_like().index_add(1, &Tensor::from([0i64, 0, 2]), &source);
        assert_eq!(y.to_vec::<i64>(), [1, 0, 2, 7, 0, 5]);
    }

    #[test]
    fn nothing_to_add_changes_nothing() {
        let none = Tensor::from_vec(Vec::<i64>::new(), 0);
        assert_eq!(ones([2, 3]).index_add(0, &none, &zeros([0, 3])).to_vec::<f32>(), [1.0; 6]);
    }

    #[test]
    #[should_panic(expected = "Number of indices (1) should be equal to source.size(dim): (2), for dim: 0")]
    fn there_is_an_index_for_every_slice() {
        zeros([2, 3]).index_add(0, &Tensor::from([0i64]), &zeros([2, 3]));
    }
}
