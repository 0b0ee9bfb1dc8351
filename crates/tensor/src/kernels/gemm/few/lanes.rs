//! A batch with a handful of columns: [`Few::Lanes`].

use std::ops::Range;

use super::eights::Eights;
use super::groups::{AFew, Alike, Many, Out, Pack};
use super::vectors::on;
use super::{GROUP, Rows, past_boundary, split};
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::Isa;

/// Rows that a task's are a multiple of.
const ROWS: usize = 8;

/// Rows for which columns are packed.
const PACK: usize = 12;

/// The products of the rows of `a` with the rows of `w`.
///
/// # Safety
///
/// `out` has an element for each, and the processor has `isa`, which has vectors.
pub(super) unsafe fn run(isa: Isa, a: Rows<'_>, w: Rows<'_>, out: Out) {
    let (m, n, k) = (a.count, w.count, w.k);
    let kinds = if a.first.rs.is_multiple_of(4) { 1 } else { 4 };
    let grouped = n / GROUP * GROUP;
    // Rows whose places at a boundary differ begin with other elements: they are apart.
    let alike = |rows: Range<usize>| {
        (rows.start..rows.end.min(rows.start + kinds)).map(move |first| Alike {
            rows: a,
            first,
            step: kinds,
            count: (rows.end - first).div_ceil(kinds),
            behind: ((4 - past_boundary(a.row(first).as_ptr())) % 4).min(k),
        })
    };
    if m < PACK {
        split(grouped, 4 * GROUP, m * n * k, |columns| {
            for x in alike(0..m) {
                // SAFETY: the caller's promise; each task has columns of its own.
                unsafe { on(isa, AFew { x, w, columns: columns.clone(), out }) };
            }
        });
        for x in alike(0..m) {
            // SAFETY: as above.
            unsafe { on(isa, Eights { x, w, columns: grouped..n, out }) };
        }
        return;
    }
    split(m, ROWS, m * n * k, |rows| {
        for x in alike(rows) {
            with_scratch(GROUP * k, |space: &mut [f32]| {
                for j in (0..grouped).step_by(GROUP) {
                    // SAFETY: the caller's promise; each task has rows of its own.
                    unsafe {
                        on(isa, Pack { w, j, behind: x.behind, to: space });
                        on(isa, Many { x, w: space, j, out });
                    }
                }
            });
            // SAFETY: as above.
            unsafe { on(isa, Eights { x, w, columns: grouped..n, out }) };
        }
    });
}
