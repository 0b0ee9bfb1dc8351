//! One vector with each row of a matrix: [`Few::Row`] and [`Few::Vector`].

use super::eights::{Eights, Halves};
use super::groups::{AFew, Alike, Out};
use super::vectors::on;
use super::{GROUP, Rows, past_boundary, split};
use crate::kernels::simd::Isa;

/// The products of `x` with the rows of `w`, which become the first row of `out`.
///
/// # Safety
///
/// That has such a row, and the processor has `isa`, which has vectors.
pub(super) unsafe fn run(isa: Isa, x: Rows<'_>, w: Rows<'_>, out: Out) {
    let (k, rows) = (w.k, w.count);
    let alike = |boundary: *const f32| {
        let behind = (GROUP - past_boundary(boundary)).min(k);
        Alike { rows: x, first: 0, step: 1, count: 1, behind }
    };
    let grouped = rows / GROUP * GROUP;
    split(grouped, 4 * GROUP, rows * k, |columns| {
        if !columns.is_empty() {
            // The fourth rows of all groups lie alike: they are four rows apart.
            let x = alike(w.row(GROUP - 1).as_ptr());
            // SAFETY: the caller's promise; each row is in one task.
            unsafe { on(isa, AFew { x, w, columns, out }) };
        }
    });
    let alike = alike(x.row(0).as_ptr());
    for y in grouped..rows {
        // SAFETY: the caller's promise.
        unsafe {
            if y - grouped == 1 {
                let sum = on(isa, Halves { x: x.row(0), w: w.row(y), behind: alike.behind });
                out.store(0, y, sum);
            } else {
                on(isa, Eights { x: alike, w, columns: y..y + 1, out });
            }
        }
    }
}
