//! The matrix product `C ← α·A·B + β·C` with any strides.
//!
//! `matrixmultiply` is the portable kernel, and the one for f64. On x86-64 with AVX2 or AVX-512 ours replaces
//! it for f32. It knows four ways, chosen by shape and strides alone:
//!
//! - `dots`: a handful of rows against consecutive columns, which is bound by reading them once;
//! - `few`: a batch against a handful of consecutive columns;
//! - `across`: `X·Wᵀ` of a small batch, where packing W would cost more than turning the result round;
//! - `blocked`: everything else.
//!
//! Each element is one sum in an order that depends on the shape alone, so results are the
//! same for any number of threads.

#[cfg(target_arch = "x86_64")]
mod across;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod blocked;
#[cfg(target_arch = "x86_64")]
mod dots;
#[cfg(target_arch = "x86_64")]
mod few;
mod portable;
#[cfg(target_arch = "x86_64")]
mod scratch;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod tile;
#[cfg(target_arch = "x86_64")]
mod x86;

use super::simd::Isa;

/// `C ← α·A·B + β·C` in f32, with `A: [m, k]`, `B: [k, n]`, `C: [m, n]`.
///
/// Element `(i, j)` of `A` lies at `a[i * rsa + j * csa]`, and likewise for `B` and `C`: a transpose is a
/// swap of the two strides. With `beta == 0` `C` is written without being read (it may hold NaN). The order
/// in which each element's `k` products are added depends on the shape alone, never on the number of threads.
///
/// ```
/// use tensor::kernels::gemm::gemm_f32;
///
/// let (x, w) = ([1.0, 2.0], [3.0, 4.0, 5.0, 6.0]); // [1, 2] and [2, 2]
/// let mut y = [f32::NAN; 2];
/// gemm_f32(1, 2, 2, 1.0, &x, 2, 1, &w, 1, 2, 0.0, &mut y, 2, 1); // x·wᵀ
/// assert_eq!(y, [11.0, 17.0]);
/// ```
///
/// # Panics
///
/// If a matrix reaches past its slice, or elements of `C` share a place.
#[allow(clippy::too_many_arguments)] // The BLAS signature, which every caller knows.
pub fn gemm_f32(
    m: usize,
    n: usize,
    k: usize,
    alpha: f32,
    a: &[f32],
    rsa: usize,
    csa: usize,
    b: &[f32],
    rsb: usize,
    csb: usize,
    beta: f32,
    c: &mut [f32],
    rsc: usize,
    csc: usize,
) {
    let epilogue = Epilogue::default();
    gemm_f32_on(Isa::current(), m, n, k, alpha, a, rsa, csa, b, rsb, csb, beta, c, rsc, csc, epilogue);
}

/// What follows a product while its results are still in registers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Epilogue<'a> {
    /// Added to every row: `[n]`.
    pub bias: Option<&'a [f32]>,
    /// `max(0, ·)`, last; a NaN stays one.
    pub relu: bool,
}

/// The affine layer `Y ← X·Wᵀ + b` and optionally its ReLU, in one pass: contiguous `X: [m, k]`, `W: [n, k]`,
/// `bias: [n]`, `Y: [m, n]`.
///
/// # Panics
///
/// If a slice is not as long as its shape says.
#[allow(clippy::too_many_arguments)]
pub fn linear_f32(
    m: usize,
    n: usize,
    k: usize,
    x: &[f32],
    w: &[f32],
    bias: Option<&[f32]>,
    relu: bool,
    y: &mut [f32],
) {
    let fits = x.len() == m * k && w.len() == n * k && y.len() == m * n;
    assert!(fits, "linear: {}, {} and {} elements for {m}×{n}×{k}", x.len(), w.len(), y.len());
    let epilogue = Epilogue { bias, relu };
    gemm_f32_on(Isa::current(), m, n, k, 1.0, x, k, 1, w, 1, k, 0.0, y, n, 1, epilogue);
}

