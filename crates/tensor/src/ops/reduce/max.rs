use super::amax::not_empty;
use crate::dispatch::by_num;
use crate::error::not_computable;
use crate::kernels::number::{Fold, Max, Min};
use crate::kernels::parallel::{GRAIN, for_each_chunk_mut};
use crate::kernels::rounding::rows::fold_row;
use crate::kernels::simd::{Kernel, dispatch};
use crate::ops::positions::about;
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
        by_num!("max", self, T => extreme::<T, Max<T>>("max", self, dim, keepdim))
    }

    /// The smallest element along `dim` and where it is, as [`Tensor::max_dim`]; NaN counts as smaller than
    /// everything.
    ///
    /// # Panics
    /// If there is no such axis, or it has no elements.
    #[track_caller]
    pub fn min_dim(&self, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        by_num!("min", self, T => extreme::<T, Min<T>>("min", self, dim, keepdim))
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
    /// If there is no such axis, it has no elements, or the dtype is `Bool`.
    #[track_caller]
    pub fn argmax(&self, dim: impl Into<Option<isize>>, keepdim: bool) -> Tensor {
        by_num!("argmax", self, T => arg::<T, Max<T>>("argmax", self, dim.into(), keepdim))
    }

    /// Where the smallest element is, as [`Tensor::argmax`]; NaN counts as smaller than everything.
    ///
    /// # Panics
    /// If there is no such axis, or it has no elements.
    #[track_caller]
    pub fn argmin(&self, dim: impl Into<Option<isize>>, keepdim: bool) -> Tensor {
        by_num!("argmin", self, T => arg::<T, Min<T>>("argmin", self, dim.into(), keepdim))
    }
}

/// Values and places of the extremes along an axis.
#[track_caller]
fn extreme<T: Num, F: Fold<T = T>>(op: &str, x: &Tensor, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
    let axis = x.axis(op, dim);
    let x = x.contiguous();
    let indices = places::<T, F>(op, &x, axis);
    let (_, n, inner) = about(x.shape(), axis);
    let (data, at) = (x.dense::<T>(), indices.dense::<i64>());
    let values = Tensor::build(indices.shape(), x.dtype(), |values: &mut [T]| {
        for (i, (value, &at)) in values.iter_mut().zip(at.iter()).enumerate() {
            *value = data[(i / inner * n + at as usize) * inner + i % inner];
        }
    });
    let dropped = |y: &Tensor| if keepdim { y.clone() } else { y.squeeze(axis as isize) };
    (dropped(&values), dropped(&indices))
}

#[track_caller]
fn arg<T: Num, F: Fold<T = T>>(op: &str, x: &Tensor, dim: Option<isize>, keepdim: bool) -> Tensor {
    if x.dtype() == DType::Bool {
        not_computable(op, x);
    }
    match dim {
        Some(dim) => {
            let axis = x.axis(op, dim);
            let indices = places::<T, F>(op, x, axis);
            if keepdim { indices } else { indices.squeeze(axis as isize) }
        }
        None => {
            not_empty(op, x);
            let shape: Shape = x.shape().iter().filter(|_| keepdim).map(|_| 1).collect();
            places::<T, F>(op, &x.reshape(-1), 0).reshape(shape)
        }
    }
}

/// Where the extremes along an axis are; the axis stays, of size 1.
#[track_caller]
fn places<T: Num, F: Fold<T = T>>(op: &str, x: &Tensor, axis: usize) -> Tensor {
    let (_, n, inner) = about(x.shape(), axis);
    assert!(n > 0, "{op}: Expected reduction dim {axis} to have non-zero size, got shape {:?}", x.shape());
    let mut shape: Shape = x.shape().into();
    if let Some(size) = shape.get_mut(axis) {
        *size = 1;
    }
    let data = x.dense::<T>();
    Tensor::build(shape, DType::I64, |out: &mut [i64]| {
        if inner == 1 {
            for_each_chunk_mut(out, GRAIN.div_ceil(n), |start, out| {
                dispatch(InRows::<F> { x: &data[start * n..], n, out });
            });
        } else if inner > 0 {
            let blocks = GRAIN.div_ceil(n * inner);
            for_each_chunk_mut(out, blocks * inner, |start, out| {
                let x = data[start * n..].chunks_exact(n * inner);
                for (x, out) in x.zip(out.chunks_exact_mut(inner)) {
                    dispatch(InColumns::<F> { x, best: &mut x[..inner].to_vec(), out });
                }
            });
        }
    })
}

