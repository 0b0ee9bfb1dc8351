use super::index::{about, positions};
use crate::dispatch::by_size;
use crate::{Shape, Tensor};

impl Tensor {
    /// The positions `index` along `dim`, in that order, as `torch.index_select`: rows of a batch, for example.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1i64, 2], [3, 4], [5, 6]]);
    /// assert_eq!(x.index_select(0, &Tensor::from([2i64, 0])).to_vec::<i64>(), [5, 6, 1, 2]);
    /// ```
    ///
    /// # Panics
    /// If `index` is not `I64` of at most one axis, or reaches outside the axis.
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
