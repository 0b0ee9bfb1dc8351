//! The product over `matrixmultiply`: every processor, both floating-point types.

use super::Epilogue;
use crate::kernels::parallel::{self, Shared};

/// A task is at least this many multiply-adds: each packs one operand for itself.
const TASK: usize = 1_000_000;

/// Rows or columns of C are cut at multiples of this, the size of a tile.
const UNIT: usize = 16;

macro_rules! gemm {
    ($name:ident, $float:ty, $kernel:path) => {
        /// The function of this name in [`super`], whose bounds have been checked.
        #[allow(clippy::too_many_arguments)]
        pub(super) fn $name(
            m: usize,
            n: usize,
            k: usize,
            alpha: $float,
            a: &[$float],
            rsa: usize,
            csa: usize,
            b: &[$float],
            rsb: usize,
            csb: usize,
            beta: $float,
            c: &mut [$float],
            rsc: usize,
            csc: usize,
        ) {
            let c = Shared(c.as_mut_ptr());
            let tasks = (m * n * k / TASK).min(parallel::num_threads()).min(m.max(n).div_ceil(UNIT)).max(1);
            parallel::run(tasks, |task| {
                let part = |len: usize| {
                    let at = |i: usize| (len.div_ceil(UNIT) * i / tasks * UNIT).min(len);
                    (at(task), at(task + 1) - at(task))
                };
                // The longer side is cut; what each element adds up stays the same.
                let ((i, m), (j, n)) = if n >= m { ((0, m), part(n)) } else { (part(m), (0, n)) };
                let a = a.as_ptr().wrapping_add(i * rsa);
                let b = b.as_ptr().wrapping_add(j * csb);
                let c = c.get().wrapping_add(i * rsc + j * csc);
                let [rsa, csa, rsb, csb, rsc, csc] = [rsa, csa, rsb, csb, rsc, csc].map(|s| s as isize);
                // SAFETY: `super::check` asserted that every element addressed lies inside its slice and
                // that no two elements of C share a place; the parts are disjoint; C is borrowed mutably,
                // so it overlaps neither A nor B.
                unsafe { $kernel(m, k, n, alpha, a, rsa, csa, b, rsb, csb, beta, c, rsc, csc) }
            });
        }
    };
}

gemm!(gemm_f32, f32, matrixmultiply::sgemm);
gemm!(gemm_f64, f64, matrixmultiply::dgemm);

/// `C ← relu(C + bias)`, as far as the epilogue asks for them.
pub(super) fn finish(m: usize, n: usize, c: &mut [f32], rsc: usize, csc: usize, epilogue: Epilogue) {
    for i in 0..m {
        for j in 0..n {
            let y = &mut c[i * rsc + j * csc];
            *y += epilogue.bias.map_or(0.0, |bias| bias[j]);
            if epilogue.relu && *y < 0.0 {
                *y = 0.0;
            }
        }
    }
}
