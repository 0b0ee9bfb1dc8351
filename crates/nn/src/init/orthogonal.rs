use autograd::Variable;
use tensor::Generator;

use super::{Draw, Rule, overwrite};

/// Fills `w` with a random orthogonal matrix: its rows (or columns, whichever are fewer) are orthonormal
/// (Saxe et al., *Exact solutions to the nonlinear dynamics of learning in deep linear neural networks*,
/// 2013), as `torch.nn.init.orthogonal_`.
///
/// The matrix is the `Q` of the QR factorisation of a normal one, with the signs that make R's diagonal
/// positive and `Q` uniform over the orthogonal matrices. It is computed in f64 for either dtype.
///
/// # Shapes
/// - `w`: `[rows, …]`, the axes after the first taken together as columns
///
/// ```
/// let w = autograd::Variable::new(tensor::zeros([3, 5]));
/// nn::init::orthogonal(&w);
/// let wwt = w.data().matmul(&w.data().t());
/// assert!((wwt - tensor::eye(3)).abs().max().item() < 1e-6);
/// ```
///
/// # Panics
/// If `w` has fewer than two axes.
#[track_caller]
pub fn orthogonal(w: &Variable) {
    orthogonal_with(w, 1.0);
}

/// As [`orthogonal`], times `gain`.
///
/// # Panics
/// If `w` has fewer than two axes.
#[track_caller]
pub fn orthogonal_with(w: &Variable, gain: f64) {
    let shape = w.shape();
    assert!(
        shape.len() >= 2,
        "orthogonal: only tensors with 2 or more dimensions are supported, got {shape:?}"
    );
    if !shape.contains(&0) {
        overwrite("orthogonal", w, Orthogonal { rows: shape[0], cols: shape[1..].iter().product(), gain });
    }
}

struct Orthogonal {
    rows: usize,
    cols: usize,
    gain: f64,
}

impl Rule for Orthogonal {
    const ANY_PLACE: bool = false;

    fn write<T: Draw>(self, w: &mut [T], _: bool, g: &mut Generator) {
        let Orthogonal { rows, cols, gain } = self;
        T::normal(g, w, true, 0.0, 1.0);
        // The factorisation wants at least as many rows as columns, and works column by column.
        let wide = rows < cols;
        let (m, n) = if wide { (cols, rows) } else { (rows, cols) };
        let at = |i: usize, j: usize| if wide { j * cols + i } else { i * cols + j };
        let mut a: Vec<Vec<f64>> = (0..n).map(|j| (0..m).map(|i| w[at(i, j)].to_f64()).collect()).collect();
        orthonormalize(&mut a);
        for (j, column) in a.iter().enumerate() {
            for (i, &q) in column.iter().enumerate() {
                w[at(i, j)] = T::from_f64(q) * T::from_f64(gain);
            }
        }
    }
}

/// Replaces the `n` columns of `A: [m, n]`, `m ≥ n`, by those of `Q·sign(diag R)`, where `A = Q·R`.
///
/// Householder's reflections `Hⱼ = I − 2·v·vᵀ` (|v| = 1), one per column, turn A into R; then `Q = H₁·…·Hₙ`.
fn orthonormalize(a: &mut [Vec<f64>]) {
    let mut signs = Vec::with_capacity(a.len());
    for j in 0..a.len() {
        let (head, rest) = a.split_at_mut(j + 1);
        let v = &mut head[j][j..];
        let norm = dot(v, v).sqrt();
        // Away from v[0], so that the subtraction never cancels.
        let r = -norm.copysign(v[0]);
        signs.push(if r == 0.0 { 0.0 } else { r.signum() });
        v[0] -= r;
        let length = dot(v, v).sqrt();
        if length > 0.0 {
            v.iter_mut().for_each(|v| *v /= length);
        }
        for column in rest {
            reflect(&head[j][j..], &mut column[j..]);
        }
    }
    // Qⱼ = H₁·…·Hⱼ·eⱼ from the last column to the first, so that each v is read before Q takes its place.
    for j in (0..a.len()).rev() {
        let (head, rest) = a.split_at_mut(j + 1);
        let v = head[j][j..].to_vec();
        for column in rest {
            reflect(&v, &mut column[j..]);
        }
        let q = &mut head[j];
        q.fill(0.0);
        q[j] = 1.0;
        reflect(&v, &mut q[j..]);
    }
    for (q, sign) in a.iter_mut().zip(signs) {
        q.iter_mut().for_each(|q| *q *= sign);
    }
}

/// `x ← x − 2·v·(vᵀx)`
fn reflect(v: &[f64], x: &mut [f64]) {
    let c = 2.0 * dot(v, x);
    x.iter_mut().zip(v).for_each(|(x, v)| *x -= c * v);
}

/// `Σ xᵢ·yᵢ`, in eight sums at a time so that it runs in vector registers.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let (x8, x_rest) = x.as_chunks::<8>();
    let (y8, y_rest) = y.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (x, y) in x8.iter().zip(y8) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    sums.iter().sum::<f64>() + x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum::<f64>()
}
