//! The walk that every reduction over axes shares: a tensor as `[outer, n, inner]`, folded over `n`.

use crate::kernels::fold::{fold_axis, fold_in_turn};
use crate::kernels::number::Fold;
use crate::tensor::axis_of;
use crate::{DType, Shape, Tensor};

/// The axes that `dims` names, as a flag for each.
#[track_caller]
pub(crate) fn named_axes(op: &str, dims: &[isize], ndim: usize) -> Shape {
    // A tensor without axes goes by the name 0, too, and only once.
    let mut named: Shape = std::iter::repeat_n(0, ndim.max(1)).collect();
    for &dim in dims {
        let axis = axis_of(op, dim, ndim);
        assert!(named[axis] == 0, "{op}: dim {axis} appears multiple times in the list of dims");
        named[axis] = 1;
    }
    named[..ndim].into()
}

/// The axes that `dims` names, as a flag for each; all of them if it names none.
#[track_caller]
pub(crate) fn reduced_axes(op: &str, dims: &[isize], ndim: usize) -> Shape {
    if dims.is_empty() {
        return std::iter::repeat_n(1, ndim).collect();
    }
    named_axes(op, dims, ndim)
}

/// `x` folded over the axes flagged in `reduced`, into a tensor of `dtype`, whose element in
/// memory is `F::T` as that of `x` is.
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
    // Neighbouring axes of one kind are one, and those of size 1 none.
    let kept: Shape =
        order.iter().zip(y.shape()).map(|(&axis, &n)| if reduced[axis] == 1 { 1 } else { n }).collect();
    let mut axes: Vec<(usize, bool)> = Vec::new();
    for (&axis, &n) in order.iter().zip(y.shape()).filter(|&(_, &n)| n != 1) {
        let reduced = reduced[axis] == 1;
        match axes.last_mut() {
            Some((size, kind)) if *kind == reduced => *size *= n,
            _ => axes.push((n, reduced)),
        }
    }
    if axes.iter().all(|&(_, reduced)| !reduced) {
        axes.push((1, true));
    }
    // The innermost one first, in the order of a row or of columns; then one after the other, as torch does.
    // Columns are each by itself if not the innermost ones are neighbours in the output.
    let several = axes.iter().filter(|&&(_, reduced)| reduced).count() > 1;
    let last = |kind: usize| (0..x.ndim()).rfind(|&axis| reduced[axis] == kind && x.size(axis as isize) != 1);
    let place = |axis: Option<usize>| order.iter().position(|&at| Some(at) == axis);
    let single = several || place(last(0)) < place(last(1));
    let (mut inner, mut folded) = (1, false);
    for (i, &(n, reduced)) in axes.iter().enumerate().rev() {
        if !reduced {
            inner *= n;
            continue;
        }
        let outer: usize = axes[..i].iter().map(|&(n, _)| n).product();
        y = Tensor::build(Shape::from([outer * inner]), dtype, |out| {
            let x = y.contiguous_slice().expect("made contiguous above");
            match folded {
                false => fold_axis::<F>(x, n, inner, single, out),
                true => fold_in_turn::<F>(x, n, inner, out),
            }
        });
        folded = true;
    }
    let y = y.reshape(kept);
    let mut back = vec![0; order.len()];
    for (i, &axis) in order.iter().enumerate() {
        back[axis] = i as isize;
    }
    drop_axes(y.permute(&back), reduced, keepdim)
}

/// A tensor whose elements are visited in the order of its memory.
pub(crate) struct Visit {
    /// With the axes in that order, row by row.
    pub(crate) x: Tensor,
    /// Which of these are reduced, and their sizes once they are.
    pub(crate) flags: Shape,
    pub(crate) kept: Shape,
    /// The permutation that brings a result's axes back.
    pub(crate) back: Vec<isize>,
}

impl Visit {
    pub(crate) fn new(x: &Tensor, reduced: &Shape) -> Visit {
        let [order, back] = x.memory_order();
        let x = x.permute(&order).contiguous();
        let flags: Shape = order.iter().map(|&axis| reduced[axis as usize]).collect();
        let kept =
            x.shape().iter().zip(flags.iter()).map(|(&n, &flag)| if flag == 1 { 1 } else { n }).collect();
        Visit { x, flags, kept, back }
    }
}

