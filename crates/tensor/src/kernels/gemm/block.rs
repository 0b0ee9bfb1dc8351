//! The product of blocks that lie in the nearer caches, on the caller's thread: both operands are read where
//! they lie. Attention is made of such products, whose one result is the other's operand.

use super::tile::{Kernels, Tile, cut};
use super::x86::Product;

/// The product as part of one along `whole ≥ k`, of which the rest is zeros: it is cut where that one is.
///
/// # Safety
///
/// The matrices lie where [`Product`] says, and the columns of B and of C lie side by side.
pub(super) unsafe fn run(kernels: &Kernels, p: &Product, whole: usize) {
    let strips = p.n.div_ceil(kernels.vectors() * kernels.lanes);
    for s in 0..strips {
        let (j, end) = (cut(p.n, kernels.lanes, strips, s), cut(p.n, kernels.lanes, strips, s + 1));
        for d in 0..p.order.stretches(whole) {
            let depth = p.order.stretch(whole, d);
            let depth = depth.start..depth.end.min(p.k);
            if depth.is_empty() && d > 0 {
                break;
            }
            let tile = Tile {
                k: depth.len(),
                a: p.a.at(0, depth.start),
                rsa: p.a.rs,
                csa: p.a.cs,
                b: p.b.at(depth.start, j),
                rsb: p.b.rs,
                c: p.c.at(0, j),
                rsc: p.c.rs,
                cols: end - j,
                finish: p.finish.part(d == 0).at_column(j),
            };
            // SAFETY: depth and columns are parts of the product's.
            unsafe { kernels.column_of_tiles(p.m, tile) };
        }
    }
}
