use crate::{AffineGrid, Tensor};

impl Tensor {
    /// The grids that [`Tensor::grid_sample`] reads images at to map them affinely, as
    /// `torch.nn.functional.affine_grid`: this tensor's matrices times the coordinates of a new image's
    /// elements, from −1 to 1, and a 1.
    ///
    /// # Shapes
    /// - `theta`: `[batch, 2, 3]`, or `[batch, 3, 4]`
    /// - `size`: `[batch, channels, height, width]`, or `[batch, channels, depth, height, width]`: the
    ///   sizes of the new images
    /// - output: `[batch, height, width, 2]`, or `[batch, depth, height, width, 3]`
    ///
    /// `align_corners` is whether −1 and 1 are the middles of the first and last elements of an axis;
    /// else they are its ends. An axis of one element is at 0.
    ///
    /// ```
    /// use tensor::{GridSampleOptions, Tensor};
    ///
    /// let mirror = Tensor::from([[[-1.0f32, 0.0, 0.0], [0.0, 1.0, 0.0]]]);
    /// let grid = mirror.affine_grid(&[1, 1, 1, 2], false);
    /// assert_eq!(grid.to_vec::<f32>(), [0.5, 0.0, -0.5, 0.0]);
    /// let x = Tensor::from([[[[1.0f32, 2.0]]]]);
    /// let y = x.grid_sample(&grid, GridSampleOptions::default());
    /// assert_eq!(y.to_vec::<f32>(), [2.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// In torch's words, if the matrices are not of these shapes, the batches differ or a size is 0. If the
    /// dtype is neither `F32` nor `F64`.
    #[track_caller]
    pub fn affine_grid(&self, size: &[usize], align_corners: bool) -> Tensor {
        AffineGrid::new(self.shape(), size, align_corners).forward(self)
    }
}

#[cfg(test)]
mod tests {
    use crate::zeros;

    #[test]
    #[should_panic(
        expected = "affine_grid: Expected a batch of 3D affine matrices of shape Nx3x4 for size [2, 1, 3, 4, 5]. Got \
                    [2, 2, 3]."
    )]
    fn a_matrix_for_the_axes() {
        zeros([2, 2, 3]).affine_grid(&[2, 1, 3, 4, 5], false);
    }

    #[test]
    #[should_panic(
        expected = "affine_grid: Expected size for first two dimensions of batch2 tensor to be: [3, 3] but got: [2, 3]."
    )]
    fn a_matrix_for_each_image() {
        zeros([2, 2, 3]).affine_grid(&[3, 1, 3, 4], false);
    }
}
