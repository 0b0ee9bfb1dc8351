//! Softmax and its logarithm, and their gradients, over rows or over columns, which torch sums up each in its own way.

use super::math::Math;
use super::number::{Float, Max};
use super::parallel::{GRAIN, Shared, for_each_chunk_mut, run};
use super::rounding::rows::fold_row;
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

/// Elements of a group of rows: 8 KiB of f32.
const GROUP: usize = 2048;

/// Rows of at least this many elements fill vectors by themselves.
const LONG: usize = 64;

/// A group of whole rows, which the first-level cache holds. With ten classes a row is shorter than a vector:
/// each pass over short ones runs over all of them.
struct Rows<'a, T> {
    what: Softmax,
    x: &'a [T],
    n: usize,
    y: &'a mut [T],
    lanes: Lanes,
}

impl<T: Float + Math> Kernel for Rows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Rows { what, x, n, y, lanes } = self;
        for (x, y) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)) {
            let max = fold_row::<Max<T>>(x);
            for (y, &x) in y.iter_mut().zip(x) {
                *y = x - max;
            }
        }
        if what == Softmax::Shares {
            y.iter_mut().for_each(|y| *y = Math::exp_at(*y, false));
            for y in y.chunks_exact_mut(n) {
                let share = T::ONE / lanes.sum(y);
                y.iter_mut().for_each(|y| *y *= share);
            }
        } else if n >= LONG {
            for y in y.chunks_exact_mut(n) {
                let log = lanes.sum_of(y, |y| Math::exp_at(y, false)).ln_of_sum();
                y.iter_mut().for_each(|y| *y -= log);
            }
        } else {
            let mut exps = [T::ZERO; GROUP];
            for (e, &y) in exps.iter_mut().zip(&*y) {
                *e = Math::exp_at(y, false);
            }
            for (y, e) in y.chunks_exact_mut(n).zip(exps.chunks_exact(n)) {
                let log = lanes.sum(e).ln_of_sum();
                y.iter_mut().for_each(|y| *y -= log);
            }
        }
    }
}

struct RowGradients<'a, T> {
    what: Softmax,
    y: &'a [T],
    n: usize,
    dx: &'a mut [T],
    lanes: Lanes,
}

impl<T: Float + Math> Kernel for RowGradients<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (y, dx) in self.y.chunks_exact(self.n).zip(self.dx.chunks_exact_mut(self.n)) {
            if self.what == Softmax::Shares {
                let sum = self.lanes.dot(dx, y);
                for (dx, &y) in dx.iter_mut().zip(y) {
                    *dx = (*dx - sum) * y;
                }
            } else {
                let sum = -self.lanes.sum(dx);
                for (dx, &y) in dx.iter_mut().zip(y) {
                    *dx = Float::mul_add(Math::exp_at(y, false), sum, *dx);
                }
            }
        }
    }
}

/// Columns that go along together.
const WIDTH: usize = 64;

/// Calls `f` with up to [`WIDTH`] neighbouring columns of each `[n, inner]` of `y`, in parallel: where they
/// begin, whether they fill no vector of torch's, and a way to them.
fn in_columns<T: Float>(
    y: &mut [T],
    n: usize,
    inner: usize,
    f: impl Fn(usize, bool, ColumnsMut<'_, T>) + Sync,
) {
    let whole = inner - alone_of::<T>(inner);
    // What fills no vector comes last, by itself.
    let strips: Vec<(usize, usize)> = (0..whole)
        .step_by(WIDTH)
        .map(|j| (j, WIDTH.min(whole - j)))
        .chain((whole < inner).then(|| (whole, inner - whole)))
        .collect();
    let (len, outer) = (y.len(), y.len() / (n * inner));
    let shared = Shared(y.as_mut_ptr());
    let each = GRAIN.div_ceil(n * WIDTH.min(inner));
    let all = outer * strips.len();
    run(all.div_ceil(each), |task| {
        for at in task * each..all.min((task + 1) * each) {
            let (j, width) = strips[at % strips.len()];
            let start = at / strips.len() * n * inner + j;
            // SAFETY: the strips of all blocks are disjoint, and each is in one task; the last of `n` rows of this one
            // ends inside `y`, which is borrowed mutably.
            let columns = unsafe {
                debug_assert!(start + (n - 1) * inner + width <= len);
                ColumnsMut { first: shared.get().add(start), inner, width, lent: std::marker::PhantomData }
            };
            f(start, j >= whole, columns);
        }
    });
}

/// Neighbouring columns of a matrix to write to.
struct ColumnsMut<'a, T> {
    first: *mut T,
    inner: usize,
    width: usize,
    lent: std::marker::PhantomData<&'a mut [T]>,
}

impl<T> ColumnsMut<'_, T> {
    /// Of row `i`, which the matrix has.
    #[inline(always)]
    fn row(&mut self, i: usize) -> &mut [T] {
        // SAFETY: the columns of a row that is there, lent to this alone.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(i * self.inner), self.width) }
    }
}

struct Columns<'a, T> {
    what: Softmax,
    x: &'a [T],
    n: usize,
    inner: usize,
    alone: bool,
    y: ColumnsMut<'a, T>,
}

impl<T: Float + Math> Kernel for Columns<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Columns { what, x, n, inner, alone, mut y } = self;
        let width = y.width;
        let x = |i: usize| &x[i * inner..][..width];
        let (mut max, mut sum) = ([T::LOWEST; WIDTH], [T::ZERO; WIDTH]);
        max[..width].copy_from_slice(x(0));
        for i in 1..n {
            max.iter_mut().zip(x(i)).for_each(|(max, &x)| *max = max.maximum(x));
        }
        for i in 0..n {
            for (((y, &x), max), sum) in y.row(i).iter_mut().zip(x(i)).zip(&max).zip(&mut sum) {
                let shifted = x - *max;
                let e = Math::exp_at(shifted, alone);
                *y = if what == Softmax::Shares { e } else { shifted };
                *sum += e;
            }
        }
        if what == Softmax::Logarithms {
            sum[..width].iter_mut().for_each(|sum| *sum = sum.ln_of_sum());
        }
        for i in 0..n {
            for (y, &sum) in y.row(i).iter_mut().zip(&sum) {
                *y = if what == Softmax::Shares { *y / sum } else { *y - sum };
            }
        }
    }
}

struct ColumnGradients<'a, T> {
    what: Softmax,
    y: &'a [T],
    n: usize,
    inner: usize,
    alone: bool,
    dx: ColumnsMut<'a, T>,
}

impl<T: Float + Math> Kernel for ColumnGradients<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let ColumnGradients { what, y, n, inner, alone, mut dx } = self;
        let width = dx.width;
        let y = |i: usize| &y[i * inner..][..width];
        let mut sum = [T::ZERO; WIDTH];
        for i in 0..n {
            for ((dx, &y), sum) in dx.row(i).iter().zip(y(i)).zip(&mut sum) {
                *sum = if what == Softmax::Shares { dx.mul_add(y, *sum) } else { *sum + *dx };
            }
        }
        for i in 0..n {
            for ((dx, &y), &sum) in dx.row(i).iter_mut().zip(y(i)).zip(&sum) {
                *dx = if what == Softmax::Shares {
                    (*dx - sum) * y
                } else {
                    Float::mul_add(-Math::exp_at(y, alone), sum, *dx)
                };
            }
        }
    }
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
