use crate::Tensor;

impl Tensor {
    /// Pieces of `size` along `dim`, the last one shorter where it does not divide, as
    /// `torch.split`. Nothing is copied.
    ///
    /// ```
    /// let parts = tensor::arange(0, 5, 1).split(2, 0);
    /// assert_eq!(parts.iter().map(|x| x.numel()).collect::<Vec<_>>(), [2, 2, 1]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or `size` is 0 and the axis is not.
    #[track_caller]
    pub fn split(&self, size: usize, dim: isize) -> Vec<Tensor> {
        assert!(self.ndim() > 0, "split: split expects at least a 1-dimensional tensor");
        let axis = self.axis("split", dim);
        let n = self.shape()[axis];
        assert!(
            size > 0 || n == 0,
            "split: split_size can only be 0 if dimension size is 0, but got dimension size of {n}"
        );
        if n == 0 {
            return vec![self.clone()];
        }
        (0..n).step_by(size).map(|at| self.narrow(dim, at as isize, size.min(n - at))).collect()
    }

    /// Pieces of the given sizes along `dim`, as `torch.split` with a list. Nothing is copied.
    ///
    /// ```
    /// let parts = tensor::arange(0, 5, 1).split_sizes(&[1, 4], 0);
    /// assert_eq!(parts[1].to_vec::<i64>(), [1, 2, 3, 4]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or the sizes do not add up to its size.
    #[track_caller]
    pub fn split_sizes(&self, sizes: &[usize], dim: isize) -> Vec<Tensor> {
        assert!(self.ndim() > 0, "split: split expects at least a 1-dimensional tensor");
        let axis = self.axis("split", dim);
        let n = self.shape()[axis];
        assert!(
            sizes.iter().try_fold(0usize, |sum, &size| sum.checked_add(size)) == Some(n),
            "split: split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at dimension \
             {axis}), but got split_sizes={sizes:?}"
        );
        let mut at = 0;
        sizes
            .iter()
            .map(|&size| {
                at += size;
                self.narrow(dim, (at - size) as isize, size)
            })
            .collect()
    }

    /// At most `chunks` pieces of equal size along `dim`, the last one shorter where it does not divide, as
    /// `torch.chunk`. Nothing is copied.
    ///
    /// ```
    /// let parts = tensor::arange(0, 5, 1).chunk(4, 0);
    /// assert_eq!(parts.iter().map(|x| x.numel()).collect::<Vec<_>>(), [2, 2, 1]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or `chunks` is 0.
    #[track_caller]
    pub fn chunk(&self, chunks: usize, dim: isize) -> Vec<Tensor> {
        assert!(self.ndim() > 0, "chunk: chunk expects at least a 1-dimensional tensor");
        assert!(chunks > 0, "chunk: chunk expects `chunks` to be greater than 0, got: 0");
        match self.size(dim) {
            0 => vec![self.clone(); chunks],
            n => self.split(n.div_ceil(chunks), dim),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{arange, zeros};

    #[test]
    fn an_empty_axis_splits_as_in_torch() {
        assert_eq!(zeros([0]).split(0, 0).len(), 1);
        assert_eq!(zeros([0]).chunk(3, 0).len(), 3);
    }

    #[test]
    fn pieces_of_a_later_axis_are_views() {
        let parts = arange(0, 6, 1).reshape([2, 3]).split(2, -1);
        assert_eq!(parts[0].to_vec::<i64>(), [0, 1, 3, 4]);
        assert_eq!(parts[1].to_vec::<i64>(), [2, 5]);
    }

    #[test]
    #[should_panic(expected = "split_size can only be 0 if dimension size is 0, but got dimension size of 3")]
    fn pieces_of_nothing_are_refused() {
        zeros([3]).split(0, 0);
    }

    #[test]
    #[should_panic(
        expected = "to sum exactly to 3 (input tensor's size at dimension 0), but got split_sizes=[1, 1]"
    )]
    fn sizes_have_to_add_up() {
        zeros([3]).split_sizes(&[1, 1], 0);
    }
}