/// Where the extreme of each row of `n` is first.
struct InRows<'a, F: Fold> {
    x: &'a [F::T],
    n: usize,
    out: &'a mut [i64],
}

impl<T: Num, F: Fold<T = T>> Kernel for InRows<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (x, out) in self.x.chunks_exact(self.n).zip(self.out) {
            let best = fold_row::<F>(x);
            // A NaN anywhere is the best there is, so the first one is it.
            let at = x.iter().position(|&x| x == best || x.is_nan());
            *out = at.expect("the extreme is one of the elements") as i64;
        }
    }
}

/// In which row the extreme of each column is first; `best` starts as the first row.
struct InColumns<'a, F: Fold> {
    x: &'a [F::T],
    best: &'a mut [F::T],
    out: &'a mut [i64],
}

impl<T: Num, F: Fold<T = T>> Kernel for InColumns<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.out.fill(0);
        for (row, x) in self.x.chunks_exact(self.best.len()).enumerate().skip(1) {
            for ((&x, best), at) in x.iter().zip(&mut *self.best).zip(&mut *self.out) {
                let y = F::combine(*best, x);
                if y != *best && !best.is_nan() {
                    (*best, *at) = (y, row as i64);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, full, ones, zeros};

    #[test]
    fn the_first_of_equals_and_of_nans() {
        let nan = f32::NAN;
        for x in [[1.0, 2.0, 2.0], [1.0, nan, nan], [nan, 5.0, nan], [2.0, 2.0, 2.0]] {
            let first = if x[0] == 1.0 { 1.0 } else { 0.0 };
            let x = Tensor::from(x);
            assert_eq!(x.argmax(0, false).item(), first);
            assert_eq!(x.unsqueeze(1).expand([3, 2]).argmax(0, false).to_vec::<i64>(), [first as i64; 2]);
        }
        assert_eq!(full([2, 3], f64::NEG_INFINITY).argmax(1, false).to_vec::<i64>(), [0, 0]);
    }

    #[test]
    fn a_later_axis_of_a_transposed_tensor() {
        let x = Tensor::from([[3i64, 1, 2], [0, 5, 4]]);
        let (values, indices) = x.t().max_dim(0, true);
        assert_eq!((values.shape(), values.to_vec::<i64>()), (&[1, 2][..], vec![3, 5]));
        assert_eq!(indices.to_vec::<i64>(), [0, 1]);
        assert_eq!(x.t().argmin(None, false).item(), 1.0);
    }

    #[test]
    fn single_elements_and_nothing() {
        assert_eq!(Tensor::from(3i64).max_dim(-1, true).0.ndim(), 0);
        assert_eq!(zeros([2, 1]).max_dim(1, false).1.shape(), [2]);
        assert_eq!(zeros([0, 3]).argmax(1, false).shape(), [0]);
        assert_eq!(zeros([3, 0]).max_dim(0, false).0.shape(), [0]);
        assert_eq!(ones([2, 3]).argmax(None, true).shape(), [1, 1]);
    }

    #[test]
    fn bool_has_extremes_but_no_argmax() {
        let (values, indices) = Tensor::from([false, true]).max_dim(0, false);
        assert_eq!((values.to_vec::<bool>(), indices.item()), (vec![true], 1.0));
    }

    #[test]
    #[should_panic(expected = "max: Expected reduction dim 0 to have non-zero size, got shape [0, 3]")]
    fn an_axis_of_nothing() {
        zeros([0, 3]).max_dim(0, false);
    }

    #[test]
    #[should_panic(expected = "argmax: not defined for torch.bool")]
    fn argmax_of_bool() {
        arange(0, 2, 1).eq(0).argmax(0, false);
    }
}
