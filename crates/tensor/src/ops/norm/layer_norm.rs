use super::shaped;
use crate::dispatch::by_float;
use crate::kernels::norm::{LayerBackward, layer_norm};
use crate::{Tensor, zeros_dtype};

const OP: &str = "layer_norm";

impl Tensor {
    /// `y = (x − mean)/√(variance + eps)·weight + bias` over the last axes, which have `normalized_shape`, as
    /// `torch.nn.functional.layer_norm`. The variance is the biased one; `weight` and `bias` have
    /// `normalized_shape`, and without them there is no scale or shift.
    ///
    /// ```
    /// use tensor::Tensor;
    ///
    /// let x = Tensor::from([[1.0f32, 3.0], [10.0, 14.0]]);
    /// let weight = Tensor::from([1.0f32, 2.0]);
    /// assert_eq!(x.layer_norm(&[2], Some(&weight), None, 0.0).to_vec::<f32>(), [-1.0, 2.0, -1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If the last axes have another shape, or the dtypes are not the same float.
    #[track_caller]
    pub fn layer_norm(
        &self,
        normalized_shape: &[usize],
        weight: Option<&Tensor>,
        bias: Option<&Tensor>,
        eps: f64,
    ) -> Tensor {
        self.native_layer_norm(normalized_shape, weight, bias, eps).0
    }

    /// [`Tensor::layer_norm`] with the mean and `1/√(variance + eps)` of each row.
    ///
    /// # Panics
    /// As [`Tensor::layer_norm`].
    #[track_caller]
    pub fn native_layer_norm(
        &self,
        normalized_shape: &[usize],
        weight: Option<&Tensor>,
        bias: Option<&Tensor>,
        eps: f64,
    ) -> (Tensor, Tensor, Tensor) {
        let rows = self.rows_of(OP, normalized_shape);
        let parameters = shaped(OP, self, normalized_shape, weight, bias);
        let x = self.contiguous();
        let [mut mean, mut inverse] = [(); 2].map(|()| zeros_dtype([rows], x.dtype()));
        let y = by_float!(OP, &x, T => Tensor::build(x.shape(), x.dtype(), |y: &mut [T]| {
            if !y.is_empty() {
                let (mean, inverse) = (mean.make_mut(), inverse.make_mut());
                layer_norm(x.as_slice(), y.len() / rows, parameters.affine(), eps, mean, inverse, y);
            }
        }));
        (y, mean, inverse)
    }

    /// The gradients of the input, the weight and the bias of [`Tensor::layer_norm`] from that of its output,
    /// this tensor, for the last two together if either is asked for. `statistics` are the mean and
    /// `1/√(variance + eps)` of each row.
    ///
    /// # Panics
    /// If the shapes or dtypes do not fit.
    #[track_caller]
    pub fn native_layer_norm_backward(
        &self,
        x: &Tensor,
        normalized_shape: &[usize],
        statistics: [&Tensor; 2],
        weight: Option<&Tensor>,
        needs: [bool; 3],
    ) -> [Option<Tensor>; 3] {
        assert!(self.shape() == x.shape() && self.dtype() == x.dtype(), "{OP}: a gradient of another shape");
        let rows = x.rows_of(OP, normalized_shape);
        let weight = shaped(OP, x, normalized_shape, weight, None).weight;
        let [mean, inverse] = statistics.map(Tensor::contiguous);
        assert!(mean.numel() == rows && inverse.numel() == rows, "{OP}: statistics of {rows} rows");
        let (x, dy) = (x.contiguous(), self.contiguous());
        let [input, affine] = [needs[0], needs[1] || needs[2]];
        let mut dx = input.then(|| zeros_dtype(x.shape(), x.dtype()));
        let [mut dw, mut db] = [(); 2].map(|()| affine.then(|| zeros_dtype(normalized_shape, x.dtype())));
        if x.numel() > 0 {
            by_float!(OP, &x, T => {
                let backward = LayerBackward {
                    x: x.as_slice::<T>(),
                    dy: dy.as_slice(),
                    mean: mean.as_slice(),
                    inverse: inverse.as_slice(),
                    weight: weight.as_ref().map(Tensor::as_slice),
                    n: x.numel() / rows,
                };
                if let Some(dx) = &mut dx {
                    backward.input(dx.make_mut());
                }
                if let (Some(dw), Some(db)) = (&mut dw, &mut db) {
                    backward.affine(dw.make_mut(), db.make_mut());
                }
            });
        }
        [dx, dw, db]
    }
}
