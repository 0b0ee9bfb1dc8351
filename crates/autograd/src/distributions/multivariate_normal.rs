use std::f64::consts::PI;

use tensor::{SolveTriangularOptions, Tensor};

use super::argument::expanded;
use super::shared::{Base, shapes, shown};
use super::{Constraint, Distribution};
use crate::Variable;

/// The normal distribution of a vector: `torch.distributions.MultivariateNormal(loc, covariance_matrix)`.
///
/// Everything is computed with the lower triangle `L` of `L·Lᵀ = Σ`: who has it, gives it.
///
/// ```
/// use autograd::distributions::{Distribution, MultivariateNormal};
/// use tensor::{Tensor, zeros};
/// tensor::manual_seed(0);
/// let covariance = Tensor::from([[4.0f32, 2.0], [2.0, 5.0]]);
/// let normal = MultivariateNormal::new(zeros(2), covariance);
/// assert_eq!(normal.scale_tril().data().to_vec::<f32>(), [2.0, 0.0, 1.0, 2.0]);
/// assert_eq!(normal.sample().to_string(), "tensor([3.0820, 0.9541])");
/// ```
#[derive(Clone)]
pub struct MultivariateNormal {
    loc: Variable,
    given: Given,
    matrix: Variable,
    /// The lower triangle, not repeated to the batch.
    tril: Variable,
    base: Base,
}

/// Which matrix a distribution was made from.
#[derive(Clone, Copy, PartialEq)]
enum Given {
    Covariance,
    Precision,
    ScaleTril,
}

impl Given {
    fn name(self) -> &'static str {
        match self {
            Given::Covariance => "covariance_matrix",
            Given::Precision => "precision_matrix",
            Given::ScaleTril => "scale_tril",
        }
    }
}

impl MultivariateNormal {
    /// The distribution of mean `loc: […, n]` and a covariance `Σ: […, n, n]`; what stands before broadcasts.
    ///
    /// # Panics
    /// If `loc` holds a NaN, the matrix is not positive definite, or the shapes do not fit.
    #[track_caller]
    pub fn new(loc: impl Into<Variable>, covariance_matrix: impl Into<Variable>) -> MultivariateNormal {
        let of = |covariance: &Variable| covariance.cholesky();
        MultivariateNormal::of(loc.into(), Given::Covariance, covariance_matrix.into(), of)
    }

    /// The distribution by the inverse of the covariance: `MultivariateNormal(loc, precision_matrix=…)`.
    ///
    /// # Panics
    /// As [`MultivariateNormal::new`].
    #[track_caller]
    pub fn from_precision_matrix(
        loc: impl Into<Variable>,
        precision_matrix: impl Into<Variable>,
    ) -> MultivariateNormal {
        let of = |precision: &Variable| {
            let flipped = precision.flip([-2, -1]).cholesky();
            let inverse = flipped.flip([-2, -1]).transpose(-2, -1);
            let eye = tensor::eye(precision.size(-1)).to_dtype(precision.dtype());
            inverse.solve_triangular(&eye.into(), SolveTriangularOptions::default())
        };
        MultivariateNormal::of(loc.into(), Given::Precision, precision_matrix.into(), of)
    }

    /// The distribution by the lower triangle `L` of `L·Lᵀ = Σ`: `MultivariateNormal(loc, scale_tril=…)`.
    ///
    /// # Panics
    /// If `loc` holds a NaN, the matrix is no lower triangle with a positive diagonal, or the shapes do not
    /// fit.
    #[track_caller]
    pub fn from_scale_tril(loc: impl Into<Variable>, scale_tril: impl Into<Variable>) -> MultivariateNormal {
        MultivariateNormal::of(loc.into(), Given::ScaleTril, scale_tril.into(), Variable::clone)
    }

    #[track_caller]
    fn of(
        loc: Variable,
        given: Given,
        matrix: Variable,
        tril: impl FnOnce(&Variable) -> Variable,
    ) -> MultivariateNormal {
        assert!(loc.ndim() > 0, "loc must be at least one-dimensional.");
        let name = given.name();
        assert!(
            matrix.ndim() > 1,
            "{name} must be at least two-dimensional, with optional leading batch dimensions"
        );
        let (l, m, n) = (loc.shape(), matrix.shape(), loc.size(-1));
        assert!(
            m.ends_with(&[n, n]),
            "MultivariateNormal: loc of shape {l:?} and {name} of shape {m:?} do not fit"
        );
        let sizes = |shape: &[usize]| tensor::zeros(shape);
        let common =
            tensor::broadcast_tensors(&[sizes(&l[..l.len() - 1]), sizes(&m[..m.len() - 2])]).remove(0);
        let base = Base::new(common.shape(), &[n]);
        let given_matrix = matrix.clone();
        let loc = expanded(&loc, &base.extended(&[]));
        let matrix = expanded(&matrix, &[&base.batch[..], &[n, n]].concat());
        // The checks come before the triangle is computed, which they may say does not exist.
        let mut normal = MultivariateNormal { loc, given, matrix, tril: given_matrix, base };
        let constraint = match given {
            Given::ScaleTril => Constraint::LowerCholesky,
            _ => Constraint::PositiveDefinite,
        };
        let parameters =
            [("loc", &normal.loc, Constraint::real_vector()), (name, &normal.matrix, constraint)];
        normal.base.check(&normal, &parameters);
        normal.tril = tril(&normal.tril);
        normal
    }

