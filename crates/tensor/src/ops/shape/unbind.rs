use crate::Tensor;

impl Tensor {
    /// The parts at every position along `dim`, without that axis, as `torch.unbind`. Nothing is copied.
    ///
    /// ```
    /// let x = tensor::Tensor::from([[1i64, 2], [3, 4]]);
    /// assert_eq!(x.unbind(1)[0].to_vec::<i64>(), [1, 3]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn unbind(&self, dim: isize) -> Vec<Tensor> {
        let n = self.shape()[self.some_axis("unbind", dim)];
        (0..n).map(|i| self.select(dim, i as isize)).collect()
    }

    /// The parts along the first axis one after the other, as Python's `for row in x`. Nothing is copied.
    ///
    /// ```
    /// let x = tensor::Tensor::from([[1i64, 2], [3, 4]]);
    /// let sums: Vec<f64> = x.iter().map(|row| row.sum().item()).collect();
    /// assert_eq!(sums, [3.0, 7.0]);
    /// for row in &x {
    ///     assert_eq!(row.shape(), [2]);
    /// }
    /// ```
    ///
    /// # Panics
    /// If there are no axes.
    #[track_caller]
    pub fn iter(&self) -> std::vec::IntoIter<Tensor> {
        assert!(self.ndim() > 0, "iter: iteration over a 0-d tensor");
        self.unbind(0).into_iter()
    }

    /// The size of the first axis, as Python's `len(x)`; [`Tensor::numel`] counts the elements.
    ///
    /// # Panics
    /// If there are no axes.
    #[allow(clippy::len_without_is_empty)] // nothing asks a tensor that
    #[track_caller]
    pub fn len(&self) -> usize {
        assert!(self.ndim() > 0, "len: len() of a 0-d tensor");
        self.shape()[0]
    }
}

impl IntoIterator for &Tensor {
    type Item = Tensor;
    type IntoIter = std::vec::IntoIter<Tensor>;

    #[track_caller]
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
