use super::batch::{Batch, axpy, dot, identity, transposed};
use super::qr::Householder;
use crate::Tensor;

/// What [`svd`] gives: `A = U·diag(S)·Vh`.
#[derive(Clone, Debug)]
pub struct Svd<V> {
    /// Orthonormal columns.
    pub u: V,
    /// The singular values, the largest first.
    pub s: V,
    /// Orthonormal rows.
    pub vh: V,
}

/// `A = U·diag(S)·Vh` for each matrix, as `torch.linalg.svd`. With `full_matrices`, torch's default, `U` and
/// `Vh` are square, else `U: [m, k]`, `Vh: [k, n]`, `k` the smaller of both sizes.
///
/// ```
/// use tensor::{Tensor, lapack};
/// let a = Tensor::from([[3.0f64, 0.0], [4.0, 5.0]]);
/// let lapack::Svd { u, s, vh } = lapack::svd(&a, false);
/// assert!(s.square().allclose(&Tensor::from([45.0f64, 5.0]), 1e-13, 0.0));
/// assert!((u * &s).matmul(&vh).allclose(&a, 1e-13, 1e-13));
/// ```
///
/// # Panics
/// If there are fewer than two axes or a number is not finite; on all but `F32` and `F64`.
#[track_caller]
pub fn svd(a: &Tensor, full_matrices: bool) -> Svd<Tensor> {
    let batch = Batch::new("linalg.svd", a);
    let (m, n) = (batch.rows, batch.columns);
    let k = m.min(n);
    let (p, q) = if full_matrices { (m, n) } else { (k, k) };
    let (mut u, mut s, mut vh) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..batch.len() {
        let [ut, values, vt] = decompose(&batch, i);
        u.extend(transposed(&complete(ut, k, p, m), p, m));
        s.extend(values);
        vh.extend(complete(vt, k, q, n));
    }
    Svd { u: batch.result(u, &[m, p]), s: batch.result(s, &[k]), vh: batch.result(vh, &[q, n]) }
}

/// The singular values of each matrix, the largest first, as `torch.linalg.svdvals`.
///
/// # Panics
/// As [`svd`].
#[track_caller]
pub fn svdvals(a: &Tensor) -> Tensor {
    svd(a, false).s
}

/// `Uᵀ`, `S` and `Vᵀ`. Rows of `Uᵀ` and `Vᵀ` are 0 where `S` is.
#[track_caller]
fn decompose(batch: &Batch, i: usize) -> [Vec<f64>; 3] {
    let (a, m, n) = (batch.matrix(i), batch.rows, batch.columns);
    assert!(
        a.iter().all(|x| x.is_finite()),
        "linalg.svd: {}The algorithm failed to converge because the input matrix contained non-finite values.",
        batch.element(i)
    );
    if m >= n {
        tall(a, m, n)
    } else {
        let [v, s, u] = tall(&transposed(a, m, n), n, m);
        [u, s, v]
    }
}

/// By Jacobi's rotations of the columns of the transpose of `R`, in which few are left to do.
fn tall(a: &[f64], m: usize, n: usize) -> [Vec<f64>; 3] {
    // A power of two: no square over- or underflows.
    let largest = a.iter().fold(0.0, |y: f64, x| y.max(x.abs()));
    let scale = if largest == 0.0 { 1.0 } else { 2f64.powi(largest.log2().floor() as i32) };
    let qr = Householder::new(a.iter().map(|x| x / scale).collect(), m, n);
    // Rows of `R` are the columns of its transpose: Rᵀ·J = V·S, and J holds the vectors of the left.
    let mut columns = qr.r(n);
    let mut turns = identity(n, n);
    while sweep(&mut columns, &mut turns, n) {}
    let mut found: Vec<(f64, usize)> =
        (0..n).map(|j| (dot(&columns[j * n..][..n], &columns[j * n..][..n]).sqrt(), j)).collect();
    found.sort_by(|x, y| y.0.total_cmp(&x.0));
    let (mut ut, mut s, mut vt) = (vec![0.0; n * m], Vec::new(), Vec::new());
    let q = transposed(&qr.q(n), m, n);
    for (place, &(value, j)) in found.iter().enumerate() {
        s.push(value * scale);
        let v = &columns[j * n..][..n];
        vt.extend(v.iter().map(|v| if value == 0.0 { 0.0 } else { v / value }));
        if value != 0.0 {
            for (l, &turn) in turns[j * n..][..n].iter().enumerate() {
                axpy(turn, &q[l * m..][..m], &mut ut[place * m..][..m]);
            }
        }
    }
    [ut, s, vt]
}

