use crate::Tensor;

impl Tensor {
    /// Channels laid out as the pixels of a larger image, as `torch.nn.functional.pixel_shuffle` (Shi et
    /// al., *Real-time single image and video super-resolution using an efficient sub-pixel convolutional
    /// neural network*, 2016).
    ///
    /// # Shapes
    /// - `x`: `[…, channels·r², height, width]` with `r` the factor
    /// - output: `[…, channels, height·r, width·r]`
    ///
    /// ```
    /// let x = tensor::arange(0.0, 8.0, 1.0).reshape([4, 1, 2]);
    /// let y = x.pixel_shuffle(2);
    /// assert_eq!(y.shape(), [1, 2, 4]);
    /// assert_eq!(y.to_vec::<f32>(), [0.0, 2.0, 1.0, 3.0, 4.0, 6.0, 5.0, 7.0]);
    /// ```
    ///
    /// # Panics
    /// In torch's words, if there are fewer than three axes or the factor's square does not divide the
    /// channels.
    #[track_caller]
    pub fn pixel_shuffle(&self, upscale_factor: usize) -> Tensor {
        let (r, op) = (upscale_factor, "pixel_shuffle");
        let (batch, [channels, height, width]) = self.pixels(op, "upscale_factor", r);
        let square = r.saturating_mul(r);
        assert!(
            channels.is_multiple_of(square),
            "{op}: pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of \
             upscale_factor, but input.size(-3)={channels} is not divisible by {square}"
        );
        let parts = [batch, &[channels / square, r, r, height, width]].concat();
        let whole = [batch, &[channels / square, height * r, width * r]].concat();
        self.reshape(parts).turned(&[0, 3, 1, 4, 2]).reshape(whole)
    }

    /// The pixels of squares as channels, as `torch.nn.functional.pixel_unshuffle`: the way back from
    /// [`Tensor::pixel_shuffle`].
    ///
    /// # Shapes
    /// - `x`: `[…, channels, height·r, width·r]` with `r` the factor
    /// - output: `[…, channels·r², height, width]`
    ///
    /// ```
    /// let x = tensor::arange(0.0, 8.0, 1.0).reshape([1, 2, 4]);
    /// let y = x.pixel_unshuffle(2);
    /// assert_eq!(y.shape(), [4, 1, 2]);
    /// assert_eq!(y.to_vec::<f32>(), [0.0, 2.0, 1.0, 3.0, 4.0, 6.0, 5.0, 7.0]);
    /// ```
    ///
    /// # Panics
    /// In torch's words, if there are fewer than three axes or the factor does not divide height and width.
    #[track_caller]
    pub fn pixel_unshuffle(&self, downscale_factor: usize) -> Tensor {
        let (r, op) = (downscale_factor, "pixel_unshuffle");
        let (batch, [channels, height, width]) = self.pixels(op, "downscale_factor", r);
        for (size, name, axis) in [(height, "height", -2), (width, "width", -1)] {
            assert!(
                size.is_multiple_of(r),
                "{op}: pixel_unshuffle expects {name} to be divisible by downscale_factor, but \
                 input.size({axis})={size} is not divisible by {r}"
            );
        }
        let parts = [batch, &[channels, height / r, r, width / r, r]].concat();
        let whole = [batch, &[channels.saturating_mul(r * r), height / r, width / r]].concat();
        self.reshape(parts).turned(&[0, 2, 4, 1, 3]).reshape(whole)
    }

    /// Channels in another order, as `torch.nn.functional.channel_shuffle`: the first of each group, the
    /// second of each, and so on (Zhang et al., *ShuffleNet*, 2018).
    ///
    /// # Shapes
    /// - `x`: `[batch, channels, …]` with at least one more axis
    /// - output: the same
    ///
    /// ```
    /// let x = tensor::arange(0.0, 6.0, 1.0).reshape([1, 6, 1]);
    /// assert_eq!(x.channel_shuffle(2).to_vec::<f32>(), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// In torch's words, if there are fewer than three axes or the groups do not divide the channels.
    #[track_caller]
    pub fn channel_shuffle(&self, groups: usize) -> Tensor {
        let (op, shape) = ("channel_shuffle", self.shape());
        assert!(
            shape.len() > 2,
            "{op}: channel_shuffle expects input with > 2 dims, but got input with sizes {shape:?}"
        );
        assert!(
            groups > 0,
            "{op}: Number of groups to divide channels in must be positive. Value of groups:{groups}"
        );
        let channels = shape[1];
        assert!(
            channels.is_multiple_of(groups),
            "{op}: Number of channels must be divisible by groups. Got {channels} channels and {groups} groups."
        );
        let pixels = shape[2..].iter().product();
        self.reshape([shape[0], groups, channels / groups, pixels]).transpose(1, 2).reshape(shape)
    }

    /// The axes before the last three, and those.
    #[track_caller]
    fn pixels(&self, op: &str, name: &str, factor: usize) -> (&[usize], [usize; 3]) {
        let n = self.ndim();
        assert!(
            n >= 3,
            "{op}: {op} expects input to have at least 3 dimensions, but got input with {n} dimension(s)"
        );
        assert!(factor > 0, "{op}: {op} expects a positive {name}, but got {factor}");
        let (batch, last) = self.shape().split_at(n - 3);
        (batch, last.try_into().expect("three axes"))
    }

    /// The last five axes in this order.
    fn turned(&self, order: &[usize; 5]) -> Tensor {
        let first = self.ndim() - 5;
        let last = order.iter().map(|axis| first + axis);
        self.permute((0..first).chain(last).map(|axis| axis as isize).collect::<Vec<_>>())
    }
}
