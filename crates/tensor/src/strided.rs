//! The path for tensors that do not lie row by row, shared by every op: `ndarray` walks the strides.

use bytemuck::Pod;
use ndarray::{ArrayViewD, IxDyn, ShapeBuilder, Zip};

use crate::dispatch::by_size;
use crate::{Shape, Tensor};

impl Tensor {
    /// This tensor's elements as `ndarray` sees them, strides and all.
    pub(crate) fn strided_view<R: Pod>(&self) -> ArrayViewD<'_, R> {
        let data = self.storage.slice::<R>();
        let layout = &self.layout;
        // `ndarray` counts from the start of the slice it is given.
        let data = if self.numel() == 0 { &data[..0] } else { &data[layout.offset..] };
        ArrayViewD::from_shape(IxDyn(&layout.shape).strides(IxDyn(&layout.strides)), data)
            .expect("a layout never reaches outside its storage")
    }

    /// A row-by-row copy.
    pub(crate) fn copied(&self) -> Tensor {
        by_size!(self.dtype, R => self.map_strided::<R, R>(self.dtype, |x| x))
    }

    /// `f` of every element, in row-major order, into a new tensor of `dtype`.
    pub(crate) fn map_strided<R: Pod, S: Pod>(&self, dtype: crate::DType, f: impl Fn(R) -> S) -> Tensor {
        Tensor::build(self.layout.shape.clone(), dtype, |out: &mut [S]| {
            if let Some(x) = self.contiguous_slice::<R>() {
                for (slot, &x) in out.iter_mut().zip(x) {
                    *slot = f(x);
                }
                return;
            }
            let out = ndarray::ArrayViewMutD::from_shape(IxDyn(self.shape()), out)
                .expect("a fresh tensor is dense");
            Zip::from(out).and(self.strided_view::<R>()).for_each(|slot, &x| *slot = f(x));
        })
    }

    /// `f` of the elements of two tensors, each repeated along its size-1 and missing axes up to `shape`.
    ///
    /// Both broadcast to `shape`: the caller has worked it out.
    pub(crate) fn zip_strided<R: Pod, S: Pod>(
        &self,
        other: &Tensor,
        shape: &Shape,
        dtype: crate::DType,
        f: impl Fn(R, R) -> S,
    ) -> Tensor {
        let expanded =
            |t: &Tensor| t.with_layout(t.layout.broadcast_to(shape).expect("the shapes broadcast"));
        let (a, b) = (expanded(self), expanded(other));
        Tensor::build(shape.clone(), dtype, |out: &mut [S]| {
            let out = ndarray::ArrayViewMutD::from_shape(IxDyn(shape), out).expect("a fresh tensor is dense");
            Zip::from(out)
                .and(a.strided_view::<R>())
                .and(b.strided_view::<R>())
                .for_each(|slot, &a, &b| *slot = f(a, b));
        })
    }
}
