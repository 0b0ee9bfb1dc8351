use super::batch::{Batch, axpy, dot, identity, transposed};
use crate::Tensor;

/// What [`eigh`] gives: `A = Q·diag(L)·Qᵀ`.
#[derive(Clone, Debug)]
pub struct Eigh<V> {
    /// `L`, the smallest first.
    pub eigenvalues: V,
    /// The columns of `Q`, orthonormal.
    pub eigenvectors: V,
}

/// Which triangle of a symmetric matrix is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpLo {
    /// The lower one.
    #[default]
    L,
    /// The upper one.
    U,
}

/// Eigenvalues and eigenvectors of each symmetric matrix, as `torch.linalg.eigh`; one triangle is read.
///
/// ```
/// use tensor::{Tensor, lapack};
/// let a = Tensor::from([[2.0f64, 1.0], [1.0, 2.0]]);
/// let lapack::Eigh { eigenvalues, eigenvectors: q } = lapack::eigh(&a, Default::default());
/// assert!(eigenvalues.allclose(&Tensor::from([1.0f64, 3.0]), 1e-14, 0.0));
/// assert!((&q * &eigenvalues).matmul(&q.t()).allclose(&a, 1e-14, 1e-14));
/// ```
///
/// # Panics
/// If a matrix is not square; on all but `F32` and `F64`.
#[track_caller]
pub fn eigh(a: &Tensor, uplo: UpLo) -> Eigh<Tensor> {
    let batch = Batch::square("linalg.eigh", a);
    let n = batch.rows;
    let (mut eigenvalues, mut eigenvectors) = (Vec::new(), Vec::new());
    for a in batch.iter() {
        let (values, vectors) = symmetric(a, n, uplo);
        eigenvalues.extend(values);
        eigenvectors.extend(vectors);
    }
    Eigh { eigenvalues: batch.result(eigenvalues, &[n]), eigenvectors: batch.result(eigenvectors, &[n, n]) }
}

/// The eigenvalues alone, as `torch.linalg.eigvalsh`.
///
/// # Panics
/// As [`eigh`].
#[track_caller]
pub fn eigvalsh(a: &Tensor, uplo: UpLo) -> Tensor {
    eigh(a, uplo).eigenvalues
}

/// The eigenvalues in order, and the eigenvectors as columns.
fn symmetric(a: &[f64], n: usize, uplo: UpLo) -> (Vec<f64>, Vec<f64>) {
    let at = |i: usize, j: usize| match uplo {
        UpLo::L => a[i.max(j) * n + i.min(j)],
        UpLo::U => a[i.min(j) * n + i.max(j)],
    };
    let mut full: Vec<f64> = (0..n * n).map(|place| at(place / n, place % n)).collect();
    if full.iter().any(|x| !x.is_finite()) {
        return (vec![f64::NAN; n], vec![f64::NAN; n * n]);
    }
    let largest = full.iter().fold(0.0, |y: f64, x| y.max(x.abs()));
    let scale = if largest == 0.0 { 1.0 } else { 2f64.powi(largest.log2().floor() as i32) };
    full.iter_mut().for_each(|x| *x /= scale);
    // Each row is a vector that is turned, so that the loops run along memory.
    let mut vectors = identity(n, n);
    let (mut diagonal, mut beside) = tridiagonal(&mut full, &mut vectors, n);
    implicit_ql(&mut diagonal, &mut beside, &mut vectors, n);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| diagonal[i].total_cmp(&diagonal[j]));
    let rows: Vec<f64> = order.iter().flat_map(|&i| vectors[i * n..][..n].to_vec()).collect();
    (order.iter().map(|&i| diagonal[i] * scale).collect(), transposed(&rows, n, n))
}

