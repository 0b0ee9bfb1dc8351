//! The walk that every reduction over axes shares: a tensor as `[outer, n, inner]`, folded over `n`.

use crate::kernels::fold::{Fold, fold_axis};
use crate::tensor::axis_of;
use crate::{DType, Shape, Tensor};

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
