use super::batch::{Batch, axpy, identity};
use crate::Tensor;

/// What [`qr`] gives: `A = Q·R`.
#[derive(Clone, Debug)]
pub struct Qr<V> {
    /// Orthonormal columns.
    pub q: V,
    /// An upper triangle.
    pub r: V,
}

/// How many columns [`qr`] gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QrMode {
    /// `Q: [m, k]`, `R: [k, n]`, `k` the smaller of both sizes.
    #[default]
    Reduced,
    /// `Q: [m, m]`, `R: [m, n]`.
    Complete,
}

/// `A = Q·R` for each matrix, as `torch.linalg.qr`, with the signs of LAPACK.
///
/// ```
/// use tensor::{Tensor, lapack};
/// let a = Tensor::from([[3.0f64, 1.0], [4.0, 2.0]]);
/// let lapack::Qr { q, r } = lapack::qr(&a, Default::default());
/// assert!(q.allclose(&Tensor::from([[-0.6f64, -0.8], [-0.8, 0.6]]), 1e-14, 1e-14));
/// assert!(q.matmul(&r).allclose(&a, 1e-14, 1e-14));
/// ```
///
/// # Panics
/// If there are fewer than two axes; on all but `F32` and `F64`.
#[track_caller]
pub fn qr(a: &Tensor, mode: QrMode) -> Qr<Tensor> {
    let batch = Batch::new("linalg.qr", a);
    let (m, n) = (batch.rows, batch.columns);
    let k = if mode == QrMode::Complete { m } else { m.min(n) };
    let (mut q, mut r) = (Vec::new(), Vec::new());
    for a in batch.iter() {
        let reflections = Householder::new(a.to_vec(), m, n);
        r.extend(reflections.r(k));
        q.extend(reflections.q(k));
    }
    Qr { q: batch.result(q, &[m, k]), r: batch.result(r, &[k, n]) }
}

/// `H₀·H₁·…·R = A`, with `H = 1 − τ·v·vᵀ`, as LAPACK's `geqrf`.
pub(super) struct Householder {
    m: usize,
    n: usize,
    /// `R`, and below its diagonal the `v`, which start with 1.
    a: Vec<f64>,
    tau: Vec<f64>,
}

impl Householder {
    pub(super) fn new(mut a: Vec<f64>, m: usize, n: usize) -> Householder {
        let mut tau = Vec::new();
        for j in 0..m.min(n) {
            let alpha = a[j * n + j];
            let largest = (j + 1..m).fold(0.0, |y: f64, i| y.max(a[i * n + j].abs()));
            if largest == 0.0 {
                tau.push(0.0);
                continue;
            }
            let scale = largest.max(alpha.abs());
            let squares: f64 = (j..m).map(|i| (a[i * n + j] / scale).powi(2)).sum();
            let beta = -(scale * squares.sqrt()).copysign(alpha);
            tau.push((beta - alpha) / beta);
            for i in j + 1..m {
                a[i * n + j] /= alpha - beta;
            }
            a[j * n + j] = 1.0;
            reflect(&mut a, n, j..m, j, tau[j], j + 1);
            a[j * n + j] = beta;
        }
        Householder { m, n, a, tau }
    }

    /// The first `k` rows of `R`.
    pub(super) fn r(&self, k: usize) -> Vec<f64> {
        let n = self.n;
        let mut r = vec![0.0; k * n];
        for i in 0..k.min(self.m).min(n) {
            r[i * n + i..(i + 1) * n].copy_from_slice(&self.a[i * n + i..(i + 1) * n]);
        }
        r
    }

    /// The first `k` columns of `H₀·H₁·…`.
    pub(super) fn q(&self, k: usize) -> Vec<f64> {
        let (m, n) = (self.m, self.n);
        let mut q = identity(m, k);
        for j in (0..self.tau.len()).rev() {
            let v = |i: usize| if i == j { 1.0 } else { self.a[i * n + j] };
            let mut sums = vec![0.0; k];
            (j..m).for_each(|i| axpy(v(i), &q[i * k..][..k], &mut sums));
            (j..m).for_each(|i| axpy(-self.tau[j] * v(i), &sums, &mut q[i * k..][..k]));
        }
        q
    }
}

/// `A ← (1 − τ·v·vᵀ)·A` on the columns from `first` on, with `v` in column `j` of `rows`.
fn reflect(a: &mut [f64], n: usize, rows: std::ops::Range<usize>, j: usize, tau: f64, first: usize) {
    let mut sums = vec![0.0; n - first];
    for i in rows.clone() {
        axpy(a[i * n + j], &a[i * n + first..(i + 1) * n], &mut sums);
    }
    for i in rows {
        let c = -tau * a[i * n + j];
        axpy(c, &sums, &mut a[i * n + first..(i + 1) * n]);
    }
}
