use crate::Tensor;

impl Tensor {
    /// `len` neighbours along `dim`, from `start` on, which counts from the end when negative. Nothing is copied.
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

    /// Every `step`-th element along `dim` from `start` up to but without `end`, as Python's `x[start:end:step]`:
    /// negative bounds count from the end, bounds outside are cut to the axis; `isize::MAX` means to the end.
    /// Nothing is copied.
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
        // A range without elements may start just behind the last one: it keeps an offset inside the storage.
        if len > 0 {
            layout.offset += start * layout.strides[axis];
        }
        layout.shape[axis] = len;
        layout.strides[axis] *= step;
        self.with_layout(layout)
    }
}
