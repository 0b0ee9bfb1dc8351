use crate::{GridSampleOptions, GridSampler, Tensor};

impl Tensor {
    /// The images read where a grid says, as `torch.nn.functional.grid_sample` (Jaderberg et al., *Spatial
    /// transformer networks*, 2015). [`Tensor::affine_grid`] makes grids.
    ///
    /// # Shapes
    /// - `x`: `[batch, channels, height, width]`, or `[batch, channels, depth, height, width]`
    /// - `grid`: `[batch, height', width', 2]` or `[batch, depth', height', width', 3]`: the coordinates `x`,
    ///   `y` and `z`, from −1 to 1 within the image
    /// - output: `[batch, channels, height', width']` or `[batch, channels, depth', height', width']`
    ///
    /// A coordinate that is NaN is outside of the image, or at its border, as it is in torch. Values are
    /// torch's to the bit, but those of `Bicubic` in `F64` where the coordinates do not lie one after the
    /// other.
    ///
    /// ```
    /// use tensor::{GridSampleMode, GridSampleOptions, GridSamplePadding, Tensor};
    ///
    /// let x = Tensor::from([[[[1.0f32, 2.0], [3.0, 4.0]]]]);
    /// let grid = Tensor::from([[[[0.0f32, 0.0], [0.5, -0.5], [1.0, -1.0]]]]);
    /// let y = x.grid_sample(&grid, GridSampleOptions::default());
    /// assert_eq!(y.to_vec::<f32>(), [2.5, 2.0, 0.5]);
    /// let padding_mode = GridSamplePadding::Border;
    /// let y = x.grid_sample(&grid, GridSampleOptions { padding_mode, ..Default::default() });
    /// assert_eq!(y.to_vec::<f32>(), [2.5, 2.0, 2.0]);
    /// let mode = GridSampleMode::Nearest;
    /// let y = x.grid_sample(&grid, GridSampleOptions { mode, padding_mode, align_corners: true });
    /// assert_eq!(y.to_vec::<f32>(), [1.0, 2.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// In torch's words, if the shapes do not fit each other or an axis of an image is empty. If the
    /// dtypes are not the same float.
    #[track_caller]
    pub fn grid_sample(&self, grid: &Tensor, options: GridSampleOptions) -> Tensor {
        GridSampler::new(self.shape(), grid.shape(), options).sample(self, grid)
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, GridSampleOptions, zeros, zeros_dtype};

    #[test]
    #[should_panic(
        expected = "grid_sample: grid_sampler(): expected grid to have size 2 in last dimension, but got grid with \
                    sizes [1, 3, 3, 3]"
    )]
    fn a_coordinate_for_each_axis() {
        zeros([1, 2, 4, 5]).grid_sample(&zeros([1, 3, 3, 3]), GridSampleOptions::default());
    }

    #[test]
    #[should_panic(
        expected = "grid_sample: grid_sampler(): expected 5D input and grid with same number of dimensions, but got \
                    input with sizes [1, 2, 4] and grid with sizes [1, 3, 1]"
    )]
    fn images_have_two_axes_or_three() {
        zeros([1, 2, 4]).grid_sample(&zeros([1, 3, 1]), GridSampleOptions::default());
    }

    #[test]
    #[should_panic(expected = "grid_sample: expected scalar type torch.float32 but found torch.float64")]
    fn one_dtype() {
        zeros([1, 1, 2, 2]).grid_sample(&zeros_dtype([1, 1, 1, 2], DType::F64), GridSampleOptions::default());
    }
}
