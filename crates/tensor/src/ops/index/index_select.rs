use crate::dispatch::by_size;
use crate::ops::positions::{about, positions};
use crate::{Shape, Tensor};

impl Tensor {
    /// The positions `index` along `dim`, in that order, as `torch.index_select`: rows of a batch, for
    /// example.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1i64, 2], [3, 4], [5, 6]]);
    /// assert_eq!(x.index_select(0, &Tensor::from([2i64, 0])).to_vec::<i64>(), [5, 6, 1, 2]);
    /// ```
    ///
    /// # Panics
    /// If `index` is neither `I64` nor `I32` of at most one axis, or reaches outside the axis.
    #[track_caller]
    pub fn index_select(&self, dim: isize, index: &Tensor) -> Tensor {
        let axis = self.axis("index_select", dim);
        assert!(
            index.ndim() <= 1,
            "index_select: index_select(): Index is supposed to be a vector, but got dim: {} with size {:?}",
            index.ndim(),
            index.shape()
        );
        let (outer, n, inner) = about(self.shape(), axis);
        let at = positions("index_select", index, axis, n);
        assert!(
            self.ndim() > 0 || at.len() == 1,
            "index_select: index_select(): Index to scalar can have only 1 value, got {} value(s)",
            at.len()
        );
        let mut shape: Shape = self.shape().into();
        if let Some(size) = shape.get_mut(axis) {
            *size = at.len();
        }
        by_size!(self.dtype(), R => {
            let x = self.dense::<R>();
            Tensor::build(shape, self.dtype(), |out: &mut [R]| {
                if out.is_empty() {
                    return;
                }
                let mut rows = out.chunks_exact_mut(inner);
                for block in x.chunks_exact(n * inner).take(outer) {
                    for (&i, out) in at.iter().zip(&mut rows) {
                        out.copy_from_slice(&block[i * inner..(i + 1) * inner]);
                    }
                }
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, arange, zeros};

    #[test]
    fn any_axis_layout_and_dtype() {
        let x = arange(0, 6, 1).reshape([2, 3]);
        let index = Tensor::from([2i64, 0, 2]);
        assert_eq!(x.index_select(1, &index).to_vec::<i64>(), [2, 0, 2, 5, 3, 5]);
        assert_eq!(x.t().index_select(0, &index).to_vec::<i64>(), [2, 5, 0, 3, 2, 5]);
        let half = x.to_dtype(DType::F16).index_select(0, &Tensor::from(1i64));
        assert_eq!(half.to_dtype(DType::I64).to_vec::<i64>(), [3, 4, 5]);
    }

    #[test]
    fn nothing_and_single_elements() {
        let none = Tensor::from_vec(Vec::<i64>::new(), 0);
        assert_eq!(zeros([2, 3]).index_select(0, &none).shape(), [0, 3]);
        assert_eq!(zeros([2, 0]).index_select(0, &Tensor::from([1i64])).shape(), [1, 0]);
        assert_eq!(zeros(()).index_select(0, &Tensor::from([0i64])).ndim(), 0);
    }

    #[test]
    #[should_panic(expected = "index_select: index 5 is out of bounds for dimension 0 with size 3")]
    fn a_position_outside() {
        zeros(3).index_select(0, &Tensor::from([5i64]));
    }

    #[test]
    #[should_panic(expected = "index_select: index -1 is out of bounds for dimension 0 with size 3")]
    fn positions_do_not_count_from_the_end() {
        zeros(3).index_select(0, &Tensor::from([-1i64]));
    }

    #[test]
    #[should_panic(
        expected = "index_select: Expected dtype int32/int64 for index, got torch.float32 of shape [1]"
    )]
    fn an_index_is_int32_or_int64() {
        zeros(3).index_select(0, &zeros(1));
    }
}
