//! Softmax and its logarithm, and their gradients, over rows or over columns, which torch sums up each in its
//! own way.

mod columns;
mod rows;

use columns::{ColumnGradients, Columns, in_columns};
use rows::{GROUP, RowGradients, Rows};

use super::math::Math;
use super::number::Float;
use super::parallel::{GRAIN, for_each_chunk_mut};
use super::rounding::{Lanes, block};
use super::simd::{Kernel, dispatch};

/// What is computed of every row or column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Softmax {
    /// `exp(x − max) / Σ exp(x − max)`
    Shares,
    /// `x − max − log Σ exp(x − max)`
    Logarithms,
}

impl Softmax {
    /// Of `x: [outer, n, inner]` along the middle axis, or of rows of `n` where there is no `inner` one.
    ///
    /// # Panics
    ///
    /// If the lengths differ or are no multiple of the axes.
    pub fn of<T: Float + Math>(self, x: &[T], n: usize, inner: Option<usize>, y: &mut [T]) {
        assert!(x.len() == y.len(), "softmax: lengths differ");
        if y.is_empty() {
            return;
        }
        let inner = check(y.len(), n, inner);
        let lanes = Lanes::of::<T>();
        match inner {
            None => {
                let group = (GROUP / n).max(1) * n;
                for_each_chunk_mut(y, (GRAIN / group).max(1) * group, |start, y| {
                    for (x, y) in x[start..start + y.len()].chunks(group).zip(y.chunks_mut(group)) {
                        dispatch(Rows { what: self, x, n, y, lanes });
                    }
                });
            }
            Some(inner) => in_columns(y, n, inner, |at, alone, y| {
                dispatch(Columns { what: self, x: &x[at..], n, inner, alone, y });
            }),
        }
    }

    /// The gradient of `x` from `dx`, that of `y`, which [`Softmax::of`] gave, in its place.
    ///
    /// # Panics
    ///
    /// As [`Softmax::of`].
    pub fn gradient<T: Float + Math>(self, y: &[T], n: usize, inner: Option<usize>, dx: &mut [T]) {
        assert!(y.len() == dx.len(), "softmax: lengths differ");
        if dx.is_empty() {
            return;
        }
        let inner = check(dx.len(), n, inner);
        let lanes = Lanes::of::<T>();
        match inner {
            None => for_each_chunk_mut(dx, GRAIN.div_ceil(n) * n, |start, dx| {
                dispatch(RowGradients { what: self, y: &y[start..start + dx.len()], n, dx, lanes });
            }),
            Some(inner) => in_columns(dx, n, inner, |at, alone, dx| {
                dispatch(ColumnGradients { what: self, y: &y[at..], n, inner, alone, dx });
            }),
        }
    }
}

/// How long this axis of row-major elements is, and how many there are of the axes behind it if it is not the
/// last one: the `n` and `inner` of [`Softmax::of`].
pub fn axes(shape: &[usize], axis: usize) -> (usize, Option<usize>) {
    let n = shape.get(axis).copied().unwrap_or(1);
    (n, (axis + 1 < shape.len()).then(|| shape[axis + 1..].iter().product()))
}

/// `y = exp(y)` for [`Softmax::Logarithms`]: the inverse, with the same `exp`. The axes are those of
/// [`Softmax::of`].
///
/// # Panics
///
/// If the length is no multiple of the axes.
pub fn exp_of_log_softmax<T: Float + Math>(y: &mut [T], n: usize, inner: Option<usize>) {
    if y.is_empty() {
        return;
    }
    match check(y.len(), n, inner) {
        None => for_each_chunk_mut(y, GRAIN, |_, y| dispatch(Exp { y, alone: false })),
        Some(inner) => for_each_chunk_mut(y, GRAIN.div_ceil(inner) * inner, |_, y| {
            for y in y.chunks_exact_mut(inner) {
                let (y, rest) = y.split_at_mut(inner - alone_of::<T>(inner));
                dispatch(Exp { y, alone: false });
                dispatch(Exp { y: rest, alone: true });
            }
        }),
    }
}

/// The inner axis.
fn check(len: usize, n: usize, inner: Option<usize>) -> Option<usize> {
    let row = n * inner.unwrap_or(1);
    assert!(row > 0 && len.is_multiple_of(row), "softmax: {len} elements are no rows of {n}");
    inner
}

/// How many of the columns fill no vector of torch's.
fn alone_of<T>(inner: usize) -> usize {
    inner % (block() / 2 * 4 / size_of::<T>()).max(1)
}

struct Exp<'a, T> {
    y: &'a mut [T],
    alone: bool,
}

impl<T: Float + Math> Kernel for Exp<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        if self.alone {
            self.y.iter_mut().for_each(|y| *y = Math::exp_at(*y, true));
        } else {
            self.y.iter_mut().for_each(|y| *y = Math::exp_at(*y, false));
        }
    }
}