    /// The mean.
    pub fn loc(&self) -> &Variable {
        &self.loc
    }

    /// The covariance `Σ`.
    pub fn covariance_matrix(&self) -> Variable {
        match self.given {
            Given::Covariance => self.matrix.clone(),
            _ => self.repeated(&self.tril.matmul(&self.tril.transpose(-2, -1))),
        }
    }

    /// The inverse of the covariance.
    pub fn precision_matrix(&self) -> Variable {
        if self.given == Given::Precision {
            return self.matrix.clone();
        }
        let eye = Variable::new(tensor::eye(self.base.event[0]).to_dtype(self.tril.dtype()));
        let inverse = self.tril.solve_triangular(&eye, SolveTriangularOptions::default());
        self.repeated(&inverse.transpose(-2, -1).matmul(&inverse))
    }

    /// The lower triangle `L` of `L·Lᵀ = Σ`.
    pub fn scale_tril(&self) -> Variable {
        self.repeated(&self.tril)
    }

    /// The lower triangle, without the repetitions of the batch.
    pub(super) fn tril(&self) -> &Variable {
        &self.tril
    }

    /// Matrices repeated to the batch.
    fn repeated(&self, matrices: &Variable) -> Variable {
        let n = self.base.event[0];
        expanded(matrices, &[&self.base.batch[..], &[n, n]].concat())
    }
}

/// `½·ln det Σ`
pub(super) fn half_log_det(tril: &Variable) -> Variable {
    tril.diagonal(0, -2, -1).log().sum_dim(-1, false)
}

/// `xᵀ·Σ⁻¹·x`
#[track_caller]
pub(super) fn mahalanobis(tril: &Variable, x: &Variable) -> Variable {
    let whitened = tril.solve_triangular(&x.unsqueeze(-1), SolveTriangularOptions::default());
    whitened.squeeze(-1).powf(2.0).sum_dim(-1, false)
}

impl Distribution for MultivariateNormal {
    shapes!();

    fn support(&self) -> Constraint {
        Constraint::real_vector()
    }

    #[track_caller]
    fn expand(&self, batch_shape: &[usize]) -> MultivariateNormal {
        let base = self.base.expanded(batch_shape);
        let n = base.event[0];
        MultivariateNormal {
            loc: expanded(&self.loc, &base.extended(&[])),
            matrix: expanded(&self.matrix, &[batch_shape, &[n, n]].concat()),
            tril: self.tril.clone(),
            given: self.given,
            base,
        }
    }

    fn mean(&self) -> Variable {
        self.loc.clone()
    }

    fn mode(&self) -> Variable {
        self.loc.clone()
    }

    fn variance(&self) -> Variable {
        expanded(&self.tril.powf(2.0).sum_dim(-1, false), &self.base.extended(&[]))
    }

    fn has_rsample(&self) -> bool {
        true
    }

    fn rsample_shape(&self, sample_shape: &[usize]) -> Variable {
        let noise: Tensor = tensor::randn_dtype(self.base.extended(sample_shape), self.loc.dtype());
        &self.loc + self.tril.matmul(&Variable::new(noise.unsqueeze(-1))).squeeze(-1)
    }

    #[track_caller]
    fn log_prob(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        let distance = mahalanobis(&self.tril, &(value - &self.loc));
        let n = self.base.event[0] as f64;
        (distance + n * (2.0 * PI).ln()) * -0.5 - half_log_det(&self.tril)
    }

    fn entropy(&self) -> Variable {
        let n = self.base.event[0] as f64;
        let entropy = half_log_det(&self.tril) + 0.5 * n * (1.0 + (2.0 * PI).ln());
        expanded(&entropy, &self.base.batch)
    }
}

shown!(MultivariateNormal: |this| [("loc", &this.loc), (this.given.name(), &this.matrix)]);
