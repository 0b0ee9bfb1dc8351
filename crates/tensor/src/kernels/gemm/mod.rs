//! The matrix product `C ← α·A·B + β·C` with any strides.

mod portable;

/// `C ← α·A·B + β·C` in f32, with `A: [m, k]`, `B: [k, n]`, `C: [m, n]`.
///
/// Element `(i, j)` of `A` lies at `a[i * rsa + j * csa]`, and likewise for `B` and `C`: a transpose is a swap of the two
/// strides. With `beta == 0` `C` is written without being read (it may hold NaN). The order in which each element's `k`
/// products are added depends on the shape alone, never on the number of threads.
///
/// # Panics
///
/// If a matrix reaches past its slice.
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
    check(m, n, k, a.len(), rsa, csa, b.len(), rsb, csb, c.len(), rsc, csc);
    portable::gemm_f32(m, n, k, alpha, a, rsa, csa, b, rsb, csb, beta, c, rsc, csc);
}

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

/// Panics unless the three matrices lie inside their slices and no two elements of `C` share a place.
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
    let disjoint = (m <= 1 || n <= 1 || rsc >= n.saturating_mul(csc) || csc >= m.saturating_mul(rsc))
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
