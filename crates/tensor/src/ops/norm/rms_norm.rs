use super::shaped;
use crate::dispatch::by_float;
use crate::kernels::norm::{rms_norm, rms_norm_backward};
use crate::{DType, Tensor, zeros_dtype};

const OP: &str = "rms_norm";

impl Tensor {
    /// `y = x/√(mean(x²) + eps)·weight` over the last axes, which have `normalized_shape`, as
    /// `torch.nn.functional.rms_norm`. `weight` has that shape, and without it there is no scale. Without an
    /// `eps` it is the distance from 1 to the next number of the dtype.
    ///
    /// ```
    /// let x = tensor::Tensor::from([[3.0f32, -3.0], [0.5, 0.5]]);
    /// assert_eq!(x.rms_norm(&[2], None, Some(0.0)).to_vec::<f32>(), [1.0, -1.0, 1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the last axes have another shape, or the dtypes are not the same float.
    #[track_caller]
    pub fn rms_norm(&self, normalized_shape: &[usize], weight: Option<&Tensor>, eps: Option<f64>) -> Tensor {
        self.native_rms_norm(normalized_shape, weight, eps).0
    }

    /// [`Tensor::rms_norm`] with `1/√(mean(x²) + eps)` of each row.
    ///
    /// # Panics
    /// As [`Tensor::rms_norm`].
    #[track_caller]
    pub fn native_rms_norm(
        &self,
        normalized_shape: &[usize],
        weight: Option<&Tensor>,
        eps: Option<f64>,
    ) -> (Tensor, Tensor) {
        let rows = self.rows_of(OP, normalized_shape);
        let weight = shaped(OP, self, normalized_shape, weight, None).weight;
        let epsilon = if self.dtype() == DType::F64 { f64::EPSILON } else { f32::EPSILON.into() };
        let (x, eps) = (self.contiguous(), eps.unwrap_or(epsilon));
        let mut inverse = zeros_dtype([rows], x.dtype());
        let y = by_float!(OP, &x, T => Tensor::build(x.shape(), x.dtype(), |y: &mut [T]| {
            if !y.is_empty() {
                let weight = weight.as_ref().map(Tensor::as_slice);
                rms_norm(x.as_slice(), y.len() / rows, weight, eps, inverse.make_mut(), y);
            }
        }));
        (y, inverse)
    }

    /// The gradients of the input and the weight of [`Tensor::rms_norm`] from that of its output, this
    /// tensor, where `needs` asks for them. `inverse` is `1/√(mean(x²) + eps)` of each row.
    ///
    /// # Panics
    /// If the shapes or dtypes do not fit.
    #[track_caller]
    pub fn native_rms_norm_backward(
        &self,
        x: &Tensor,
        normalized_shape: &[usize],
        inverse: &Tensor,
        weight: Option<&Tensor>,
        needs: [bool; 2],
    ) -> [Option<Tensor>; 2] {
        assert!(self.shape() == x.shape() && self.dtype() == x.dtype(), "{OP}: a gradient of another shape");
        let rows = x.rows_of(OP, normalized_shape);
        let weight = shaped(OP, x, normalized_shape, weight, None).weight;
        let (x, dy, inverse) = (x.contiguous(), self.contiguous(), inverse.contiguous());
        assert!(inverse.numel() == rows, "{OP}: roots of {rows} rows");
        let dx = needs[0].then(|| {
            by_float!(OP, &x, T => Tensor::build(x.shape(), x.dtype(), |dx: &mut [T]| {
                if !dx.is_empty() {
                    let weight = weight.as_ref().map(Tensor::as_slice);
                    let n = dx.len() / rows;
                    rms_norm_backward([x.as_slice(), dy.as_slice()], n, weight, inverse.as_slice(), dx);
                }
            }))
        });
        let dw = needs[1].then(|| {
            let by_row = [rows, normalized_shape.iter().product()];
            let x_hat = x.reshape(by_row) * &inverse.reshape([rows, 1]);
            (dy.reshape(by_row) * &x_hat).sum_dim(0, false).reshape(normalized_shape)
        });
        [dx, dw]
    }
}