/// Gives every element of row-major `x` to the state that its flagged axes leave, one after the other.
pub(crate) fn each<T: Copy, S>(
    x: &[T],
    shape: &[usize],
    flags: &[usize],
    all: &mut [S],
    push: impl Fn(&mut S, T),
) {
    if x.is_empty() {
        return;
    }
    // Of each axis, how far its neighbours' states are apart: 0 where they have one in common.
    let mut steps: Shape = flags.iter().zip(shape).map(|(&flag, &n)| if flag == 1 { 1 } else { n }).collect();
    steps = steps.row_major_strides();
    steps.iter_mut().zip(flags).for_each(|(step, flag)| *step *= 1 - flag);
    walk(x, shape, &steps, all, &push, 0);
}

fn walk<T: Copy, S>(
    x: &[T],
    shape: &[usize],
    steps: &[usize],
    all: &mut [S],
    push: &impl Fn(&mut S, T),
    at: usize,
) {
    match (shape, steps) {
        ([], []) => push(&mut all[at], x[0]),
        ([_], [0]) => x.iter().for_each(|&x| push(&mut all[at], x)),
        ([_], _) => all[at..].iter_mut().zip(x).for_each(|(state, &x)| push(state, x)),
        ([n, shape @ ..], [step, steps @ ..]) => {
            for (i, x) in x.chunks_exact(x.len() / n).enumerate() {
                walk(x, shape, steps, all, push, at + i * step);
            }
        }
        _ => unreachable!("each axis has a step"),
    }
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

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    /// The sum by index arithmetic alone.
    fn plain_sum(x: &Tensor, dims: &[isize]) -> Vec<i64> {
        let (shape, data) = (x.shape(), x.to_vec::<i64>());
        let mut sums = std::collections::BTreeMap::new();
        for (i, x) in data.iter().enumerate() {
            let mut rest = i;
            let mut at: Vec<usize> = vec![0; shape.len()];
            for axis in (0..shape.len()).rev() {
                at[axis] = rest % shape[axis];
                rest /= shape[axis];
            }
            dims.iter().for_each(|&dim| at[dim as usize] = 0);
            *sums.entry(at).or_insert(0) += x;
        }
        sums.into_values().collect()
    }

    #[test]
    fn every_set_of_axes_of_every_layout() {
        let x = arange(0, 120, 1).reshape([4, 5, 6]);
        let base = [x.clone(), x.narrow(1, 1, 3), x.slice(2, 0, 6, 2), x.select(0, 1).expand([2, 5, 6])];
        for x in &base {
            for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
                let x = x.permute(order);
                for dims in [&[0][..], &[1], &[2], &[0, 1], &[0, 2], &[1, 2], &[0, 1, 2]] {
                    let y = x.sum_dim(dims, true);
                    assert_eq!(y.to_vec::<i64>(), plain_sum(&x, dims), "{:?} over {dims:?}", x.strides());
                    let dropped: Vec<usize> = (0..3)
                        .filter(|&axis| !dims.contains(&(axis as isize)))
                        .map(|axis| x.shape()[axis])
                        .collect();
                    assert_eq!(x.sum_dim(dims, false).shape(), dropped);
                }
            }
        }
    }

    #[test]
    fn empty_axes_and_single_elements() {
        assert_eq!(zeros([0, 3]).sum_dim(0, false).to_vec::<f32>(), [0.0; 3]);
        assert_eq!(zeros([3, 0]).sum_dim(0, true).shape(), [1, 0]);
        assert_eq!(zeros([0]).sum().item(), 0.0);
        assert!(zeros([0]).mean().item().is_nan());
        assert_eq!(Tensor::from(3.0f32).sum_dim(-1, true).ndim(), 0);
    }

    #[test]
    #[should_panic(expected = "sum: dim 1 appears multiple times in the list of dims")]
    fn an_axis_named_twice() {
        zeros([2, 3]).sum_dim([1, -1], false);
    }

    #[test]
    #[should_panic(expected = "sum: dim 0 appears multiple times in the list of dims")]
    fn the_axis_of_a_scalar_named_twice() {
        zeros(()).sum_dim([0, -1], false);
    }

    #[test]
    #[should_panic(expected = "mean: could not infer output dtype")]
    fn integers_have_no_mean() {
        arange(0, 3, 1).mean();
    }
}
