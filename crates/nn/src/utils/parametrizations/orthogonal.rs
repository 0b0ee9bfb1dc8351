use autograd::{Variable, linalg};
use tensor::{DType, Tensor};

use super::{Parametrization, Parametrized, Weighted, training_of};
use crate::{Buffer, Module, Parameter, Training};

/// How any numbers become an orthogonal matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrthogonalMap {
    /// `exp(A − Aᵀ)` of the lower triangle `A`.
    #[default]
    MatrixExp,
    /// `(I + S/2)·(I − S/2)⁻¹` of `S = A − Aᵀ`.
    Cayley,
    /// The product of the reflections by the columns below the diagonal. The fastest for a weight of few
    /// columns, or few rows.
    Householder,
}

/// A weight of orthogonal columns, or rows if there are fewer of these: `base·Q`, where `Q` is an
/// [`OrthogonalMap`] of the parameter (Lezcano Casado, *Trivializations for gradient-based optimization on
/// manifolds*, 2019).
#[derive(Module)]
#[module(name = "_Orthogonal")]
pub struct Orthogonal {
    base: Buffer,
    #[module(skip)]
    map: OrthogonalMap,
    training: Training,
}

/// [`Orthogonal`] columns, or rows, of a layer's weight; of a convolution's, of each kernel:
/// `torch.nn.utils.parametrizations.orthogonal`. The parameter `original` has what the map takes, minus the
/// identity at first, and `base` the orthogonal factor of the weight's QR decomposition, completed by draws
/// if it is not square.
///
/// The map is [`MatrixExp`](OrthogonalMap::MatrixExp) for a square weight and
/// [`Householder`](OrthogonalMap::Householder) for another. Torch's `use_trivialization=False` is not here.
///
/// ```
/// use nn::{Linear, utils::parametrizations::orthogonal};
///
/// let layer = orthogonal(Linear::new(3, 5));
/// let q = layer.weight().data();
/// assert!(q.t().matmul(&q).allclose(&tensor::eye(3), 0.0, 1e-6));
/// ```
///
/// # Panics
/// If the weight is neither `F32` nor `F64`.
#[track_caller]
pub fn orthogonal<L: Weighted>(layer: L) -> Parametrized<L, Orthogonal> {
    let square = layer.weight().size(-1) == layer.weight().size(-2);
    orthogonal_with(layer, if square { OrthogonalMap::MatrixExp } else { OrthogonalMap::Householder })
}

/// [`orthogonal`] by the map given.
///
/// # Panics
/// As [`orthogonal`].
#[track_caller]
pub fn orthogonal_with<L: Weighted>(layer: L, map: OrthogonalMap) -> Parametrized<L, Orthogonal> {
    let weight = layer.weight().data();
    let base = completed(&tall(&weight));
    let (n, k) = (weight.size(-2), weight.size(-1));
    let eye = tensor::eye_dtype([n, k], weight.dtype());
    layer.weight().set_data(-eye.broadcast_to(weight.shape()).contiguous());
    let rule = Orthogonal { base: Buffer::new(base), map, training: training_of(&layer) };
    Parametrized::of_one(layer, rule)
}

/// The matrices with at least as many rows as columns, turned round if they have fewer.
fn tall(x: &Tensor) -> Tensor {
    if x.size(-2) < x.size(-1) { x.transpose(-2, -1) } else { x.clone() }
}

/// Square matrices of orthogonal columns: `x` itself if it is one, else the factor of its QR decomposition,
/// where draws stand for the columns that it has not.
fn completed(x: &Tensor) -> Tensor {
    let (n, k) = (x.size(-2), x.size(-1));
    if n == k {
        let eps = if x.dtype() == DType::F64 { f64::EPSILON } else { f32::EPSILON.into() };
        let eye = tensor::eye_dtype(k, x.dtype());
        if x.transpose(-2, -1).matmul(x).allclose(&eye, 1e-5, 10.0 * n as f64 * eps) {
            return x.clone();
        }
        return positive_qr(x);
    }
    let mut shape = x.shape().to_vec();
    *shape.last_mut().expect("a matrix has axes") = n - k;
    positive_qr(&tensor::cat(&[x, &tensor::randn_dtype(shape, x.dtype())], -1))
}

/// The orthogonal factor whose triangle has a positive diagonal.
fn positive_qr(x: &Tensor) -> Tensor {
    let linalg::Qr { q, r } = linalg::qr(x);
    q * r.diagonal(0, -2, -1).sign().unsqueeze(-2)
}

impl Orthogonal {
    /// The map's square or tall matrices of tall ones.
    fn mapped(&self, x: &Variable) -> Variable {
        let (n, k) = (x.size(-2), x.size(-1));
        let constant = |t: Tensor| Variable::new(t.to_dtype(x.dtype()));
        if self.map == OrthogonalMap::Householder {
            let below = x.tril(-1);
            let tau = (below.square().sum_dim(-2, true) + 1.0).reciprocal() * 2.0;
            let columns = &below + &constant(tensor::eye([n, k]));
            // The reflections of the identity's first columns, the last first.
            let mut q = constant(tensor::eye([n, k]));
            for i in (0..k as isize).rev() {
                let v = columns.narrow(-1, i, 1);
                let share = v.transpose(-2, -1).matmul(&q) * tau.narrow(-1, i, 1);
                q = &q - &v.matmul(&share);
            }
            // The diagonal is of signs, and learns nothing.
            let signs = x.data().diagonal(0, -2, -1).to_dtype(DType::I32);
            return q * constant(signs.unsqueeze(-2));
        }
        let mut lower = x.tril(0);
        if n != k {
            let mut shape = x.shape().to_vec();
            *shape.last_mut().expect("a matrix has axes") = n - k;
            lower = autograd::cat(&[&lower, &constant(tensor::zeros(shape))], -1);
        }
        let skew = &lower - &lower.transpose(-2, -1);
        let q = if self.map == OrthogonalMap::MatrixExp {
            linalg::matrix_exp(&skew)
        } else {
            let (eye, half) = (constant(tensor::eye(n)), skew * 0.5);
            linalg::solve(&(&eye - &half), &(&eye + &half))
        };
        q.narrow(-1, 0, k)
    }
}

impl Parametrization for Orthogonal {
    fn weight(&self, original: &Parameter, _: Option<&Parameter>) -> Variable {
        let wide = original.size(-2) < original.size(-1);
        let turned = |x: Variable| if wide { x.transpose(-2, -1) } else { x };
        let q = self.mapped(&turned((**original).clone()));
        turned(Variable::new(self.base.data()).matmul(&q))
    }
}
