//! Which way a product goes on x86-64.

use super::tile::{Finish, Kernels};
use super::{Operands, across, avx2, avx512, block, blocked, dots, few};
use crate::kernels::rounding::Products;
use crate::kernels::simd::Isa;

/// A product whose bounds have been checked: `C ← finish(A·B)`.
#[derive(Clone, Copy)]
pub(super) struct Product {
    pub(super) m: usize,
    pub(super) n: usize,
    pub(super) k: usize,
    pub(super) a: Raw<*const f32>,
    pub(super) b: Raw<*const f32>,
    pub(super) c: Raw<*mut f32>,
    pub(super) finish: Finish,
    pub(super) order: Products,
}

impl Product {
    fn of(operands: &mut Operands<f32>, order: Products) -> Product {
        let &mut Operands { alpha, a, b, beta, bias, ref mut c, .. } = operands;
        Product {
            m: c.shape[0],
            n: c.shape[1],
            k: a.shape[1],
            a: Raw::new(a.data.as_ptr(), a.strides),
            b: Raw::new(b.data.as_ptr(), b.strides),
            c: Raw::new(c.data.as_mut_ptr(), c.strides),
            finish: Finish { alpha, beta, bias: bias.map_or(std::ptr::null(), <[f32]>::as_ptr) },
            order,
        }
    }
}

/// A matrix behind a pointer, with its row stride and its column stride.
#[derive(Clone, Copy)]
pub(super) struct Raw<P> {
    first: P,
    pub(super) rs: usize,
    pub(super) cs: usize,
}

impl<P> Raw<P> {
    pub(super) fn new(first: P, [rs, cs]: [usize; 2]) -> Raw<P> {
        Raw { first, rs, cs }
    }

    pub(super) fn t(self) -> Raw<P> {
        Raw { first: self.first, rs: self.cs, cs: self.rs }
    }
}

impl Raw<*const f32> {
    /// Where element `(i, j)` lies.
    #[inline(always)]
    pub(super) fn at(&self, i: usize, j: usize) -> *const f32 {
        self.first.wrapping_add(i * self.rs + j * self.cs)
    }
}

impl Raw<*mut f32> {
    /// Where element `(i, j)` lies.
    #[inline(always)]
    pub(super) fn at(&self, i: usize, j: usize) -> *mut f32 {
        self.first.wrapping_add(i * self.rs + j * self.cs)
    }
}

// SAFETY: it stands for two shared slices and one exclusive one, all of them `Sync`; what writes to C divides
// its elements between the threads.
unsafe impl Sync for Product {}

/// The kernels of an instruction set, if there are some.
pub(super) fn kernels(isa: Isa) -> Option<&'static Kernels> {
    match isa {
        Isa::Avx512 => Some(&avx512::KERNELS),
        Isa::Avx2 => Some(&avx2::KERNELS),
        Isa::Portable | Isa::Neon => None,
    }
}

/// Computes the product by [`block`] if our kernels run here.
///
/// # Safety
///
/// As [`Multiply::block_with_vectors`](super::Multiply::block_with_vectors).
pub(super) unsafe fn multiply_block(isa: Isa, operands: &mut Operands<f32>, whole: usize) -> bool {
    let Some(kernels) = kernels(isa) else { return false };
    // SAFETY: as in `multiply`; the caller promises that columns lie side by side.
    unsafe { block::run(kernels, &Product::of(operands, Products::current()), whole) };
    true
}

/// Computes the product if our kernels run here: they have torch's order of sums, and beat `matrixmultiply`
/// at every size. C's rows or columns have to be consecutive, its rows if there is a bias.
///
/// # Safety
///
/// As [`Multiply::with_vectors`](super::Multiply::with_vectors).
pub(super) unsafe fn multiply(isa: Isa, operands: &mut Operands<f32>, order: Products) -> bool {
    let Some(kernels) = kernels(isa) else { return false };
    let &mut Operands { a, bias, ref c, batched, .. } = operands;
    let ([m, n], k) = (c.shape, a.shape[1]);
    if c.strides[1] != 1 && n != 1 && (c.strides[0] != 1 || bias.is_some()) {
        return false;
    }
    let mut p = Product::of(operands, order);
    let chains = !matches!(order, Products::Mkl(_)); // whatever the shape
    if let Some(order) = few::order(&p, batched).filter(|_| !chains) {
        // SAFETY: as below.
        unsafe { few::run(isa, &p, order) };
        return true;
    }
    // The stride of an axis of length 1 means nothing; 1 is the one that opens every way.
    if n == 1 {
        (p.b.cs, p.c.cs) = (1, 1);
    }
    if m == 1 {
        (p.a.rs, p.c.rs) = (1, n);
    }
    if k <= 1 {
        (p.a.cs, p.b.rs) = (1, 1);
    }
    // Vectors run along the columns of C: turn it round if they do not lie side by side, or if there is
    // only one.
    if p.c.cs != 1 || (n == 1 && m > 1 && p.c.rs == 1 && bias.is_none()) {
        p = Product { m: n, n: m, a: p.b.t(), b: p.a.t(), c: p.c.t(), ..p };
    }
    // SAFETY: `Mat` and `MatMut` asserted that every element addressed lies inside its slice and that no two
    // elements of C share a place; the caller promises that the shapes and the bias fit, that no size
    // computed from them overflows, and that the processor has `isa`. C is borrowed mutably, so it overlaps
    // nothing. C's columns lie side by side.
    unsafe {
        if !chains && dots::suits(&p) {
            dots::run(kernels, &p)
        } else if across::suits(&p, kernels.lanes) {
            across::run(kernels, &p)
        } else {
            blocked::run(kernels, &p)
        }
    }
    true
}
