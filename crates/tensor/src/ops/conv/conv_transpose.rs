use crate::{ConvTransposeFuncOptions, Convolution, Shape, Tensor};

impl Tensor {
    /// Transposed convolution over the last axis, as `torch.nn.functional.conv_transpose1d`:
    /// [`Tensor::conv_transpose2d`] with one axis.
    ///
    /// # Panics
    /// As [`Tensor::conv_transpose2d`].
    #[track_caller]
    pub fn conv_transpose1d(
        &self,
        weight: &Tensor,
        bias: Option<&Tensor>,
        options: ConvTransposeFuncOptions<1>,
    ) -> Tensor {
        self.conv_transpose(weight, bias, &options.convolution(), &options.output_padding.axes())
    }

    /// Transposed convolution over the last two axes, as `torch.nn.functional.conv_transpose2d`: each place
    /// of the input adds its multiple of the kernel to the output, as the gradient of a convolution does.
    ///
    /// Shapes: `x: [batch, channels, h, w]` or without the batch, `weight: [channels, out / groups, kh, kw]`,
    /// `bias: [out]`, `y: [batch, out, h', w']` with
    /// `h' = (h − 1)·stride − 2·padding + dilation·(kh − 1) + output_padding + 1`.
    ///
    /// ```
    /// use tensor::{ConvTransposeFuncOptions, Tensor, ones};
    ///
    /// let x = Tensor::from([[[1.0f32, 2.0]]]);
    /// let options = ConvTransposeFuncOptions { stride: 2.into(), ..Default::default() };
    /// let y = x.conv_transpose2d(&ones([1, 1, 1, 3]), None, options);
    /// assert_eq!(y.to_vec::<f32>(), [1.0, 1.0, 3.0, 2.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not fit each other, nothing would be left of the output, the output padding is
    /// neither below the stride nor the dilation, or the dtypes are not the same float.
    #[track_caller]
    pub fn conv_transpose2d(
        &self,
        weight: &Tensor,
        bias: Option<&Tensor>,
        options: ConvTransposeFuncOptions<2>,
    ) -> Tensor {
        self.conv_transpose(weight, bias, &options.convolution(), &options.output_padding.axes())
    }

    /// Transposed convolution over the last three axes, as `torch.nn.functional.conv_transpose3d`:
    /// [`Tensor::conv_transpose2d`] with a third axis.
    ///
    /// # Panics
    /// As [`Tensor::conv_transpose2d`].
    #[track_caller]
    pub fn conv_transpose3d(
        &self,
        weight: &Tensor,
        bias: Option<&Tensor>,
        options: ConvTransposeFuncOptions<3>,
    ) -> Tensor {
        self.conv_transpose(weight, bias, &options.convolution(), &options.output_padding.axes())
    }

    /// The transpose of the convolution `c`, over as many axes as it has, with so much added behind each.
    ///
    /// # Panics
    /// As [`Tensor::conv_transpose2d`].
    #[track_caller]
    pub fn conv_transpose(
        &self,
        weight: &Tensor,
        bias: Option<&Tensor>,
        c: &Convolution,
        output_padding: &[usize],
    ) -> Tensor {
        let (op, shape) = (transposed(c), c.transposed_shape(self, weight, output_padding));
        let out = shape[shape.len() - c.axes() - 1];
        if let Some(bias) = bias {
            assert!(
                bias.shape() == [out],
                "{op}: Given transposed=1, weight of size {:?}, expected bias to be 1-dimensional with {out} elements, but got bias of size {:?} instead",
                weight.shape(),
                bias.shape()
            );
            Convolution::check_dtype(op, self, bias, "bias");
        }
        let y = self.input_gradient(op, weight, &shape, c);
        let Some(bias) = bias else { return y };
        let per_channel: Shape = [out].into_iter().chain(c.stride().iter().map(|_| 1)).collect();
        y.into_add(&bias.reshape(per_channel))
    }
}

fn transposed(c: &Convolution) -> &'static str {
    ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"][c.axes() - 1]
}

impl Convolution {
    /// The shape of the output of a transposed convolution: the input of the
    /// convolution that `x` is an output of.
    ///
    /// # Panics
    /// As [`Tensor::conv_transpose2d`].
    #[track_caller]
    fn transposed_shape(&self, x: &Tensor, weight: &Tensor, output_padding: &[usize]) -> Shape {
        let op = transposed(self);
        self.check(op, weight.shape());
        let (full, w) = (self.batched(op, x), weight.shape());
        assert!(
            full.size(1) == w[0],
            "{op}: Given transposed=1, weight of size {w:?}, expected input{:?} to have {} channels, but got {} channels instead",
            full.shape(),
            w[0],
            full.size(1)
        );
        let (stride, dilation) = (self.stride(), self.dilation());
        let fits = |(axis, &more): (usize, &usize)| more < stride[axis] || more < dilation[axis];
        assert!(
            output_padding.iter().enumerate().all(fits),
            "{op}: output padding must be smaller than either stride or dilation, but got output_padding: {output_padding:?} stride: {stride:?} dilation: {dilation:?}"
        );
        let sizes: Vec<i128> = (0..self.axes())
            .map(|axis| {
                let [before, behind] = self.padding()[axis].map(|size| size as i128);
                let (size, kernel) = (full.shape()[axis + 2] as i128, w[axis + 2] as i128);
                let reach = (size - 1) * stride[axis] as i128 + dilation[axis] as i128 * (kernel - 1);
                reach + output_padding[axis] as i128 + 1 - before - behind
            })
            .collect();
        let spatial: Option<Vec<usize>> =
            sizes.iter().map(|&size| usize::try_from(size).ok().filter(|&size| size > 0)).collect();
        let Some(spatial) = spatial else {
            let text = |sizes: &[String]| sizes.join(" x ");
            let input: Vec<String> = full.shape()[2..].iter().map(usize::to_string).collect();
            let sizes: Vec<String> = sizes.iter().map(i128::to_string).collect();
            panic!(
                "{op}: Given input size per channel: ({}). Calculated output size per channel: ({}). Output size is too small",
                text(&input),
                text(&sizes)
            )
        };
        let batch = (x.ndim() == self.axes() + 2).then(|| x.size(0));
        batch.into_iter().chain([w[1] * self.groups()]).chain(spatial).collect()
    }
}
