use crate::Tensor;
use crate::dispatch::by_size;
use crate::layout::Layout;

impl Tensor {
    /// A copy with `src` written at `index` along `dim`, as `torch.select_scatter`: where
    /// [`select`](Tensor::select) would read. `src` becomes of this dtype.
    ///
    /// ```
    /// let x = tensor::zeros([2, 3]).select_scatter(&tensor::ones(3), 0, 1);
    /// assert_eq!(x.to_vec::<f32>(), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis or position, or `src` has another shape than what is there.
    #[track_caller]
    pub fn select_scatter(&self, src: &Tensor, dim: isize, index: isize) -> Tensor {
        self.written("select_scatter", &self.by_rows().select(dim, index), src)
    }

    /// A copy with `src` written at every `step`-th position along `dim` from `start` up to but without
    /// `end`, as `torch.slice_scatter`, whose defaults are axis 0, from the start to the end, and a step of
    /// 1: where [`slice`](Tensor::slice) would read. `src` becomes of this dtype.
    ///
    /// ```
    /// let x = tensor::zeros(4).slice_scatter(&tensor::ones(2), 0, 1, isize::MAX, 2);
    /// assert_eq!(x.to_vec::<f32>(), [0.0, 1.0, 0.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, `step` is 0, or `src` has another shape than what is there.
    #[track_caller]
    pub fn slice_scatter(&self, src: &Tensor, dim: isize, start: isize, end: isize, step: usize) -> Tensor {
        self.written("slice_scatter", &self.by_rows().slice(dim, start, end, step), src)
    }

    /// A copy with `src` written on diagonals, as `torch.diagonal_scatter`, whose defaults are 0, 0 and 1:
    /// where [`diagonal`](Tensor::diagonal) would read. `src` becomes of this dtype.
    ///
    /// ```
    /// let x = tensor::zeros([2, 2]).diagonal_scatter(&tensor::ones(2), 0, 0, 1);
    /// assert_eq!(x.to_vec::<f32>(), [1.0, 0.0, 0.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If there are no such axes, or `src` has another shape than what is there.
    #[track_caller]
    pub fn diagonal_scatter(&self, src: &Tensor, offset: isize, dim1: isize, dim2: isize) -> Tensor {
        self.written("diagonal_scatter", &self.by_rows().diagonal(offset, dim1, dim2), src)
    }

    /// Of this shape, laid out by rows over whatever memory: a view of it says where elements will be.
    fn by_rows(&self) -> Tensor {
        self.with_layout(Layout::row_major(self.shape().into()))
    }

    /// A copy with `src` where `part`, a view of [`Tensor::by_rows`], lies. Its elements are not read.
    #[track_caller]
    fn written(&self, op: &str, part: &Tensor, src: &Tensor) -> Tensor {
        assert!(
            src.shape() == part.shape(),
            "{op}: expected src to have a size equal to the slice of self. src size = {:?}, slice size = {:?}",
            src.shape(),
            part.shape()
        );
        let src = src.to_dtype(self.dtype());
        let mut y = self.clone();
        if src.numel() > 0 {
            let Layout { shape, strides, offset } = &part.layout;
            by_size!(self.dtype(), R => {
                write(&src.dense::<R>(), shape, strides, &mut y.slice_mut::<R>()[*offset..]);
            });
        }
        y
    }
}

/// Writes `x`, which lies row by row of `shape`, to the places in `y` that the strides name.
fn write<R: Copy>(x: &[R], shape: &[usize], strides: &[usize], y: &mut [R]) {
    match (shape, strides) {
        ([], _) => y[0] = x[0],
        (&[_], &[stride]) => y.iter_mut().step_by(stride).zip(x).for_each(|(y, &x)| *y = x),
        ([n, shape @ ..], [stride, strides @ ..]) => {
            for (i, x) in x.chunks_exact(x.len() / n).enumerate() {
                write(x, shape, strides, &mut y[i * stride..]);
            }
        }
        _ => unreachable!("each axis has a stride"),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, ones, zeros};

    #[test]
    fn parts_of_any_layout() {
        let x = arange(0, 6, 1).reshape([2, 3]).t();
        let y = x.select_scatter(&Tensor::from([7i64, 8, 9]), 1, -1);
        assert_eq!(y.to_vec::<i64>(), [0, 7, 1, 8, 2, 9]);
        let y = x.slice_scatter(&Tensor::from([[7.5f32, 8.5], [9.5, 1.5]]), 0, 0, 9, 2);
        assert_eq!(y.to_vec::<i64>(), [7, 8, 1, 4, 9, 1]);
        let y = Tensor::from(1i64).expand([2, 2, 2]).diagonal_scatter(&zeros([2, 2]), 0, 0, 2);
        assert_eq!(y.to_vec::<i64>(), [0, 1, 0, 1, 1, 0, 1, 0]);
        assert_eq!(x.to_vec::<i64>(), [0, 3, 1, 4, 2, 5]);
    }

    #[test]
    fn a_part_of_nothing() {
        assert_eq!(ones([0, 3]).select_scatter(&zeros(0), 1, 2).shape(), [0, 3]);
        assert_eq!(ones([2, 3]).slice_scatter(&zeros([2, 0]), 1, 3, 9, 1).to_vec::<f32>(), [1.0; 6]);
        assert_eq!(ones([2, 3]).diagonal_scatter(&zeros(0), 9, 0, 1).to_vec::<f32>(), [1.0; 6]);
    }

    #[test]
    #[should_panic(
        expected = "select_scatter: expected src to have a size equal to the slice of self. src size = [1, 3], slice \
                    size = [3]"
    )]
    fn what_is_written_has_the_shape_of_what_is_there() {
        zeros([2, 3]).select_scatter(&zeros([1, 3]), 0, 1);
    }
}