/// [`gemm_f32`] with an epilogue, on a given instruction set: how tests visit each of [`Isa::available`].
///
/// # Panics
///
/// As [`gemm_f32`]; if the bias is not `[n]`; if this machine lacks `isa`.
#[allow(clippy::too_many_arguments)]
pub fn gemm_f32_on(
    isa: Isa,
    m: usize,
    n: usize,
    k: usize,
    alpha: f32,
    a: &[f32],
    rsa: usize,
    csa: usize,
    b: &[f32],
    rsb: usize,
    csb: usize,
    beta: f32,
    c: &mut [f32],
    rsc: usize,
    csc: usize,
    epilogue: Epilogue,
) {
    check(m, n, k, a.len(), rsa, csa, b.len(), rsb, csb, c.len(), rsc, csc);
    if let Some(bias) = epilogue.bias {
        assert!(bias.len() == n, "gemm: a bias of {} elements for {n} columns", bias.len());
    }
    if m == 0 || n == 0 {
        return;
    }
    #[cfg(target_arch = "x86_64")]
    if x86::suits(isa) && (csc == 1 || n == 1 || (rsc == 1 && epilogue.bias.is_none())) {
        isa.assert_available();
        let finish = tile::Finish {
            alpha,
            beta,
            bias: epilogue.bias.map_or(std::ptr::null(), <[f32]>::as_ptr),
            relu: epilogue.relu,
        };
        let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
        let p = Product { m, n, k, a, rsa, csa, b, rsb, csb, c, rsc, csc, finish };
        // SAFETY: `check` asserted that every element addressed lies inside its slice, that no two elements
        // of C share a place, and that no size computed from m, n and k overflows; the bias has n elements; C
        // is borrowed mutably, so it overlaps nothing; the processor has `isa`.
        return unsafe { x86::run(isa, p) };
    }
    isa.assert_available();
    portable::gemm_f32(m, n, k, alpha, a, rsa, csa, b, rsb, csb, beta, c, rsc, csc);
    if epilogue.bias.is_some() || epilogue.relu {
        portable::finish(m, n, c, rsc, csc, epilogue);
    }
}

/// A product whose bounds have been checked.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Product {
    m: usize,
    n: usize,
    k: usize,
    a: *const f32,
    rsa: usize,
    csa: usize,
    b: *const f32,
    rsb: usize,
    csb: usize,
    c: *mut f32,
    rsc: usize,
    csc: usize,
    finish: tile::Finish,
}

// SAFETY: it stands for two shared slices and one exclusive one, all of them `Sync`; what writes to C divides
// its elements between the threads.
#[cfg(target_arch = "x86_64")]
unsafe impl Sync for Product {}

/// The f64 twin of [`gemm_f32`].
///
/// # Panics
///
/// If a matrix reaches past its slice.
#[allow(clippy::too_many_arguments)]
pub fn gemm_f64(
    m: usize,
    n: usize,
    k: usize,
    alpha: f64,
    a: &[f64],
    rsa: usize,
    csa: usize,
    b: &[f64],
    rsb: usize,
    csb: usize,
    beta: f64,
    c: &mut [f64],
    rsc: usize,
    csc: usize,
) {
    check(m, n, k, a.len(), rsa, csa, b.len(), rsb, csb, c.len(), rsc, csc);
    portable::gemm_f64(m, n, k, alpha, a, rsa, csa, b, rsb, csb, beta, c, rsc, csc);
}

/// Panics unless the three matrices lie inside their slices, no two elements of `C` share a place, and no
/// count of elements or multiply-adds overflows.
#[allow(clippy::too_many_arguments)]
#[inline]
fn check(
    m: usize,
    n: usize,
    k: usize,
    a: usize,
    rsa: usize,
    csa: usize,
    b: usize,
    rsb: usize,
    csb: usize,
    c: usize,
    rsc: usize,
    csc: usize,
) {
    // With strides of 0 small slices hold large matrices. The sizes may be padded to whole vectors, and a few
    // such products added up, without an overflow: three of 20 bits fit anyway.
    let work =
        || [m, n, k].into_iter().try_fold(4usize, |work, size| work.checked_mul(size.checked_add(64)?));
    let fits = (usize::BITS == 64 && (m | n | k) < 1 << 20) || work().is_some();
    assert!(fits, "gemm: a product of {m}×{n}×{k} is too large");
    assert!(
        inside(m, k, rsa, csa, a),
        "gemm: A [{m}, {k}] with strides [{rsa}, {csa}] does not fit in {a} elements"
    );
    assert!(
        inside(k, n, rsb, csb, b),
        "gemm: B [{k}, {n}] with strides [{rsb}, {csb}] does not fit in {b} elements"
    );
    assert!(
        inside(m, n, rsc, csc, c),
        "gemm: C [{m}, {n}] with strides [{rsc}, {csc}] does not fit in {c} elements"
    );
    let disjoint = m == 0
        || n == 0
        || (m <= 1 || n <= 1 || rsc >= n.saturating_mul(csc) || csc >= m.saturating_mul(rsc))
            && (m <= 1 || rsc > 0)
            && (n <= 1 || csc > 0);
    assert!(disjoint, "gemm: elements of C [{m}, {n}] with strides [{rsc}, {csc}] overlap");
}

/// Whether a `[rows, cols]` matrix with these strides ends within `len` elements, counted without overflow.
#[inline]
fn inside(rows: usize, cols: usize, rs: usize, cs: usize, len: usize) -> bool {
    if rows == 0 || cols == 0 {
        return true;
    }
    let last = (rows - 1).checked_mul(rs).zip((cols - 1).checked_mul(cs)).and_then(|(r, c)| r.checked_add(c));
    last.is_some_and(|last| last < len)
}
