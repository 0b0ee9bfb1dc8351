//! Functions of the elements of one float tensor.

use crate::dispatch::by_float;
use crate::kernels::map::{self, Map};
use crate::{Num, Tensor};

impl Tensor {
    /// `f` of every element, as [`Map`] shows. Integers and booleans become `F32` first, as in torch.
    ///
    /// # Panics
    /// On `F16` and `BF16`, which are not computed with.
    #[track_caller]
    pub fn map(&self, f: impl Map<f32> + Map<f64>) -> Tensor {
        self.map_as("map", map::Shared(&f))
    }

    /// [`Tensor::map`] for an operation that has a name.
    #[track_caller]
    pub(crate) fn map_as(&self, op: &str, f: impl Map<f32> + Map<f64> + Copy) -> Tensor {
        let x = self.as_float();
        by_float!(op, &x, T => match x.contiguous_slice::<T>() {
            Some(slice) => Tensor::build(x.shape(), x.dtype, |y: &mut [T]| map::map_by_copies(slice, y, f)),
            None => {
                let mut y = x.copied();
                map::map_in_place(y.slice_mut::<T>(), f);
                y
            }
        })
    }

    /// `f` of every element in double precision, rounded to the dtype: for what the standard library has,
    /// whose loop would have no vectors. The one loop calls `f`, so another function costs no code but its
    /// own.
    #[track_caller]
    pub(crate) fn map_doubles(&self, op: &str, f: fn(f64) -> f64) -> Tensor {
        let x = self.as_float();
        by_float!(op, &x, T => Tensor::build(x.shape(), x.dtype, |y: &mut [T]| {
            map::map(&x.dense(), y, |x: T| T::from_f64(f(x.to_f64())));
        }))
    }

    /// As [`Tensor::map`], in this tensor's own memory where nothing else shares it.
    #[track_caller]
    pub fn into_map(self, f: impl Map<f32> + Map<f64>) -> Tensor {
        let mut x = self.as_float();
        drop(self);
        if !x.is_unique() {
            return x.map(f);
        }
        by_float!("map", &x, T => map::map_in_place(x.slice_mut::<T>(), f));
        x
    }

    /// Itself if it is a float tensor, else as `F32`: the operand of a function that has no integer form.
    pub(crate) fn as_float(&self) -> Tensor {
        self.to_dtype(self.dtype.or_float())
    }
}
