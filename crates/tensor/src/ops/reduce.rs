//! The walk that every reduction over axes shares: a tensor as `[outer, n, inner]`, folded over `n`.

use bytemuck::Pod;

use crate::kernels::parallel::{GRAIN, for_each_chunk_mut};
use crate::tensor::axis_of;
use crate::{DType, Shape, Tensor};

/// A way to make one element of two. `combine` is associative up to rounding, `EMPTY` its neutral element.
pub(crate) trait Fold {
    type T: Pod + Send + Sync;
    const EMPTY: Self::T;
    fn combine(a: Self::T, b: Self::T) -> Self::T;
}

/// The elements of a block that is folded without further splitting: long enough to keep the lanes busy, short enough
/// that a sum's rounding error stays that of a few dozen additions.
const BLOCK: usize = 512;
/// Independent accumulators, so that the loop is not one long chain of dependent additions.
const LANES: usize = 32;

/// All of `x` as one: halves until [`BLOCK`] is reached, so the order depends on the length alone and a sum's rounding
/// error grows with its logarithm.
pub(crate) fn fold_row<F: Fold>(x: &[F::T]) -> F::T {
    if x.len() > BLOCK {
        let (a, b) = x.split_at((x.len() / 2).next_multiple_of(BLOCK));
        return F::combine(fold_row::<F>(a), fold_row::<F>(b));
    }
    let mut lanes = [F::EMPTY; LANES];
    let chunks = x.chunks_exact(LANES);
    let rest = chunks.remainder();
    for x in chunks {
        for (lane, &x) in lanes.iter_mut().zip(x) {
            *lane = F::combine(*lane, x);
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane = F::combine(*lane, x);
    }
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = F::combine(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// `out[j]` = all of column `from + j` of the rows of `x`, which are `width` long; by halves, as [`fold_row`].
fn fold_columns<F: Fold>(x: &[F::T], width: usize, from: usize, out: &mut [F::T]) {
    const ROWS: usize = 32;
    let rows = x.len() / width;
    if rows > ROWS {
        let (a, b) = x.split_at((rows / 2).next_multiple_of(ROWS) * width);
        let mut second = vec![F::EMPTY; out.len()];
        fold_columns::<F>(a, width, from, out);
        fold_columns::<F>(b, width, from, &mut second);
        for (out, &b) in out.iter_mut().zip(&second) {
            *out = F::combine(*out, b);
        }
        return;
    }
    out.fill(F::EMPTY);
    for row in x.chunks_exact(width) {
        for (out, &x) in out.iter_mut().zip(&row[from..]) {
            *out = F::combine(*out, x);
        }
    }
}

/// `x: [outer, n, inner]`, row by row, folded over `n` into `out: [outer, inner]`.
fn fold_axis<F: Fold>(x: &[F::T], n: usize, inner: usize, out: &mut [F::T]) {
    if n == 0 || out.is_empty() {
        out.fill(F::EMPTY);
    } else if out.len() == 1 && n >= 2 * GRAIN {
        // One long row: the pieces are fixed by its length, whoever folds them.
        let mut pieces = vec![F::EMPTY; n.div_ceil(GRAIN)];
        for_each_chunk_mut(&mut pieces, 1, |i, piece| {
            piece[0] = fold_row::<F>(&x[i * GRAIN..n.min((i + 1) * GRAIN)]);
        });
        out[0] = fold_row::<F>(&pieces);
    } else if inner == 1 {
        for_each_chunk_mut(out, GRAIN.div_ceil(n), |start, out| {
            for (out, x) in out.iter_mut().zip(x[start * n..].chunks_exact(n)) {
                *out = fold_row::<F>(x);
            }
        });
    } else if out.len() == inner {
        for_each_chunk_mut(out, GRAIN.div_ceil(n).max(64), |start, out| {
            fold_columns::<F>(x, inner, start, out)
        });
    } else {
        let blocks = GRAIN.div_ceil(n * inner);
        for_each_chunk_mut(out, blocks * inner, |start, out| {
            for (out, x) in out.chunks_exact_mut(inner).zip(x[start * n..].chunks_exact(n * inner)) {
                fold_columns::<F>(x, inner, 0, out);
            }
        });
    }
}

/// The axes that `dims` names, as a flag for each; all of them if it names none.
#[track_caller]
pub(crate) fn reduced_axes(op: &str, dims: &[isize], ndim: usize) -> Shape {
    let mut reduced: Shape = std::iter::repeat_n(usize::from(dims.is_empty()), ndim).collect();
    for &dim in dims {
        let axis = axis_of(op, dim, ndim);
        if let Some(flag) = reduced.get_mut(axis) {
            assert!(*flag == 0, "{op}: dim {axis} appears multiple times in the list of dims");
            *flag = 1;
        }
    }
    reduced
}

/// `x` folded over the axes flagged in `reduced`, into a tensor of `dtype`, whose element in memory is `F::T` as that of
/// `x` is.
pub(crate) fn fold<F: Fold>(x: &Tensor, reduced: &Shape, keepdim: bool, dtype: DType) -> Tensor {
    // In the order of the memory, where that makes the elements contiguous: a transpose is folded as it lies.
    let mut order: Vec<usize> = (0..x.ndim()).collect();
    let mut y = x.clone();
    if !x.is_contiguous() {
        order.sort_by_key(|&axis| std::cmp::Reverse(x.strides()[axis]));
        let dims: Vec<isize> = order.iter().map(|&axis| axis as isize).collect();
        y = x.permute(&dims);
        if !y.is_contiguous() {
            order.sort();
            y = x.contiguous();
        }
    }
    // Neighbouring reduced axes at once, the innermost first.
    let mut end = order.len();
    while end > 0 {
        if reduced[order[end - 1]] == 0 {
            end -= 1;
            continue;
        }
        let start = order[..end].iter().rposition(|&axis| reduced[axis] == 0).map_or(0, |at| at + 1);
        let shape = y.shape();
        let n = shape[start..end].iter().product();
        let inner = shape[end..].iter().product();
        let mut next: Shape = shape.into();
        next[start..end].fill(1);
        y = Tensor::build(next, dtype, |out| {
            fold_axis::<F>(y.contiguous_slice().expect("made contiguous above"), n, inner, out)
        });
        end = start;
    }
    let mut back = vec![0; order.len()];
    for (i, &axis) in order.iter().enumerate() {
        back[axis] = i as isize;
    }
    y.dtype = dtype;
    drop_axes(y.permute(&back), reduced, keepdim)
}

/// How many elements fall together into one.
pub(crate) fn count(x: &Tensor, reduced: &[usize]) -> usize {
    x.shape().iter().zip(reduced).filter(|&(_, &reduced)| reduced == 1).map(|(&n, _)| n).product()
}

/// Without the reduced axes, each of size 1 by now, unless they are to be kept.
pub(crate) fn drop_axes(mut y: Tensor, reduced: &Shape, keepdim: bool) -> Tensor {
    if !keepdim {
        for axis in (0..reduced.len()).rev().filter(|&axis| reduced[axis] == 1) {
            y.layout.shape.remove(axis);
            y.layout.strides.remove(axis);
        }
    }
    y
}
