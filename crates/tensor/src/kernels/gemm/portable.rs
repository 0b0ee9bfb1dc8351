//! The product over `matrixmultiply`: every processor, both floating-point types.

use super::{Multiply, Operands};
use crate::kernels::parallel::{self, Shared};

/// `C ← α·A·B + β·C` by `m`, `k`, `n`, `α`, `A` with its strides, `B` with its strides, `β`, `C` with its
/// strides.
pub(super) type Kernel<T> = unsafe fn(
    usize,
    usize,
    usize,
    T,
    *const T,
    isize,
    isize,
    *const T,
    isize,
    isize,
    T,
    *mut T,
    isize,
    isize,
);

/// A task is at least this many multiply-adds: each packs one operand for itself.
const TASK: usize = 1_000_000;

/// Rows or columns of C are cut at multiples of this, the size of a tile.
const UNIT: usize = 16;

/// # Safety
///
/// As [`Multiply::with_vectors`].
pub(super) unsafe fn multiply<T: Multiply>(operands: &mut Operands<T>) {
    let Operands { alpha, a, b, beta, bias, c, .. } = operands;
    let ([m, n], k) = (c.shape, a.shape[1]);
    let tasks = (m * n * k / TASK).min(parallel::num_threads()).min(m.max(n).div_ceil(UNIT)).max(1);
    let out = Shared(c.data.as_mut_ptr());
    let ([rsa, csa], [rsb, csb], [rsc, csc]) = (a.strides, b.strides, c.strides);
    parallel::run(tasks, |task| {
        let part = |len: usize| {
            let at = |i: usize| (len.div_ceil(UNIT) * i / tasks * UNIT).min(len);
            (at(task), at(task + 1) - at(task))
        };
        // The longer side is cut; what each element adds up stays the same.
        let ((i, m), (j, n)) = if n >= m { ((0, m), part(n)) } else { (part(m), (0, n)) };
        let a = a.data.as_ptr().wrapping_add(i * rsa);
        let b = b.data.as_ptr().wrapping_add(j * csb);
        let c = out.get().wrapping_add(i * rsc + j * csc);
        let [rsa, csa, rsb, csb, rsc, csc] = [rsa, csa, rsb, csb, rsc, csc].map(|s| s as isize);
        // SAFETY: `Mat` and `MatMut` have asserted that every element addressed lies inside its slice and
        // that no two elements of C share a place, and the operands fit; the parts are disjoint; C is
        // borrowed mutably, so it overlaps neither A nor B.
        unsafe { T::PORTABLE(m, k, n, *alpha, a, rsa, csa, b, rsb, csb, *beta, c, rsc, csc) }
    });
    if let Some(bias) = bias {
        for i in 0..m {
            for (j, &bias) in bias.iter().enumerate() {
                c.data[i * rsc + j * csc] += bias;
            }
        }
    }
}
