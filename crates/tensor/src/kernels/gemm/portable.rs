//! The product over `matrixmultiply`: every processor, both floating-point types.

use super::Epilogue;

/// [`super::gemm_f32`] over `matrixmultiply`; the caller has checked the bounds.
#[allow(clippy::too_many_arguments)]
pub(super) fn gemm_f32(
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
    let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
    let [rsa, csa, rsb, csb, rsc, csc] = [rsa, csa, rsb, csb, rsc, csc].map(|s| s as isize);
    // SAFETY: `super::check` asserted that every element addressed lies inside its slice and that no two elements of C
    // share a place; C is borrowed mutably, so it overlaps neither A nor B.
    unsafe { matrixmultiply::sgemm(m, k, n, alpha, a, rsa, csa, b, rsb, csb, beta, c, rsc, csc) }
}

/// [`super::gemm_f64`] over `matrixmultiply`; the caller has checked the bounds.
#[allow(clippy::too_many_arguments)]
pub(super) fn gemm_f64(
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
    let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
    let [rsa, csa, rsb, csb, rsc, csc] = [rsa, csa, rsb, csb, rsc, csc].map(|s| s as isize);
    // SAFETY: `super::check` asserted that every element addressed lies inside its slice and that no two elements of C
    // share a place; C is borrowed mutably, so it overlaps neither A nor B.
    unsafe { matrixmultiply::dgemm(m, k, n, alpha, a, rsa, csa, b, rsb, csb, beta, c, rsc, csc) }
}

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
