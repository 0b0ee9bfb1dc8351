use crate::dispatch::{by_float, by_integer};
use crate::kernels::conv;
use crate::kernels::simd::Isa;
use crate::{ConvFuncOptions, Convolution, Tensor};

impl Tensor {
    /// Convolution over the last axis, as `torch.nn.functional.conv1d`: [`Tensor::conv2d`] with one axis.
    ///
    /// # Panics
    /// As [`Tensor::conv2d`].
    #[track_caller]
    pub fn conv1d(&self, weight: &Tensor, bias: Option<&Tensor>, options: ConvFuncOptions<1>) -> Tensor {
        self.conv(weight, bias, &options.convolution(weight.shape()))
    }

    /// Convolution over the last two axes, as `torch.nn.functional.conv2d`: the sum over channels
    /// and taps of the kernel, which is not turned round, `y[n, o, i, j] = b[o] + Σ w[o, c, p,
    /// q]·x[n, c, i·s + p, j·s + q]`.
    ///
    /// Shapes: `x: [batch, channels, h, w]` or without the batch, `weight: [out, channels /
    /// groups, kh, kw]`, `bias: [out]`, `y: [batch, out, h', w']` with `h' = ⌊(h + 2·padding −
    /// dilation·(kh − 1) − 1) / stride⌋ + 1`.
    ///
    /// ```
    /// use tensor::{ConvFuncOptions, Tensor, ones};
    ///
    /// let x = Tensor::from([[[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]); // without a batch
    /// let y = x.conv2d(&ones([1, 1, 2, 2]), None, ConvFuncOptions::default());
    /// assert_eq!(y.to_vec::<f32>(), [12.0, 16.0, 24.0, 28.0]);
    /// let same = ConvFuncOptions { padding: 1.into(), stride: 2.into(), ..Default::default() };
    /// assert_eq!(x.conv2d(&ones([4, 1, 3, 3]), None, same).shape(), [4, 2, 2]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not fit each other, the kernel is larger than the padded input, that has 2³² places
    /// or more, the dtypes differ, or it is `Bool`.
    #[track_caller]
    pub fn conv2d(&self, weight: &Tensor, bias: Option<&Tensor>, options: ConvFuncOptions<2>) -> Tensor {
        self.conv(weight, bias, &options.convolution(weight.shape()))
    }

    /// Convolution over the last three axes, as `torch.nn.functional.conv3d`: [`Tensor::conv2d`] with a third
    /// axis.
    ///
    /// # Panics
    /// As [`Tensor::conv2d`].
    #[track_caller]
    pub fn conv3d(&self, weight: &Tensor, bias: Option<&Tensor>, options: ConvFuncOptions<3>) -> Tensor {
        self.conv(weight, bias, &options.convolution(weight.shape()))
    }

    /// The convolution `c`, over as many axes as it has.
    ///
    /// # Panics
    /// As [`Tensor::conv2d`].
    #[track_caller]
    pub fn conv(&self, weight: &Tensor, bias: Option<&Tensor>, c: &Convolution) -> Tensor {
        let op = ["conv1d", "conv2d", "conv3d"][c.axes() - 1];
        c.check(op, weight.shape());
        let x = c.batched(op, self);
        let (shape, w, groups) = (x.shape(), weight.shape(), c.groups());
        assert!(
            shape[1] == w[1] * groups,
            "{op}: Given groups={groups}, weight of size {w:?}, expected input{shape:?} to have {} channels, but got {} channels instead",
            w[1] * groups,
            shape[1]
        );
        Convolution::check_dtype(op, &x, weight, "weight");
        if let Some(bias) = bias {
            assert!(
                bias.shape() == [w[0]],
                "{op}: Given weight of size {w:?}, expected bias to be 1-dimensional with {} elements, but got bias of size {:?} instead",
                w[0],
                bias.shape()
            );
            Convolution::check_dtype(op, &x, bias, "bias");
        }
        let g = c.geometry(op, shape, w);
        let channels = if g.inputs == 0 { 0 } else { w[0] }; // as torch has it
        let (x, weight, bias) = (x.contiguous(), weight.contiguous(), bias.map(Tensor::contiguous));
        let shape = c.shape(g.batch, channels, g.output);
        if shape.contains(&0) {
            return unbatched(crate::zeros_dtype(shape, self.dtype()), self);
        }
        let y = by_float!(
            self.dtype(),
            T => {
                let bias = bias.as_ref().map(Tensor::as_slice::<T>);
                Tensor::build(shape, self.dtype(), |y: &mut [T]| {
                    conv::output(Isa::current(), &g, x.as_slice(), weight.as_slice(), bias, y);
                })
            },
            else by_integer!(op, self, T => {
                let bias = bias.as_ref().map(Tensor::as_slice::<T>);
                Tensor::build(shape, self.dtype(), |y: &mut [T]| {
                    conv::exact(&g, x.as_slice(), weight.as_slice(), bias, y);
                })
            })
        );
        unbatched(y, self)
    }
}

