use super::{inv, size, svdvals};
use crate::Differentiable;

/// The options of [`vector_norm_with`], with torch's names and defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorNormOptions {
    /// Default 2.
    pub ord: f64,
    /// The axes that become one number; all of them if there are none, the default.
    pub dim: Vec<isize>,
    /// Whether those axes stay, of size 1. Default no.
    pub keepdim: bool,
}

impl Default for VectorNormOptions {
    fn default() -> VectorNormOptions {
        VectorNormOptions { ord: 2.0, dim: Vec::new(), keepdim: false }
    }
}

/// Which norm of matrices.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum MatrixNorm {
    /// The root of the sum of all squares (Frobenius).
    #[default]
    Fro,
    /// The sum of the singular values.
    Nuc,
    /// 2 and −2 are the largest and the smallest singular value, 1 and −1 the largest and smallest sum of
    /// magnitudes of a column, ±∞ of a row.
    Ord(f64),
}

impl From<f64> for MatrixNorm {
    fn from(ord: f64) -> MatrixNorm {
        MatrixNorm::Ord(ord)
    }
}

/// The options of [`matrix_norm_with`], with torch's names and defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MatrixNormOptions {
    /// Default [`MatrixNorm::Fro`].
    pub ord: MatrixNorm,
    /// The axes of rows and columns. Default the last two.
    pub dim: [isize; 2],
    /// Whether those axes stay, of size 1. Default no.
    pub keepdim: bool,
}

impl Default for MatrixNormOptions {
    fn default() -> MatrixNormOptions {
        MatrixNormOptions { ord: MatrixNorm::Fro, dim: [-2, -1], keepdim: false }
    }
}

/// The length of all numbers as one vector, `√Σx²`, as `torch.linalg.norm` without options; with them it is
/// [`vector_norm_with`] or [`matrix_norm_with`].
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// assert_eq!(linalg::norm(&Tensor::from([[3.0f32], [4.0]])).item(), 5.0);
/// ```
///
/// # Panics
/// If the dtype is not a float.
#[track_caller]
pub fn norm<V: Differentiable>(x: &V) -> V {
    vector_norm(x)
}

/// The length of all numbers as one vector, as `torch.linalg.vector_norm`.
///
/// # Panics
/// If the dtype is not a float.
#[track_caller]
pub fn vector_norm<V: Differentiable>(x: &V) -> V {
    x.norm_dim(2.0, &[], false)
}

/// [`vector_norm`] with torch's options, as the method `norm_dim`.
///
/// ```
/// use autograd::linalg::{self, VectorNormOptions};
/// use tensor::Tensor;
/// let x = Tensor::from([[3.0f32, -4.0], [1.0, 1.0]]);
/// let rows = VectorNormOptions { ord: 1.0, dim: vec![1], ..Default::default() };
/// assert_eq!(linalg::vector_norm_with(&x, rows).to_vec::<f32>(), [7.0, 2.0]);
/// ```
///
/// # Panics
/// If the dtype is not a float or an axis does not exist.
#[track_caller]
pub fn vector_norm_with<V: Differentiable>(x: &V, options: VectorNormOptions) -> V {
    x.norm_dim(options.ord, &options.dim, options.keepdim)
}

/// Frobenius' norm of each matrix, as `torch.linalg.matrix_norm`.
///
/// # Panics
/// If there are fewer than two axes or the dtype is not a float.
#[track_caller]
pub fn matrix_norm<V: Differentiable>(a: &V) -> V {
    matrix_norm_with(a, MatrixNormOptions::default())
}

/// [`matrix_norm`] with torch's options.
///
/// ```
/// use autograd::linalg::{self, MatrixNorm, MatrixNormOptions};
/// use tensor::Tensor;
/// let a = Tensor::from([[1.0f32, -5.0], [2.0, 3.0]]);
/// let columns = MatrixNormOptions { ord: MatrixNorm::Ord(1.0), ..Default::default() };
/// assert_eq!(linalg::matrix_norm_with(&a, columns).item(), 8.0);
/// ```
///
/// # Panics
/// As [`matrix_norm`], if an axis does not exist, both are the same, or there is no such norm.
#[track_caller]
pub fn matrix_norm_with<V: Differentiable>(a: &V, options: MatrixNormOptions) -> V {
    const OP: &str = "linalg.matrix_norm";
    let MatrixNormOptions { ord, dim, keepdim } = options;
    let axes = a.value().ndim();
    assert!(axes >= 2, "{OP}: The input tensor A must have at least 2 dimensions.");
    let place = |dim: isize| if dim < 0 { dim + axes as isize } else { dim };
    let [rows, columns] = dim.map(place);
    assert!(rows != columns, "{OP}: dims must be different. Got ({}, {})", dim[0], dim[1]);
    // The sum over one axis, then the largest or smallest over the other.
    let sums = |summed: isize, of: isize, largest: bool| {
        let sums = a.norm_dim(1.0, &[summed], true);
        let y = if largest { sums.amax(&[of], true) } else { sums.amin(&[of], true) };
        if keepdim { y } else { without(&y, rows, columns) }
    };
    let kept = |y: V| if keepdim { y.reshape(&kept_shape(a, rows, columns)) } else { y };
    match ord {
        MatrixNorm::Fro => a.norm_dim(2.0, &[rows, columns], keepdim),
        MatrixNorm::Nuc => kept(singular_values(a, rows, columns).sum_dim(&[-1], false)),
        MatrixNorm::Ord(2.0) => kept(singular_values(a, rows, columns).amax(&[-1], false)),
        MatrixNorm::Ord(-2.0) => kept(singular_values(a, rows, columns).amin(&[-1], false)),
        MatrixNorm::Ord(p) if p.abs() == 1.0 => sums(rows, columns, p > 0.0),
        MatrixNorm::Ord(p) if p.is_infinite() => sums(columns, rows, p > 0.0),
        MatrixNorm::Ord(p) => panic!("{OP}: Order {p} not supported."),
    }
}

