use super::amax::not_empty;
use super::index::about;
use crate::dispatch::by_num;
use crate::error::not_computable;
use crate::{DType, Num, Shape, Tensor};

impl Tensor {
    /// The largest element along `dim` and where it is (the first, if there are several): values of this
    /// dtype and `I64` indices, as `torch.max(dim)`. NaN counts as larger than everything.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let (values, indices) = Tensor::from([[1.0f32, 3.0], [2.0, 0.0]]).max_dim(1, false);
    /// assert_eq!(values.to_vec::<f32>(), [3.0, 2.0]);
    /// assert_eq!(indices.to_vec::<i64>(), [1, 0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or it has no elements.
    #[track_caller]
    pub fn max_dim(&self, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        by_num!("max", self, T => extreme::<T>("max", self, dim, keepdim, T::larger))
    }

    /// The smallest element along `dim` and where it is, as [`Tensor::max_dim`]; NaN counts as smaller than
    /// everything.
    ///
    /// # Panics
    /// If there is no such axis, or it has no elements.
    #[track_caller]
    pub fn min_dim(&self, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        by_num!("min", self, T => extreme::<T>("min", self, dim, keepdim, T::smaller))
    }

    /// Where the largest element is: along `dim`, or among all elements row by row for `None`. The first, if
    /// there are several; NaN counts as larger than everything.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let scores = Tensor::from([[0.1f32, 0.7, 0.2], [0.9, 0.0, 0.1]]);
    /// assert_eq!(scores.argmax(1, false).to_vec::<i64>(), [1, 0]);
    /// assert_eq!(scores.argmax(None, false).item(), 3.0);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or it has no elements.
    #[track_caller]
    pub fn argmax(&self, dim: impl Into<Option<isize>>, keepdim: bool) -> Tensor {
        by_num!("argmax", self, T => arg::<T>("argmax", self, dim.into(), keepdim, T::larger))
    }

    /// Where the smallest element is, as [`Tensor::argmax`]; NaN counts as smaller than everything.
    ///
    /// # Panics
    /// If there is no such axis, or it has no elements.
    #[track_caller]
    pub fn argmin(&self, dim: impl Into<Option<isize>>, keepdim: bool) -> Tensor {
        by_num!("argmin", self, T => arg::<T>("argmin", self, dim.into(), keepdim, T::smaller))
    }
}

/// Whether a newcomer takes the place of the best so far.
trait Beats: Num {
    #[inline(always)]
    fn larger(self, best: Self) -> bool {
        self > best || (self.is_nan() && !best.is_nan())
    }

    #[inline(always)]
    fn smaller(self, best: Self) -> bool {
        self < best || (self.is_nan() && !best.is_nan())
    }
}
impl<T: Num> Beats for T {}

#[track_caller]
fn arg<T: Num>(
    op: &str,
    x: &Tensor,
    dim: Option<isize>,
    keepdim: bool,
    beats: impl Fn(T, T) -> bool + Sync,
) -> Tensor {
    if x.dtype() == DType::Bool {
        not_computable(op, x);
    }
    match dim {
        Some(dim) => extreme(op, x, dim, keepdim, beats).1,
        None => {
            not_empty(op, x);
            let ones: Shape = if keepdim { x.shape().iter().map(|_| 1).collect() } else { ().into() };
            extreme(op, &x.reshape(-1), 0, false, beats).1.reshape(ones)
        }
    }
}

#[track_caller]
fn extreme<T: Num>(
    op: &str,
    x: &Tensor,
    dim: isize,
    keepdim: bool,
    beats: impl Fn(T, T) -> bool + Sync,
) -> (Tensor, Tensor) {
    let axis = x.axis(op, dim);
    let (_, n, inner) = about(x.shape(), axis);
    let mut shape: Shape = x.shape().into();
    if let Some(size) = shape.get_mut(axis) {
        *size = 1;
    }
    assert!(n > 0, "{op}: Expected reduction dim {axis} to have non-zero size, got shape {:?}", x.shape());
    let data = x.dense::<T>();
    let mut values = Tensor::build(shape.clone(), x.dtype(), |_: &mut [T]| {});
    let mut indices = Tensor::build(shape, DType::I64, |_: &mut [i64]| {});
    let (v, i) = (values.slice_mut::<T>(), indices.slice_mut::<i64>());
    if inner == 1 {
        for ((x, v), i) in data.chunks_exact(n).zip(v).zip(i) {
            (*v, *i) = (x[0], 0);
            for (at, &x) in x.iter().enumerate().skip(1) {
                if beats(x, *v) {
                    (*v, *i) = (x, at as i64);
                }
            }
        }
    } else if inner > 0 {
        for ((x, v), i) in
            data.chunks_exact(n * inner).zip(v.chunks_exact_mut(inner)).zip(i.chunks_exact_mut(inner))
        {
            v.copy_from_slice(&x[..inner]);
            i.fill(0);
            for (at, x) in x.chunks_exact(inner).enumerate().skip(1) {
                for ((&x, v), i) in x.iter().zip(&mut *v).zip(&mut *i) {
                    if beats(x, *v) {
                        (*v, *i) = (x, at as i64);
                    }
                }
            }
        }
    }
    if !keepdim && x.ndim() > 0 {
        (values, indices) = (values.squeeze(axis as isize), indices.squeeze(axis as isize));
    }
    (values, indices)
}