/// `y` without its batch if `x` had none.
pub(super) fn unbatched(y: Tensor, x: &Tensor) -> Tensor {
    if y.ndim() == x.ndim() { y } else { y.squeeze(0) }
}

#[cfg(test)]
mod tests {
    use crate::{ConvFuncOptions, DType, arange};

    /// Where the last places of a padded axis are read by no window, as much may be read as there is.
    #[test]
    fn a_padding_that_shifts_without_lengthening() {
        for (n, kernel, stride) in [(9usize, 3usize, 3usize), (8, 4, 4), (9, 5, 4)] {
            let x = arange(0, (n * n) as i64, 1).reshape([1, 1, n, n]);
            let w = arange(1, (kernel * kernel + 1) as i64, 1).reshape([1, 1, kernel, kernel]);
            let options = ConvFuncOptions { stride: stride.into(), padding: 1.into(), ..Default::default() };
            let (floats, weight) = (x.to_dtype(DType::F32), w.to_dtype(DType::F32));
            let y = floats.conv2d(&weight, None, options);
            let exact = x.conv2d(&w, None, options).to_dtype(DType::F32);
            assert_eq!(y.to_vec::<f32>(), exact.to_vec::<f32>(), "{n} {kernel}");
            let bare = ConvFuncOptions { padding: 0.into(), ..options };
            let padded = floats.pad([1; 4], 0.into());
            let [dw, expected] = [(&floats, options), (&padded, bare)]
                .map(|(x, options)| x.conv_weight(&y, w.shape(), &options.convolution(w.shape())));
            assert_eq!(dw.to_vec::<f32>(), expected.to_vec::<f32>(), "{n} {kernel}");
        }
    }

    #[test]
    fn a_stride_beyond_all_sizes_reaches_one_place() {
        let (x, w) = (crate::ones([1, 1, 3]), arange(1.0, 4.0, 1.0).reshape([1, 1, 3]));
        let options = ConvFuncOptions::<1> { stride: usize::MAX.into(), ..Default::default() };
        let y = x.conv1d(&w, None, options);
        assert_eq!(y.to_vec::<f32>(), [6.0]);
        let dx = y.conv_input(&w, &[1, 1, 3], &options.convolution(w.shape()));
        assert_eq!(dx.to_vec::<f32>(), [6.0, 12.0, 18.0]);
    }

    #[test]
    #[should_panic(expected = "conv1d: an image of [1, 1, 4] with its padding is too large")]
    fn a_padding_beyond_all_memory() {
        let options = ConvFuncOptions::<1> {
            dilation: (1usize << 31).into(),
            padding: (1usize << 31).into(),
            ..Default::default()
        };
        crate::ones([1, 1, 4]).conv1d(&crate::ones([1, 1, 3]), None, options);
    }
}
