//! The path for tensors that do not lie row by row, shared by every op: `ndarray` walks the strides.

use bytemuck::Pod;
use ndarray::{ArrayViewD, ArrayViewMutD, IxDyn, ShapeBuilder, Zip};

use crate::dispatch::by_size;
use crate::{DType, Shape, Tensor};

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

    /// A row-by-row copy: the one loop over strides, so that every op's own loops run over slices.
    pub(crate) fn copied(&self) -> Tensor {
        by_size!(self.dtype, R => Tensor::build(self.layout.shape.clone(), self.dtype, |out: &mut [R]| {
            if let Some(x) = self.contiguous_slice::<R>() {
                return out.copy_from_slice(x);
            }
            let out = ArrayViewMutD::from_shape(IxDyn(self.shape()), out).expect("a fresh tensor is dense");
            Zip::from(out).and(self.strided_view::<R>()).for_each(|slot, &x| *slot = x);
        }))
    }

    /// `f` of every element, in row-major order, into a new tensor of `dtype`.
    pub(crate) fn map_with<R: Pod, S: Pod>(&self, dtype: DType, f: impl Fn(R) -> S) -> Tensor {
        Tensor::build(self.layout.shape.clone(), dtype, |out: &mut [S]| {
            for (slot, &x) in out.iter_mut().zip(self.dense::<R>().iter()) {
                *slot = f(x);
            }
        })
    }

    /// `f` of the elements of two tensors, each repeated along its size-1 and missing axes up to `shape`.
    ///
    /// Both broadcast to `shape`: the caller has worked it out.
    pub(crate) fn zip_with<R: Pod, S: Pod>(
        &self,
        other: &Tensor,
        shape: &Shape,
        dtype: DType,
        f: impl Fn(R, R) -> S,
    ) -> Tensor {
        let (a, b) = (self.repeated(shape), other.repeated(shape));
        Tensor::build(shape.clone(), dtype, |out: &mut [S]| {
            let (a, b) = (a.dense::<R>(), b.dense::<R>());
            for ((slot, &a), &b) in out.iter_mut().zip(a.iter()).zip(b.iter()) {
                *slot = f(a, b);
            }
        })
    }

    /// This tensor repeated along its size-1 and missing axes up to `shape`, which it broadcasts to, lying row
    /// by row.
    pub(crate) fn repeated(&self, shape: &Shape) -> Tensor {
        let layout = self.layout.broadcast_to(shape).expect("the shapes broadcast");
        self.with_layout(layout).contiguous()
    }
}
