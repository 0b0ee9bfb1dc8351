//! Loops over rows, for every instruction set.

use tensor::Float;
use tensor::kernels::simd::{Kernel, dispatch};

/// Adds row `i` of `x`, times a weight, to row `j` of `y` for each step `(i, j, weight)`, one after the
/// other; each element with one rounding or two.
pub(super) fn add_rows<T: Float>(
    fused: bool,
    steps: impl Iterator<Item = (usize, usize, T)>,
    x: &[T],
    y: &mut [T],
    width: usize,
) {
    if fused {
        dispatch(AddRows::<_, _, true> { steps, x, y, width });
    } else {
        dispatch(AddRows::<_, _, false> { steps, x, y, width });
    }
}

struct AddRows<'a, T, I, const FUSED: bool> {
    steps: I,
    x: &'a [T],
    y: &'a mut [T],
    width: usize,
}

impl<T: Float, I: Iterator<Item = (usize, usize, T)>, const FUSED: bool> Kernel for AddRows<'_, T, I, FUSED> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let AddRows { steps, x, y, width } = self;
        for (i, j, weight) in steps {
            let (x, y) = (&x[i * width..][..width], &mut y[j * width..][..width]);
            for (y, &x) in y.iter_mut().zip(x) {
                *y = if FUSED { x.mul_add(weight, *y) } else { *y + x * weight };
            }
        }
    }
}

/// Takes the larger numbers of row `i` of `x` into row `j`, and with them `i`, for each step `(i, j)`; a row
/// −1 says that there is no number yet.
pub(super) fn take_larger<T: Float>(
    steps: impl Iterator<Item = (usize, usize)>,
    x: &[T],
    (y, from): (&mut [T], &mut [i64]),
    width: usize,
) {
    dispatch(TakeLarger { steps, x, y, from, width });
}

struct TakeLarger<'a, T, I> {
    steps: I,
    x: &'a [T],
    y: &'a mut [T],
    from: &'a mut [i64],
    width: usize,
}

impl<T: Float, I: Iterator<Item = (usize, usize)>> Kernel for TakeLarger<'_, T, I> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let TakeLarger { steps, x, y, from, width } = self;
        for (i, j) in steps {
            let [there, here] = [i, j].map(|at| at * width..(at + 1) * width);
            let (y, from) = (&mut y[here.clone()], &mut from[here]);
            for ((y, from), &x) in y.iter_mut().zip(from).zip(&x[there]) {
                // Both are written in any case, which leaves the loop without branches.
                let larger = *from < 0 || x > *y;
                (*y, *from) = if larger { (x, i as i64) } else { (*y, *from) };
            }
        }
    }
}
