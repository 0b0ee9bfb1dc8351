use crate::Tensor;

impl Tensor {
    /// `len` neighbours along `dim`, from `start` on, which counts from the end when negative. Nothing is
    /// copied.
    ///
    /// ```
    /// let x = tensor::arange(0, 10, 1);
    /// assert_eq!(x.narrow(0, 2, 3).to_vec::<i64>(), [2, 3, 4]);
    /// ```
    ///
    /// # Panics
    /// If the range does not lie inside the axis.
    #[track_caller]
    pub fn narrow(&self, dim: isize, start: isize, len: usize) -> Tensor {
        assert!(self.ndim() > 0, "narrow: narrow() cannot be applied to a 0-dim tensor.");
        let axis = self.axis("narrow", dim);
        let size = self.shape()[axis];
        let n = size as isize;
        assert!(
            (-n..=n).contains(&start),
            "narrow: start out of range (expected to be in range of [{}, {n}], but got {start})",
            -n
        );
        let start = (if start < 0 { start + n } else { start }) as usize;
        assert!(
            len <= size - start,
            "narrow: start ({start}) + length ({len}) exceeds dimension size ({size})."
        );
        self.range(axis, start, len, 1)
    }

    /// Every `step`-th element along `dim` from `start` up to but without `end`, as Python's
    /// `x[start:end:step]`: negative bounds count from the end, bounds outside are cut to the axis;
    /// `isize::MAX` means to the end. Nothing is copied.
    ///
    /// ```
    /// let x = tensor::arange(0, 10, 1);
    /// assert_eq!(x.slice(0, 1, -1, 3).to_vec::<i64>(), [1, 4, 7]);
    /// ```
    ///
    /// # Panics
    /// If `step` is 0.
    #[track_caller]
    pub fn slice(&self, dim: isize, start: isize, end: isize, step: usize) -> Tensor {
        assert!(self.ndim() > 0, "slice: slice() cannot be applied to a 0-dim tensor.");
        assert!(step > 0, "slice: slice step must be positive");
        let axis = self.axis("slice", dim);
        let n = self.shape()[axis] as isize;
        let bound = |at: isize| (if at < 0 { at + n } else { at }).clamp(0, n) as usize;
        let (start, end) = (bound(start), bound(end));
        self.range(axis, start, end.saturating_sub(start).div_ceil(step), step)
    }

    /// One position along `dim`, without that axis. Nothing is copied.
    ///
    /// ```
    /// let x = tensor::Tensor::from([[1i64, 2, 3], [4, 5, 6]]);
    /// assert_eq!(x.select(0, 1).to_vec::<i64>(), [4, 5, 6]);
    /// assert_eq!(x.select(1, -1).to_vec::<i64>(), [3, 6]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis or position.
    #[doc(alias = "get")]
    #[track_caller]
    pub fn select(&self, dim: isize, index: isize) -> Tensor {
        assert!(self.ndim() > 0, "select: select() cannot be applied to a 0-dim tensor.");
        let axis = self.axis("select", dim);
        let n = self.shape()[axis] as isize;
        if !(-n..n).contains(&index) {
            panic!("select: index {index} is out of bounds for dimension {axis} with size {n}");
        }
        let index = (if index < 0 { index + n } else { index }) as usize;
        let mut x = self.range(axis, index, 1, 1);
        x.layout.shape.remove(axis);
        x.layout.strides.remove(axis);
        x
    }

    /// `len` positions along an axis, `step` apart; the caller has checked them.
    fn range(&self, axis: usize, start: usize, len: usize, step: usize) -> Tensor {
        let mut layout = self.layout.clone();
        // Only an offset without elements, which does not stay, or the stride of a single
        // one, which is not used, wraps.
        layout.offset = layout.offset.wrapping_add(start.wrapping_mul(layout.strides[axis]));
        layout.shape[axis] = len;
        layout.strides[axis] = layout.strides[axis].wrapping_mul(step);
        self.with_layout(layout)
    }
}

#[cfg(test)]
mod tests {
    use crate::{arange, zeros};

    #[test]
    fn a_view_of_a_view_and_its_end() {
        let x = arange(0, 12, 1).reshape([3, 4]);
        assert_eq!(x.narrow(1, -2, 2).narrow(0, 1, 2).to_vec::<i64>(), [6, 7, 10, 11]);
        assert_eq!(x.t().narrow(0, 1, 1).to_vec::<i64>(), [1, 5, 9]);
        assert_eq!(x.narrow(0, 3, 0).shape(), [0, 4]);
        assert_eq!(x.narrow(0, 3, 0).sum().item(), 0.0);
    }

    #[test]
    fn a_part_of_nothing_starts_at_the_beginning() {
        let x = zeros([0, 4]);
        for y in [x.narrow(1, 2, 2), x.chunk(2, 1).remove(1), x.slice(1, 2, 4, 1), x.t().narrow(0, 2, 2).t()]
        {
            assert_eq!(y.mul_scalar(2.0).shape(), [0, 2]);
            assert_eq!(y.sum_dim(0, false).to_vec::<f32>(), [0.0; 2]);
        }
        assert_eq!(x.select(1, 3).exp().shape(), [0]);
        assert_eq!(zeros([2, 0]).select(0, 1).matmul(&zeros([0, 3])).to_vec::<f32>(), [0.0; 3]);
    }

    #[test]
    fn slices_are_cut_as_in_python() {
        let x = arange(0, 5, 1);
        assert_eq!(x.slice(0, -3, 100, 1).to_vec::<i64>(), [2, 3, 4]);
        assert_eq!(x.slice(0, 3, 1, 1).shape(), [0]);
        assert_eq!(x.slice(0, isize::MIN, isize::MAX, 4).to_vec::<i64>(), [0, 4]);
        assert_eq!(x.slice(0, 1, isize::MAX, 9).to_vec::<i64>(), [1]);
    }

    #[test]
    fn writing_to_a_view_leaves_the_whole_alone() {
        let x = zeros([2, 2]);
        let mut row = x.select(0, 0);
        row.make_mut::<f32>().fill(1.0);
        assert_eq!(x.sum().item(), 0.0);
        assert_eq!(row.sum().item(), 2.0);
    }

    #[test]
    #[should_panic(expected = "narrow: start (2) + length (2) exceeds dimension size (3).")]
    fn a_range_too_long() {
        zeros([2, 3]).narrow(1, 2, 2);
    }

    #[test]
    #[should_panic(expected = "select: index 5 is out of bounds for dimension 0 with size 3")]
    fn a_position_outside() {
        zeros(3).select(0, 5);
    }

    #[test]
    #[should_panic(expected = "select() cannot be applied to a 0-dim tensor.")]
    fn a_tensor_without_axes_has_no_positions() {
        zeros(()).select(0, 0);
    }
}
