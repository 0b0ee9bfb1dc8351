use crate::{Patches, PerAxis, Tensor, Window};

impl Tensor {
    /// The patches of images that a window slides over, a column each: `torch.nn.functional.unfold`, by the
    /// name that it has inside torch. A window's stride is its size unless it is given; torch's default is 1.
    ///
    /// # Shapes
    /// - `x`: `[batch, channels, height, width]` or `[channels, height, width]`
    /// - output: `[batch, channels·kernel_size[0]·kernel_size[1], patches]` or without the batch
    ///
    /// ```
    /// use tensor::{Window, arange};
    ///
    /// let x = arange(0.0, 12.0, 1.0).reshape([1, 3, 4]);
    /// let y = x.im2col(&Window { stride: [1, 2], ..Window::from(2) });
    /// assert_eq!(y.shape(), [4, 4]);
    /// assert_eq!(y.select(1, 0).to_vec::<f32>(), [0.0, 1.0, 4.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// In torch's words, if the axes are others, a size is 0 or no window fits. If the window has
    /// `ceil_mode`, or a padding that no image could have.
    #[track_caller]
    pub fn im2col(&self, window: &Window<2>) -> Tensor {
        Patches::of_images("unfold", self.shape(), window).take(self)
    }

    /// Images of zeros with the patches added where [`im2col`](Tensor::im2col) takes them, as
    /// `torch.nn.functional.fold`.
    ///
    /// # Shapes
    /// - `x`: `[batch, channels·kernel_size[0]·kernel_size[1], patches]` or without the batch
    /// - output: `[batch, channels, output_size[0], output_size[1]]` or without the batch
    ///
    /// ```
    /// use tensor::{Window, ones};
    ///
    /// let y = ones([4, 2]).col2im([2, 3], &Window { stride: [1, 1], ..Window::from(2) });
    /// assert_eq!(y.to_vec::<f32>(), [1.0, 2.0, 1.0, 1.0, 2.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// In torch's words, if the axes are others, a size is 0 or the patches are not so many. If the dtype is
    /// neither `F32` nor `F64`, or the window has `ceil_mode`, or a padding that no image could have.
    #[track_caller]
    pub fn col2im(&self, output_size: impl Into<PerAxis<2>>, window: &Window<2>) -> Tensor {
        Patches::of_columns("fold", self.shape(), output_size.into(), window).add("fold", self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DType, arange, ones, zeros};

    #[test]
    fn gaps_and_padding() {
        let x = arange(1.0, 10.0, 1.0).reshape([1, 3, 3]);
        let window = Window { stride: [2, 1], padding: [1, 1], dilation: [2, 1], ..Window::from((2, 2)) };
        let y = x.im2col(&window);
        assert_eq!(y.shape(), [4, 8]);
        let rows = [
            [0., 0., 0., 0., 0., 4., 5., 6.],
            [0., 0., 0., 0., 4., 5., 6., 0.],
            [0., 4., 5., 6., 0., 0., 0., 0.],
            [4., 5., 6., 0., 0., 0., 0., 0.],
        ];
        assert_eq!(y.to_vec::<f32>(), rows.concat());
        assert_eq!(y.col2im(3, &window).to_vec::<f32>(), [0., 0., 0., 16., 20., 24., 0., 0., 0.]);
    }

    #[test]
    fn every_dtype_is_unfolded() {
        for dtype in DType::ALL {
            let y = ones([1, 2, 2]).to_dtype(dtype).im2col(&Window::from(2));
            assert_eq!((y.dtype(), y.to_dtype(DType::I64).to_vec::<i64>()), (dtype, vec![1; 4]));
        }
    }

    #[test]
    #[should_panic(
        expected = "unfold: Given input with spatial size (5, 7), kernel_size=(2, 8), dilation=(1, 1), padding=(3, 0), \
                    calculated shape of the array of sliding blocks as (10, 0), but its components must be at \
                    least one."
    )]
    fn a_window_that_does_not_fit() {
        zeros([2, 3, 5, 7]).im2col(&Window { stride: [1, 1], padding: [3, 0], ..Window::from((2, 8)) });
    }

    #[test]
    #[should_panic(
        expected = "fold: Given output_size=(5, 7), kernel_size=(2, 2), dilation=(1, 1), padding=(0, 0), \
                    stride=(1, 1), expected size of input's dimension 2 to match the calculated number of sliding \
                    blocks 4 * 6 = 24, but got input.size(2)=23."
    )]
    fn too_few_patches() {
        zeros([2, 12, 23]).col2im([5, 7], &Window { stride: [1, 1], ..Window::from(2) });
    }

    #[test]
    #[should_panic(
        expected = "fold: Expected output spatial size to be positive, but got: output_size=(0, 4)."
    )]
    fn an_image_of_size_0() {
        zeros([4, 5]).col2im([0, 4], &Window { stride: [1, 1], padding: [1, 1], ..Window::from(2) });
    }
}
