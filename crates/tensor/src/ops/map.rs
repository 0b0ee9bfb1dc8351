//! Elementwise functions of one float tensor.

use crate::dispatch::by_float;
use crate::kernels::map;
use crate::{Float, Tensor};

/// A function of one number, to be applied to every element of a float tensor.
///
/// Written once for `f32` and `f64`; a unit struct, or one that holds the function's parameters.
///
/// ```
/// use tensor::{Float, Map, Tensor};
///
/// #[derive(Clone, Copy)]
/// struct Cube;
/// impl Map for Cube {
///     #[inline(always)]
///     fn f<T: Float>(self, x: T) -> T {
///         x * x * x
///     }
/// }
///
/// assert_eq!(Tensor::from([1.0f32, -2.0]).map(Cube).to_vec::<f32>(), [1.0, -8.0]);
/// ```
pub trait Map: Copy + Send + Sync {
    /// The function's value. Mark the implementation `#[inline(always)]`, so that it vectorises.
    fn f<T: Float>(self, x: T) -> T;
}

impl Tensor {
    /// `f` of every element. Integers and booleans become `F32` first, as in torch.
    ///
    /// # Panics
    /// On `F16` and `BF16`, which are not computed with.
    #[track_caller]
    pub fn map(&self, f: impl Map) -> Tensor {
        let x = self.as_float();
        by_float!("map", &x, T => match x.contiguous_slice::<T>() {
            Some(slice) => Tensor::build(x.shape(), x.dtype, |y: &mut [T]| map::map(slice, y, OnFloats(f))),
            None => x.copied().into_map(f),
        })
    }

    /// As [`Tensor::map`], in this tensor's own memory where nothing else shares it.
    #[track_caller]
    pub fn into_map(self, f: impl Map) -> Tensor {
        let mut x = self.as_float();
        drop(self);
        if !x.is_unique() {
            return x.map(f);
        }
        by_float!("map", &x, T => map::map_in_place(x.slice_mut::<T>(), OnFloats(f)));
        x
    }

    /// Itself if it is a float tensor, else as `F32`: the operand of a function that has no integer form.
    pub(crate) fn as_float(&self) -> Tensor {
        self.to_dtype(self.dtype.or_float())
    }
}

#[derive(Clone, Copy)]
struct OnFloats<M>(M);

impl<T: Float, M: Map> map::Map<T> for OnFloats<M> {
    #[inline(always)]
    fn f(&self, x: T) -> T {
        self.0.f(x)
    }
}
