use crate::{Integers, PadMode, Padded, Tensor};

impl Tensor {
    /// The tensor with `padding` more elements at the ends of its last axes, as `torch.nn.functional.pad`:
    /// two numbers for each axis, before and behind it, from the last axis on. Negative ones cut off.
    ///
    /// A constant goes with any number of axes; the other modes pad the last one, two or three of images with
    /// channels, and a batch or none.
    ///
    /// ```
    /// let x = tensor::ones([2, 3]);
    /// assert_eq!(x.pad(&[1, 2], 0.0.into()).shape(), [2, 6]);
    /// assert_eq!(x.pad(&[-1, 0, 1, 1], 0.0.into()).to_vec::<f32>(), [0., 0., 1., 1., 1., 1., 0., 0.]);
    /// ```
    ///
    /// # Panics
    /// In torch's words: if there are too many numbers, or an odd one, more is cut off than there is, or the
    /// padding is longer than the axis allows. If the dtype cannot hold the constant.
    #[track_caller]
    pub fn pad(&self, padding: impl Integers, mode: PadMode) -> Tensor {
        self.padded(&padding.integers(), mode)
    }

    #[track_caller]
    fn padded(&self, padding: &[isize], mode: PadMode) -> Tensor {
        Padded::new(self.shape(), padding, mode).forward(self)
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, PadMode, Tensor, arange, zeros};

    #[test]
    fn some_ends_are_cut_and_others_padded() {
        let x = arange(0, 4, 1).reshape([1, 4]);
        let padded = |padding, mode: PadMode| x.pad(padding, mode).to_vec::<i64>();
        assert_eq!(padded(&[-1, 2], 7.into()), [1, 2, 3, 7, 7]);
        assert_eq!(padded(&[-1, 2], PadMode::Reflect), [1, 2, 3, 2, 1]);
        assert_eq!(padded(&[2, -2], PadMode::Replicate), [0, 0, 0, 1]);
        assert_eq!(padded(&[2, -1], PadMode::Circular), [1, 2, 0, 1, 2]);
        assert_eq!(x.pad([-2, -2], 0.into()).shape(), [1, 0]);
    }

    #[test]
    fn every_dtype_is_padded() {
        for dtype in DType::ALL {
            let y = Tensor::from([1i64]).to_dtype(dtype).pad([1, 0], PadMode::Constant(false.into()));
            assert_eq!((y.dtype(), y.to_dtype(DType::I64).to_vec::<i64>()), (dtype, vec![0, 1]));
        }
    }

    #[test]
    #[should_panic(
        expected = "pad: Argument #4: Padding size should be less than the corresponding input dimension, but got: \
                    padding (5, 0) at dimension 3 of input [2, 3, 4, 5]"
    )]
    fn a_reflection_longer_than_the_axis() {
        zeros([2, 3, 4, 5]).pad([5, 0, 0, 0], PadMode::Reflect);
    }

    #[test]
    #[should_panic(expected = "pad: Padding size 2 is not supported for 4D input tensor.")]
    fn a_reflection_of_one_axis_of_an_image() {
        zeros([2, 3, 4, 5]).pad([1, 1], PadMode::Reflect);
    }
}