/// `A = Q·T·Qᵀ` by Householder's reflections: the diagonal of `T`, what stands beside it, and `Qᵀ` in the
/// place of the identity.
fn tridiagonal(a: &mut [f64], qt: &mut [f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    for j in 0..n.saturating_sub(2) {
        let alpha = a[(j + 1) * n + j];
        let squares: f64 = (j + 2..n).map(|i| a[i * n + j].powi(2)).sum();
        if squares == 0.0 {
            continue;
        }
        let beta = -(alpha * alpha + squares).sqrt().copysign(alpha);
        let tau = (beta - alpha) / beta;
        let mut v = vec![0.0; n];
        v[j + 1] = 1.0;
        (j + 2..n).for_each(|i| v[i] = a[i * n + j] / (alpha - beta));
        // H·A·H with H = 1 − τ·v·vᵀ is A − v·wᵀ − w·vᵀ, w = τ·A·v − ½·τ²·(vᵀ·A·v)·v.
        let mut w: Vec<f64> = (0..n).map(|i| tau * dot(&a[i * n..][..n], &v)).collect();
        let half = 0.5 * tau * dot(&w, &v);
        axpy(-half, &v, &mut w);
        for i in 0..n {
            axpy(-v[i], &w, &mut a[i * n..][..n]);
            axpy(-w[i], &v, &mut a[i * n..][..n]);
        }
        // Qᵀ ← H·Qᵀ
        let mut sums = vec![0.0; n];
        (j + 1..n).for_each(|i| axpy(v[i], &qt[i * n..][..n], &mut sums));
        (j + 1..n).for_each(|i| axpy(-tau * v[i], &sums, &mut qt[i * n..][..n]));
    }
    let diagonal = (0..n).map(|i| a[i * n + i]).collect();
    (diagonal, (1..n).map(|i| a[i * n + i - 1]).chain([0.0]).collect())
}

/// The QL algorithm with implicit shifts (Bowdler, Martin, Reinsch & Wilkinson, *Numer. Math.* 11, 1968),
/// with Wilkinson's shift: `d` becomes the eigenvalues, and the rows of `z` turn along.
fn implicit_ql(d: &mut [f64], e: &mut [f64], z: &mut [f64], n: usize) {
    for l in 0..n {
        loop {
            // The first that is negligible splits the matrix.
            let negligible = |m: usize| {
                e[m].abs() <= (f64::EPSILON * (d[m].abs() + d[m + 1].abs())).max(f64::MIN_POSITIVE)
            };
            let m = (l..n - 1).find(|&m| negligible(m)).unwrap_or(n - 1);
            if m == l {
                break;
            }
            let g = (d[l + 1] - d[l]) / (2.0 * e[l]);
            let mut g = d[m] - d[l] + e[l] / (g + g.hypot(1.0).copysign(g));
            let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
            let mut underflow = false;
            for i in (l..m).rev() {
                let (f, b) = (s * e[i], c * e[i]);
                let r = f.hypot(g);
                e[i + 1] = r;
                if r == 0.0 {
                    d[i + 1] -= p;
                    e[m] = 0.0;
                    underflow = true;
                    break;
                }
                (s, c) = (f / r, g / r);
                g = d[i + 1] - p;
                let r = (d[i] - g) * s + 2.0 * c * b;
                p = s * r;
                d[i + 1] = g + p;
                g = c * r - b;
                let (x, y) = z.split_at_mut((i + 1) * n);
                for (x, y) in x[i * n..].iter_mut().zip(&mut y[..n]) {
                    (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                }
            }
            if !underflow {
                d[l] -= p;
                e[l] = g;
                e[m] = 0.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DType, eye, ones, randn};

    #[test]
    fn eigenvectors_are_orthonormal_and_multiply_back() {
        let random = |n: usize| randn([n, n]).to_dtype(DType::F64);
        let repeated = ones([4, 4]).to_dtype(DType::F64);
        // A block that is nothing beside the rest.
        let scale = Tensor::from([1.0, 1.0, 1e-155, 1e-155]);
        let graded = random(4) * &scale * scale.unsqueeze(-1);
        for a in [random(1), random(2), random(5), random(30), repeated, random(4) * 1e-200, graded] {
            let symmetric = a.tril(0) + a.tril(-1).t();
            let n = a.size(0);
            let Eigh { eigenvalues, eigenvectors: q } = eigh(&a, UpLo::L);
            assert!(q.t().matmul(&q).allclose(&eye(n).to_dtype(DType::F64), 0.0, 1e-14 * n as f64));
            let back = (&q * &eigenvalues).matmul(&q.t());
            let within = 1e-14 * n as f64 * a.abs().max().item();
            assert!(back.allclose(&symmetric, 0.0, within), "{symmetric} {back}");
            let sorted = eigenvalues.to_vec::<f64>();
            assert!(sorted.is_sorted(), "{sorted:?}");
            let upper = eigvalsh(&a.t(), UpLo::U);
            assert_eq!(upper.to_vec::<f64>(), sorted);
        }
        assert!(eigvalsh(&(eye(2) * f64::NAN), UpLo::L).isnan().all().item() == 1.0);
    }
}
