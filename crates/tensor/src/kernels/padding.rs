//! Elements before, behind and instead of those along some axes: padding, cutting, and the way back.

use super::number::Num;

/// One axis: which positions of the output are which of the input.
#[derive(Clone, Debug)]
pub struct PadAxis {
    /// The size of the input.
    pub input: usize,
    /// The size of the output.
    pub output: usize,
    /// Neighbours of the output that are neighbours of the input. What is in none is filled.
    pub runs: Vec<Run>,
}

/// `len` neighbours, from `output` on, which are those of the input from `input` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the line above
pub struct Run {
    pub output: usize,
    pub input: usize,
    pub len: usize,
}

/// Copies the elements of `x` to where the axes say; the others of `y` stay as they are.
pub fn copy<T: Copy>(x: &[T], axes: &[PadAxis], y: &mut [T]) {
    each_run(axes, 0, 0, &mut |input, output, len| y[output..][..len].copy_from_slice(&x[input..][..len]));
}

/// Adds the elements of `dy` to those of `dx` that they were copied from, in the order of the runs.
pub fn add<T: Num>(dy: &[T], axes: &[PadAxis], dx: &mut [T]) {
    each_run(axes, 0, 0, &mut |input, output, len| {
        for (dx, &dy) in dx[input..][..len].iter_mut().zip(&dy[output..][..len]) {
            *dx = dx.add(dy);
        }
    });
}

/// Calls `f(input, output, len)` with the runs along the last axis, for all positions along the others, where
/// `input` and `output` are the positions so far.
fn each_run(axes: &[PadAxis], input: usize, output: usize, f: &mut impl FnMut(usize, usize, usize)) {
    let Some((axis, rest)) = axes.split_first() else { return f(input, output, 1) };
    for run in &axis.runs {
        let (input, output) = (input * axis.input + run.input, output * axis.output + run.output);
        if rest.is_empty() {
            f(input, output, run.len);
        } else {
            (0..run.len).for_each(|i| each_run(rest, input + i, output + i, f));
        }
    }
}
