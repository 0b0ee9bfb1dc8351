//! Which way a product goes on x86-64.

use super::{Product, across, avx2, avx512, blocked, dots, few};
use crate::kernels::simd::Isa;

/// Whether our kernels run here: they have torch's order of sums, and beat `matrixmultiply` at every size.
pub(super) fn suits(isa: Isa) -> bool {
    matches!(isa, Isa::Avx2 | Isa::Avx512)
}

/// # Safety
///
/// The matrices lie where [`Product`] says, none is empty except along `k`, C's rows or columns are
/// consecutive (its rows if there is a bias), nothing overlaps C, and the processor has `isa`.
pub(super) unsafe fn run(isa: Isa, mut p: Product) {
    let kernels = if isa == Isa::Avx512 { &avx512::KERNELS } else { &avx2::KERNELS };
    // The stride of an axis of length 1 means nothing; 1 is the one that opens every way.
    if p.n == 1 {
        (p.csb, p.csc) = (1, 1);
    }
    if p.m == 1 {
        (p.rsa, p.rsc) = (1, p.n);
    }
    if p.k <= 1 {
        (p.csa, p.rsb) = (1, 1);
    }
    // Vectors run along the columns of C: turn it round if they do not lie side by
    // side, or if there is only one.
    if p.csc != 1 || (p.n == 1 && p.m > 1 && p.rsc == 1 && p.finish.bias.is_null()) {
        p = Product {
            m: p.n,
            n: p.m,
            a: p.b,
            rsa: p.csb,
            csa: p.rsb,
            b: p.a,
            rsb: p.csa,
            csb: p.rsa,
            rsc: p.csc,
            csc: p.rsc,
            ..p
        };
    }
    // SAFETY: the same product, with C's columns side by side.
    unsafe {
        if dots::suits(&p) {
            dots::run(kernels, &p)
        } else if few::suits(&p) {
            few::run(&p)
        } else if across::suits(&p, kernels.lanes) {
            across::run(kernels, &p)
        } else {
            blocked::run(kernels, &p)
        }
    }
}