/// Those of the matrices that two axes are, along a last axis.
#[track_caller]
fn singular_values<V: Differentiable>(a: &V, rows: isize, columns: isize) -> V {
    let axes = a.value().ndim() as isize;
    let others = (0..axes).filter(|&axis| axis != rows && axis != columns);
    svdvals(&a.permute(&others.chain([rows, columns]).collect::<Vec<_>>()))
}

/// The shape with the axes of a matrix reduced to 1.
fn kept_shape<V: Differentiable>(a: &V, rows: isize, columns: isize) -> Vec<usize> {
    let mut kept = super::shape(a);
    kept[rows as usize] = 1;
    kept[columns as usize] = 1;
    kept
}

fn without<V: Differentiable>(y: &V, rows: isize, columns: isize) -> V {
    y.select(rows.max(columns), 0).select(rows.min(columns), 0)
}

/// How much an error in `B` can grow in the solution of `A·X = B`: the largest singular value over the
/// smallest, as `torch.linalg.cond`.
///
/// ```
/// use autograd::linalg;
/// use tensor::Tensor;
/// assert_eq!(linalg::cond(&Tensor::from([[4.0f64, 0.0], [0.0, 0.5]])).item(), 8.0);
/// ```
///
/// # Panics
/// As [`svdvals`].
#[track_caller]
pub fn cond<V: Differentiable>(a: &V) -> V {
    cond_with(a, MatrixNorm::Ord(2.0))
}

/// [`cond`] by another norm: `‖A‖·‖A⁻¹‖`, ∞ if a matrix is singular.
///
/// # Panics
/// As [`svdvals`]; for other norms than 2 and −2, if a matrix is not square.
#[track_caller]
pub fn cond_with<V: Differentiable>(a: &V, ord: impl Into<MatrixNorm>) -> V {
    let ord = ord.into();
    let axes = a.value().ndim();
    assert!(axes >= 2, "linalg.cond: The input tensor must have at least 2 dimensions.");
    if let MatrixNorm::Ord(p @ (2.0 | -2.0)) = ord {
        let (s, k) = (svdvals(a), size(a, -1).min(size(a, -2)) as isize);
        let (large, small) = (s.select(-1, 0), s.select(-1, k - 1));
        return if p > 0.0 { large / &small } else { small / &large };
    }
    let options = MatrixNormOptions { ord, ..Default::default() };
    let (inverse, info) = tensor::lapack::inv_ex(&a.value());
    let singular = info.ne(0);
    if singular.any().item() == 0.0 {
        drop(inverse);
        return matrix_norm_with(a, options) * &matrix_norm_with(&inv(a), options);
    }
    // What is singular is left out of the graph.
    let regular = singular.unsqueeze(-1).unsqueeze(-1);
    let one = super::eye(size(a, -1), a);
    let one = V::constant(one.value().expand(a.value().shape()));
    let whole = one.where_(&regular, a);
    let y = matrix_norm_with(a, options) * &matrix_norm_with(&inv(&whole), options);
    y.masked_fill(&singular, f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    const NORMS: [MatrixNorm; 8] = [
        MatrixNorm::Fro,
        MatrixNorm::Nuc,
        MatrixNorm::Ord(2.0),
        MatrixNorm::Ord(-2.0),
        MatrixNorm::Ord(1.0),
        MatrixNorm::Ord(-1.0),
        MatrixNorm::Ord(f64::INFINITY),
        MatrixNorm::Ord(f64::NEG_INFINITY),
    ];

    #[test]
    fn gradients_match_finite_differences() {
        for ord in NORMS {
            for (shape, dim, keepdim) in [(&[3, 4][..], [-2, -1], false), (&[2, 2, 3], [2, 0], true)] {
                let options = MatrixNormOptions { ord, dim, keepdim };
                gradchecks(|x| matrix_norm_with(&x[0], options), &[numbers(shape) + 0.1]);
            }
            gradchecks(|x| cond_with(&x[0], ord), &[numbers(&[3, 3]) + tensor::eye(3) + 0.1]);
        }
    }

    #[test]
    #[should_panic(expected = "linalg.matrix_norm: Order 3 not supported.")]
    fn other_orders_are_refused() {
        matrix_norm_with(&tensor::ones([2, 2]), MatrixNormOptions { ord: 3.0.into(), ..Default::default() });
    }
}
