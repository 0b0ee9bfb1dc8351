use crate::{InterpolateOptions, Interpolation, Tensor};

impl Tensor {
    /// Images of another size, as `torch.nn.functional.interpolate`: each element is the nearest one of the
    /// input, or lies on a line or curve through its neighbours, or is a mean.
    ///
    /// # Shapes
    /// - `x`: `[batch, channels, …]` and then one, two or three axes; `Linear` is for one, `Bilinear` and
    ///   `Bicubic` are for two, `Trilinear` is for three
    /// - output: the same, with the sizes asked for, or `⌊n·scale_factor⌋` elements along each of these
    ///
    /// Where the positions of the output lie in the input follows from `scale_factor` if it is given, as in
    /// torch, also where it makes no whole sizes; `recompute_scale_factor` lets it follow from the sizes.
    ///
    /// ```
    /// use tensor::{InterpolateMode, InterpolateOptions, Tensor};
    ///
    /// let x = Tensor::from([[[[1.0f32, 2.0], [3.0, 4.0]]]]);
    /// let twice = InterpolateOptions { scale_factor: Some(2.0.into()), ..Default::default() };
    /// let y = x.interpolate(&twice);
    /// assert_eq!(y.select(2, 0).to_vec::<f32>(), [1.0, 1.0, 2.0, 2.0]);
    /// let smooth = InterpolateOptions { mode: InterpolateMode::Bilinear, ..twice };
    /// let y = x.interpolate(&smooth);
    /// assert_eq!(y.select(2, 0).to_vec::<f32>(), [1.0, 1.25, 1.75, 2.0]);
    /// ```
    ///
    /// # Panics
    /// In torch's words: if neither a size nor a factor is given, or both, or not as many as there are axes;
    /// if a size is 0, the axes are not those of the mode, or the mode does not take an option. If elements
    /// are computed and are neither `F32` nor `F64`.
    #[track_caller]
    pub fn interpolate(&self, options: &InterpolateOptions) -> Tensor {
        Interpolation::new(self.shape(), options).forward(self)
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, InterpolateMode, InterpolateOptions, arange, zeros};

    #[test]
    fn every_dtype_is_copied() {
        let to = InterpolateOptions { size: Some(4.into()), ..Default::default() };
        for dtype in DType::ALL {
            let y = arange(0, 2, 1).to_dtype(dtype).reshape([1, 1, 2]).interpolate(&to);
            assert_eq!((y.dtype(), y.to_dtype(DType::I64).to_vec::<i64>()), (dtype, vec![0, 0, 1, 1]));
        }
    }

    #[test]
    #[should_panic(expected = "interpolate: Got 3D input, but bilinear mode needs 4D input")]
    fn a_mode_has_its_number_of_axes() {
        let mode = InterpolateMode::Bilinear;
        zeros([1, 1, 4]).interpolate(&InterpolateOptions {
            size: Some(2.into()),
            mode,
            ..Default::default()
        });
    }

    #[test]
    #[should_panic(
        expected = "interpolate: Input and output sizes should be greater than 0, but got input (H: 4, W: 4) \
                    output (H: 0, W: 0)"
    )]
    fn nothing_is_left() {
        let scale_factor = Some(0.1.into());
        zeros([1, 1, 4, 4]).interpolate(&InterpolateOptions { scale_factor, ..Default::default() });
    }

    #[test]
    #[should_panic(
        expected = "interpolate: Input and scale_factor must have the same number of spatial dimensions, but got \
                    input with spatial dimensions of [4, 4] and scale_factor of shape (2.0,). Please provide \
                    input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
    )]
    fn a_factor_for_each_axis() {
        let scale_factor = Some([2.0].into());
        zeros([1, 1, 4, 4]).interpolate(&InterpolateOptions { scale_factor, ..Default::default() });
    }
}