/// Makes every pair of the `n` rows orthogonal, once, and turns those of `turns` along. Gives whether any was
/// not.
fn sweep(rows: &mut [f64], turns: &mut [f64], n: usize) -> bool {
    let mut turned = false;
    for p in 0..n {
        for q in p + 1..n {
            let (x, y) = (&rows[p * n..][..n], &rows[q * n..][..n]);
            let (xx, yy, xy) = (dot(x, x), dot(y, y), dot(x, y));
            // Of lengths whose squares underflow no turn makes the product smaller.
            let bound = 4.0 * f64::EPSILON * (xx.sqrt() * yy.sqrt()).max(1e-137);
            if xy == 0.0 || xy.abs() <= bound {
                continue;
            }
            turned = true;
            let zeta = (yy - xx) / (2.0 * xy);
            let t = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
            let cos = 1.0 / t.hypot(1.0);
            for all in [&mut *rows, &mut *turns] {
                let (x, y) = all.split_at_mut(q * n);
                for (x, y) in x[p * n..][..n].iter_mut().zip(&mut y[..n]) {
                    (*x, *y) = (cos * (*x - t * *y), cos * (t * *x + *y));
                }
            }
        }
    }
    turned
}

/// `k` orthonormal rows of `n` numbers, the last of which may be 0, as `wanted` orthonormal ones.
fn complete(rows: Vec<f64>, k: usize, wanted: usize, n: usize) -> Vec<f64> {
    let there = (0..k).take_while(|&i| rows[i * n..][..n].iter().any(|&x| x != 0.0)).count();
    if there == wanted {
        return rows;
    }
    let columns = transposed(&rows[..there * n], there, n);
    let others = transposed(&Householder::new(columns, n, there).q(wanted), n, wanted);
    let mut all = rows;
    all.truncate(there * n);
    all.extend(&others[there * n..]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DType, eye, ones, randn, zeros};

    #[test]
    fn the_factors_are_orthonormal_and_multiply_back() {
        let rank_one = ones([4, 3]).to_dtype(DType::F64);
        let tiny = randn([5, 5]).to_dtype(DType::F64) * 1e-200;
        let random = |shape: &[usize]| randn(shape).to_dtype(DType::F64);
        // Rows beside which the square of the last one is 0.
        let graded = random(&[4, 4]) * Tensor::from([[1.0], [1.0], [1.0], [1e-170]]);
        for a in [
            graded,
            random(&[6, 3]),
            random(&[3, 6]),
            random(&[2, 7, 7]),
            rank_one,
            tiny,
            zeros([3, 2]).to_dtype(DType::F64),
        ] {
            for full in [true, false] {
                let Svd { u, s, vh } = svd(&a, full);
                let k = s.size(-1) as isize;
                let unit = |q: &Tensor| {
                    let eye = eye(q.size(-1)).to_dtype(DType::F64);
                    q.transpose(-2, -1).matmul(q).allclose(
                        &eye.expand(q.transpose(-2, -1).matmul(q).shape()),
                        0.0,
                        1e-14,
                    )
                };
                assert!(unit(&u) && unit(&vh.transpose(-2, -1)), "{a} {u} {vh}");
                let back =
                    (u.narrow(-1, 0, k as usize) * s.unsqueeze(-2)).matmul(&vh.narrow(-2, 0, k as usize));
                let within = 1e-14 * a.abs().max().item();
                assert!(back.allclose(&a, 0.0, within), "{a} {back}");
            }
        }
    }

    #[test]
    #[should_panic(
        expected = "linalg.svd: The algorithm failed to converge because the input matrix contained non-finite values."
    )]
    fn what_is_not_finite_is_refused() {
        svdvals(&Tensor::from([[1.0f32, f32::NAN]]));
    }
}
