use tensor::{DType, PerAxis, Shape, Tensor};

use crate::{Options, Variable};

/// The options of [`Variable::max_unpool2d`], of those over other axes, and of `nn::MaxUnpool`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor)]
pub struct MaxUnpoolOptions<const D: usize> {
    /// The distance from one window to the next. Default the window's size.
    pub stride: Option<PerAxis<D>>,
    /// The length of the padding that the pool had. Default 0.
    #[option(default = PerAxis::All(0))]
    pub padding: PerAxis<D>,
}

/// The methods for each number of axes.
macro_rules! max_unpools {
    ($($name:ident | $D:literal of $max:ident over $axes:literal;)*) => {$(
        impl Variable {
            #[doc = concat!("Zeros with the elements at `indices` of ", $axes, ", as `torch.nn.functional.", stringify!($name), "`:")]
            #[doc = concat!("the way back from [`Variable::", stringify!($max), "_with_indices`].")]
            /// The image is the smallest that the pool makes this of, or of `output_size`, which may be
            /// less than a stride away from that.
            ///
            /// ```
            /// use autograd::{MaxPoolOptions, MaxUnpoolOptions, Variable};
            /// use tensor::Tensor;
            ///
            /// let x = Variable::new(Tensor::from([[1.0f32, 3.0, 4.0, 2.0]]));
            /// let (y, indices) = x.max_pool1d_with_indices(2, MaxPoolOptions::default());
            /// let z = y.max_unpool1d(&indices, 2, MaxUnpoolOptions::default(), None);
            /// assert_eq!(z.data().to_vec::<f32>(), [0.0, 3.0, 4.0, 0.0]);
            /// ```
            ///
            /// # Panics
            /// In torch's words: if the axes are others, the indices are not of the same shape, `I64` and
            /// inside the image, or the size is not one that the pool can have had.
            #[track_caller]
            pub fn $name(
                &self,
                indices: &Tensor,
                kernel_size: impl Into<PerAxis<$D>>,
                options: MaxUnpoolOptions<$D>,
                output_size: Option<[usize; $D]>,
            ) -> Variable {
                unpool(stringify!($name), self, indices, kernel_size.into(), options, output_size)
            }
        }
    )*};
}

max_unpools! {
    max_unpool1d | 1 of max_pool1d over "the last axis";
    max_unpool2d | 2 of max_pool2d over "the last two axes";
    max_unpool3d | 3 of max_pool3d over "the last three axes";
}

#[track_caller]
fn unpool<const D: usize>(
    op: &str,
    x: &Variable,
    indices: &Tensor,
    kernel_size: PerAxis<D>,
    options: MaxUnpoolOptions<D>,
    output_size: Option<[usize; D]>,
) -> Variable {
    let shape = x.shape();
    let n = shape.len();
    assert!(
        n == D + 1 || n == D + 2,
        "{op}: Input to max_unpooling{D}d should be a {}d or {}d Tensor, but got a tensor with {n} dimensions.",
        D + 1,
        D + 2
    );
    if let Some(axis) = (1..n).find(|&axis| shape[axis] == 0) {
        panic!(
            "{op}: Expected input to have non-zero size for non-batch dimensions, but input has sizes {shape:?} with dimension \
             {axis} being empty"
        );
    }
    assert!(
        indices.dtype() == DType::I64,
        "{op}: elements in indices should be type int64 but got: {}",
        indices.dtype()
    );
    assert!(
        indices.shape() == shape,
        "{op}: Expected shape of indices to be same as that of the input tensor ({shape:?}) but got indices tensor with \
         shape: {:?}",
        indices.shape()
    );
    let (kernel, stride) = (kernel_size.axes(), options.stride.unwrap_or(kernel_size).axes());
    let (padding, input) = (options.padding.axes(), &shape[n - D..]);
    let mut sizes = [0; D];
    for (axis, fitting) in sizes.iter_mut().enumerate() {
        let [n, kernel, stride, padding] =
            [input[axis], kernel[axis], stride[axis], padding[axis]].map(|size| size as i128);
        let mut size = (n - 1) * stride + kernel - 2 * padding;
        if let Some(asked) = output_size {
            let (least, most) = (size - stride, size + stride);
            size = asked[axis] as i128;
            assert!(
                least < size && size < most,
                "{op}: invalid output_size \"{asked:?}\" (dim {axis} must be between {least} and {most})"
            );
        }
        let Ok(size) = usize::try_from(size) else {
            panic!(
                "{op}: max_unpooling: output_size must contain non-negative spatial dimensions, but got \
                 output_size[{axis}]={size}"
            )
        };
        *fitting = size;
    }
    let volume: usize = Shape::from(sizes).numel();
    if let Some(index) = indices.to_vec::<i64>().into_iter().find(|&at| at < 0 || at >= volume as i64) {
        let sizes = sizes.map(|size| size.to_string()).join("x");
        panic!("{op}: Found an invalid max index: {index} (output volumes are of size {sizes})");
    }
    let planes: Vec<usize> = shape[..n - D].to_vec();
    let flat = |last: usize| [&planes[..], &[last]].concat();
    let elements = flat(input.iter().product());
    let zeros = Variable::new(tensor::zeros_dtype(flat(volume), x.dtype()));
    let y = zeros.scatter(-1, &indices.reshape(&elements[..]), &x.reshape(&elements[..]));
    y.reshape([&planes[..], &sizes[..]].concat())
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::MaxUnpoolOptions;
    use crate::gradcheck::gradchecks;

    #[test]
    fn max_unpool_gradient_matches_finite_differences() {
        let (x, indices) = (Tensor::from([[[0.5, 1.0], [2.0, 3.5]]]), Tensor::from([[[0i64, 3], [9, 15]]]));
        gradchecks(
            |x| x[0].max_unpool2d(&indices, 2, MaxUnpoolOptions::default(), None).square(),
            &[x.clone()],
        );
        gradchecks(|x| x[0].max_unpool2d(&indices, 2, MaxUnpoolOptions::default(), Some([5, 5])), &[x]);
    }
}
