use crate::dispatch::by_float;
use crate::kernels::conv;
use crate::kernels::simd::Isa;
use crate::{Convolution, Tensor, zeros_dtype};

impl Tensor {
    /// The gradient of the input of [`Tensor::conv`] from that of its output, this tensor, as
    /// `torch.nn.grad.conv2d_input`; `shape` is the input's. The gradient may lack the last places of an
    /// axis, as the input of a transposed convolution with output padding does.
    ///
    /// # Panics
    /// If the shapes do not fit each other or the dtypes are not the same float.
    #[track_caller]
    pub fn conv_input(&self, weight: &Tensor, shape: &[usize], c: &Convolution) -> Tensor {
        self.input_gradient("conv_input", weight, shape, c)
    }

    /// [`Tensor::conv_input`] for the operation `op`.
    #[track_caller]
    pub(super) fn input_gradient(
        &self,
        op: &str,
        weight: &Tensor,
        shape: &[usize],
        c: &Convolution,
    ) -> Tensor {
        c.check(op, weight.shape());
        Convolution::check_dtype(op, self, weight, "weight");
        let (dy, w) = (c.batched(op, self), weight.shape());
        let full: Vec<usize> =
            (shape.len() == c.axes() + 1).then_some(1).into_iter().chain(shape.iter().copied()).collect();
        assert!(
            full.len() == c.axes() + 2 && full[1] == w[1] * c.groups(),
            "{op}: no input {shape:?} for weight {w:?}"
        );
        let g = c.geometry_of(op, &full, w, &dy);
        if full.contains(&0) {
            return zeros_dtype(shape, self.dtype());
        }
        let (dy, weight) = (dy.contiguous(), weight.contiguous());
        by_float!(op, self, T => Tensor::build(shape, self.dtype(), |dx: &mut [T]| {
            conv::input_gradient(Isa::current(), &g, dy.as_slice(), weight.as_slice(), dx);
        }))
    }

    /// The gradient of the weight of [`Tensor::conv`] for its input, this tensor, and the gradient `dy` of
    /// its output, as `torch.nn.grad.conv2d_weight`; `shape` is the weight's.
    ///
    /// # Panics
    /// As [`Tensor::conv_input`].
    #[track_caller]
    pub fn conv_weight(&self, dy: &Tensor, shape: &[usize], c: &Convolution) -> Tensor {
        self.weight_gradient(dy, shape, c, false).0
    }

    /// [`Tensor::conv_weight`], and the gradient of the bias from the same pass.
    ///
    /// # Panics
    /// As [`Tensor::conv_input`].
    #[track_caller]
    pub fn conv_weight_and_bias(&self, dy: &Tensor, shape: &[usize], c: &Convolution) -> (Tensor, Tensor) {
        let (dw, db) = self.weight_gradient(dy, shape, c, true);
        (dw, db.expect("it was asked for"))
    }

    /// The gradient of the bias of [`Tensor::conv`] from that of its output, this tensor: the sum for each
    /// channel, in the order that torch adds it up.
    ///
    /// # Panics
    /// If it has not the axes of an output or is no float.
    #[track_caller]
    pub fn conv_bias(&self, c: &Convolution) -> Tensor {
        const OP: &str = "conv_bias";
        let dy = c.batched(OP, self).contiguous();
        let (channels, places) = (dy.size(1), dy.shape()[2..].iter().product());
        let mut db = zeros_dtype([channels], self.dtype());
        if dy.numel() > 0 {
            by_float!(OP, self, T => {
                conv::bias_gradient(Isa::current(), dy.as_slice::<T>(), places, db.make_mut());
            });
        }
        db
    }

    #[track_caller]
    fn weight_gradient(
        &self,
        dy: &Tensor,
        shape: &[usize],
        c: &Convolution,
        bias: bool,
    ) -> (Tensor, Option<Tensor>) {
        const OP: &str = "conv_weight";
        let (x, dy) = (c.batched(OP, self), c.batched(OP, dy));
        Convolution::check_dtype(OP, &x, &dy, "output's");
        c.check(OP, shape);
        assert!(x.size(1) == shape[1] * c.groups(), "{OP}: no weight {shape:?} for input {:?}", x.shape());
        let g = c.geometry_of(OP, x.shape(), shape, &dy);
        let empty = g.batch == 0 || shape.contains(&0);
        let mut db = bias.then(|| zeros_dtype([shape[0]], x.dtype()));
        if empty {
            return (zeros_dtype(shape, x.dtype()), db);
        }
        let (x, dy) = (x.contiguous(), dy.contiguous());
        let dw = by_float!(OP, &x, T => Tensor::build(shape, x.dtype(), |dw: &mut [T]| {
            let db = db.as_mut().map(Tensor::make_mut::<T>);
            conv::weight_gradient(Isa::current(), &g, x.as_slice(), dy.as_slice(), dw, db);
        }));
        (dw, db)
    }
}
