//! The path for tensors that do not lie row by row, shared by every op: they are copied into rows first.
//! Turning them by squares that fit in the cache is several times quicker than walking the strides element
//! by element, as `ndarray` does.

use bytemuck::Pod;

use crate::dispatch::by_size;
use crate::kernels::copy::copy_strided;
use crate::{DType, Shape, Tensor};

impl Tensor {
    /// A row-by-row copy: the one loop over strides, so that every op's own loops run over slices.
    pub(crate) fn copied(&self) -> Tensor {
        by_size!(self.dtype, R => Tensor::build(self.layout.shape.clone(), self.dtype, |out: &mut [R]| {
            self.copy_to(out);
        }))
    }

    /// Writes the elements to `out`, row by row.
    pub(crate) fn copy_to<R: Pod + Send + Sync>(&self, out: &mut [R]) {
        let layout = &self.layout;
        copy_strided(&self.storage.slice::<R>()[layout.offset..], &layout.shape, &layout.strides, out);
    }

    /// `f` of every element, in row-major order, into a new tensor of `dtype`.
    pub(crate) fn map_with<R: Pod + Send + Sync, S: Pod>(&self, dtype: DType, f: impl Fn(R) -> S) -> Tensor {
        Tensor::build(self.layout.shape.clone(), dtype, |out: &mut [S]| {
            for (slot, &x) in out.iter_mut().zip(self.dense::<R>().iter()) {
                *slot = f(x);
            }
        })
    }

    /// `f` of the elements of two tensors, each repeated along its size-1 and missing axes up to `shape`.
    ///
    /// Both broadcast to `shape`: the caller has worked it out.
    pub(crate) fn zip_with<R: Pod + Send + Sync, S: Pod>(
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

    /// This tensor repeated along its size-1 and missing axes up to `shape`, which it
    /// broadcasts to, lying row by row.
    pub(crate) fn repeated(&self, shape: &Shape) -> Tensor {
        let layout = self.layout.broadcast_to(shape).expect("the shapes broadcast");
        self.with_layout(layout).contiguous()
    }

    /// The axes in the order of the memory, and the permutation that brings them back.
    #[doc(hidden)]
    pub fn memory_order(&self) -> [Vec<isize>; 2] {
        let order = self.layout.memory_order().to_vec();
        let mut back = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, &axis)| back[axis as usize] = at as isize);
        [order, back]
    }
}
