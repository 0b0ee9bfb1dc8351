use super::cholesky::square;
use crate::dispatch::by_float;
use crate::error::{dtype_mismatch, not_broadcastable};
use crate::{Float, Shape, Tensor};

/// The options of [`Tensor::solve_triangular`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SolveTriangularOptions {
    /// Whether the upper triangle of `A` is read; else the lower one. torch has no default; here it is no.
    pub upper: bool,
    /// Whether `A` stands left of `X`. Default yes.
    pub left: bool,
    /// Whether the diagonal of `A` is taken for ones, whatever stands there. Default no.
    pub unitriangular: bool,
}

impl Default for SolveTriangularOptions {
    fn default() -> SolveTriangularOptions {
        SolveTriangularOptions { upper: false, left: true, unitriangular: false }
    }
}

impl Tensor {
    /// `X` with `A·X = B`, or `X·A = B`, for a triangle `A`, which is this tensor, as
    /// `torch.linalg.solve_triangular`: `A: […, n, n]`, `B: […, n, k]` or `[…, k, n]`, and what stands before
    /// broadcasts.
    ///
    /// ```
    /// use tensor::{SolveTriangularOptions, Tensor};
    /// let a = Tensor::from([[2.0f32, 0.0], [1.0, 4.0]]);
    /// let b = Tensor::from([[2.0f32], [9.0]]);
    /// assert_eq!(a.solve_triangular(&b, Default::default()).to_vec::<f32>(), [1.0, 2.0]);
    /// let upper = SolveTriangularOptions { upper: true, ..Default::default() };
    /// assert_eq!(a.t().solve_triangular(&b, upper).to_vec::<f32>(), [-0.125, 2.25]);
    /// ```
    ///
    /// # Panics
    /// If `A` is not square, the shapes do not fit, or the dtypes differ or are neither `F32` nor `F64`.
    #[track_caller]
    pub fn solve_triangular(&self, b: &Tensor, options: SolveTriangularOptions) -> Tensor {
        const OP: &str = "linalg.solve_triangular";
        let SolveTriangularOptions { upper, left, unitriangular } = options;
        square(OP, self);
        assert!(b.ndim() >= 2, "{OP}: The input tensor B must have at least 2 dimensions.");
        let (n, [rows, columns]) = (self.size(-1), [b.size(-2), b.size(-1)]);
        assert!(
            n == if left { rows } else { columns },
            "{OP}: Incompatible shapes of A and B for the equation {} = B ({n}x{n} and {rows}x{columns})",
            if left { "AX" } else { "XA" }
        );
        if self.dtype != b.dtype {
            dtype_mismatch(OP, self, b);
        }
        let batch = match Shape::broadcast(&self.shape()[..self.ndim() - 2], &b.shape()[..b.ndim() - 2]) {
            Ok(batch) => batch,
            Err(sizes) => not_broadcastable(OP, sizes, self, b),
        };
        let with = |x: &Tensor| {
            let sizes = batch.iter().chain(&x.shape()[x.ndim() - 2..]).copied();
            x.expand(&*sizes.collect::<Shape>())
        };
        let (a, b) = (with(self), with(b));
        // X·A = B is Aᵀ·Xᵀ = Bᵀ.
        let a = if left { a } else { a.transpose(-2, -1) };
        let mut x = if left { b.contiguous() } else { b.transpose(-2, -1).contiguous() };
        let k = x.size(-1);
        if x.numel() > 0 {
            by_float!(OP, &x.clone(), T => {
                let a = a.dense::<T>();
                for (a, x) in a.chunks_exact(n * n).zip(x.slice_mut::<T>().chunks_exact_mut(n * k)) {
                    substitute(a, x, n, upper == left, unitriangular);
                }
            });
        }
        if left { x } else { x.transpose(-2, -1) }
    }
}

/// Row by row from the one that is known, in the place of the right side.
fn substitute<T: Float>(a: &[T], x: &mut [T], n: usize, upper: bool, unitriangular: bool) {
    let k = x.len() / n;
    for step in 0..n {
        let i = if upper { n - 1 - step } else { step };
        let known = if upper { i + 1..n } else { 0..i };
        for j in 0..k {
            let sum = known.clone().fold(x[i * k + j], |sum, l| sum - a[i * n + l] * x[l * k + j]);
            x[i * k + j] = if unitriangular { sum } else { sum / a[i * n + i] };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SolveTriangularOptions;
    use crate::{DType, eye, randn, zeros};

    #[test]
    fn what_is_solved_multiplies_back() {
        for (upper, left, unitriangular) in (0..8).map(|bits| (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0)) {
            let a = randn([2, 1, 3, 3]).to_dtype(DType::F64) + eye(3) * 3.0;
            let b = randn(if left { [4, 3, 2] } else { [4, 2, 3] }).to_dtype(DType::F64);
            let options = SolveTriangularOptions { upper, left, unitriangular };
            let x = a.solve_triangular(&b, options);
            let mut triangle = if upper { a.triu(0) } else { a.tril(0) };
            if unitriangular {
                triangle = triangle * (eye(3) * -1.0 + 1.0) + eye(3);
            }
            let back = if left { triangle.matmul(&x) } else { x.matmul(&triangle) };
            assert!(back.allclose(&b.expand(back.shape()), 1e-12, 1e-12), "{options:?}");
        }
    }

    #[test]
    #[should_panic(expected = "Incompatible shapes of A and B for the equation XA = B (3x3 and 3x2)")]
    fn sizes_fit() {
        eye(3).solve_triangular(&zeros([3, 2]), SolveTriangularOptions { left: false, ..Default::default() });
    }

    #[test]
    #[should_panic(expected = "linalg.solve_triangular: expected both of the same dtype")]
    fn dtypes_agree() {
        eye(3).solve_triangular(&zeros([3, 2]).to_dtype(DType::F64), Default::default());
    }
}
