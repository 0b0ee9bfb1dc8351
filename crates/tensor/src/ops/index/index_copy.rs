use crate::dispatch::by_size;
use crate::error::dtype_mismatch;
use crate::ops::positions::{about, positions, wrapped};
use crate::{DType, Operand, Tensor};

impl Tensor {
    /// A copy with slice `i` of `source` in place of slice `index[i]` along `dim`, as `torch.index_copy`. Of
    /// several that name one slice, the last stays.
    ///
    /// ```
    /// use tensor::{Tensor, zeros};
    /// let rows = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// let y = zeros([3, 2]).index_copy(0, &Tensor::from([2i64, 0]), &rows);
    /// assert_eq!(y.to_vec::<f32>(), [3.0, 4.0, 0.0, 0.0, 1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If `index` is not `I64` of at most one axis, as long as `source` is along `dim`, or reaches outside
    /// the axis; or if the other sizes or the dtypes differ.
    #[track_caller]
    pub fn index_copy(&self, dim: isize, index: &Tensor, source: &Tensor) -> Tensor {
        const OP: &str = "index_copy";
        let axis = self.axis(OP, dim);
        let (_, n, inner) = about(self.shape(), axis);
        assert!(index.ndim() <= 1, "index_copy: Index should have dimension 1 or 0 (got {})", index.ndim());
        assert!(
            source.ndim() == 0 || self.ndim() == 0 || source.ndim() == self.ndim(),
            "index_copy: When source and destination are not scalars, their dimensionality must match. Source \
             dimensionality ({}), destination dimensionality ({})",
            source.ndim(),
            self.ndim()
        );
        let rows = if source.ndim() == 0 { 1 } else { source.shape()[axis] };
        assert!(
            index.numel() == rows,
            "index_copy: Number of indices ({}) should be equal to source.size(dim) ({rows})",
            index.numel()
        );
        if self.dtype() != source.dtype() {
            dtype_mismatch(OP, self, source);
        }
        long(OP, index);
        let without_axis = |x: &Tensor| {
            let sizes = x.shape().iter().enumerate().filter(|&(i, _)| i != axis);
            sizes.map(|(_, &n)| n).collect::<Vec<usize>>()
        };
        let (own, others) = (without_axis(self), without_axis(source));
        assert!(
            own == others,
            "index_copy: Source/destination tensor must have same slice shapes. Destination slice shape: {own:?} at \
             dimension {axis} and source slice shape: {others:?} at dimension {axis}."
        );
        let at = positions(OP, index, axis, n);
        let mut y = self.clone();
        by_size!(self.dtype(), R => {
            let source = source.dense::<R>();
            if source.is_empty() {
                return y;
            }
            let blocks = y.slice_mut::<R>().chunks_exact_mut(n * inner);
            for (y, source) in blocks.zip(source.chunks_exact(rows * inner)) {
                for (&i, source) in at.iter().zip(source.chunks_exact(inner)) {
                    y[i * inner..(i + 1) * inner].copy_from_slice(source);
                }
            }
        });
        y
    }

    /// A copy with `value`, a number or a tensor without axes, everywhere in the slices `index` along `dim`,
    /// as `torch.index_fill`; negative ones count from the end. The dtype stays.
    ///
    /// ```
    /// use tensor::{Tensor, zeros};
    /// let y = zeros([2, 2]).index_fill(1, &Tensor::from([-1i64]), 5);
    /// assert_eq!(y.to_vec::<f32>(), [0.0, 5.0, 0.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// If `index` is not `I64` of at most one axis, or reaches outside the axis; if the value has axes, or is
    /// beyond the range of the dtype.
    #[track_caller]
    pub fn index_fill<'a>(
        &self,
        dim: isize,
        index: &Tensor,
        value: impl Into<Operand<'a, Tensor>>,
    ) -> Tensor {
        self.filled(dim, index, value.into())
    }

    #[track_caller]
    fn filled(&self, dim: isize, index: &Tensor, value: Operand<'_, Tensor>) -> Tensor {
        const OP: &str = "index_fill";
        let axis = self.axis(OP, dim);
        let value = match value {
            Operand::Number(value) => value,
            Operand::Array(value) => {
                assert!(
                    value.ndim() == 0,
                    "index_fill: index_fill_ only supports a 0-dimensional value tensor, but got tensor with {} dimension(s).",
                    value.ndim()
                );
                value.to_scalar()
            }
        };
        assert!(index.ndim() <= 1, "index_fill: Index has to be a vector/scalar, not {:?}", index.shape());
        long(OP, index);
        let value = value.to_stored(OP, self.dtype());
        let (_, n, inner) = about(self.shape(), axis);
        let at = wrapped(OP, index, axis, n);
        let mut y = self.clone();
        by_size!(self.dtype(), R => {
            let value = value.dense::<R>()[0];
            if self.numel() > 0 {
                for y in y.slice_mut::<R>().chunks_exact_mut(n * inner) {
                    at.iter().for_each(|&i| y[i * inner..(i + 1) * inner].fill(value));
                }
            }
        });
        y
    }
}

/// Refuses an index of another dtype than `I64`, as torch does here.
#[track_caller]
fn long(op: &str, index: &Tensor) {
    let dtype = index.dtype();
    assert!(dtype == DType::I64, "{op}: Expected a long tensor for index, but got {dtype}");
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, ones, zeros};

    #[test]
    fn slices_of_a_later_axis() {
        let x = arange(0, 6, 1).reshape([2, 3]);
        let index = Tensor::from([2i64, 0]);
        let y = x.index_copy(-1, &index, &x.narrow(1, 0, 2));
        assert_eq!(y.to_vec::<i64>(), [1, 1, 0, 4, 4, 3]);
        assert_eq!(x.index_fill(1, &index, 9).to_vec::<i64>(), [9, 1, 9, 9, 4, 9]);
        assert_eq!(x.t().index_fill(0, &index, 1.5).to_vec::<i64>(), [1, 1, 1, 4, 1, 1]);
    }

    #[test]
    fn scalars_and_nothing() {
        let (one, none) = (Tensor::from([0i64]), Tensor::from_vec(Vec::<i64>::new(), 0));
        assert_eq!(zeros(()).index_copy(0, &one, &ones(1)).item(), 1.0);
        assert_eq!(zeros(()).index_fill(0, &one, &Tensor::from(2.5)).item(), 2.5);
        assert_eq!(ones([2, 3]).index_copy(0, &none, &zeros([0, 3])).to_vec::<f32>(), [1.0; 6]);
        assert_eq!(ones([2, 0]).index_fill(0, &one, 1).shape(), [2, 0]);
    }

    #[test]
    #[should_panic(expected = "index_copy: index -1 is out of bounds for dimension 0 with size 2")]
    fn copies_are_not_counted_from_the_end() {
        zeros([2, 3]).index_copy(0, &Tensor::from([-1i64]), &zeros([1, 3]));
    }

    #[test]
    #[should_panic(expected = "index_fill: index -3 is out of bounds for dimension 0 with size 2")]
    fn the_end_is_not_beyond_the_beginning() {
        zeros([2, 3]).index_fill(0, &Tensor::from([-3i64]), 1);
    }
}
