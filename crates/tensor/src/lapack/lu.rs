use super::batch::{Batch, axpy, floats, identity};
use crate::error::not_broadcastable;
use crate::{DType, Shape, Tensor};

/// What [`slogdet`] gives.
#[derive(Clone, Debug)]
pub struct Slogdet<V> {
    /// 1, −1, or 0 for a singular matrix.
    pub sign: V,
    /// The logarithm of the determinant's magnitude.
    pub logabsdet: V,
}

/// The inverse of each matrix, as `torch.linalg.inv`; as a method it is [`Tensor::inverse`].
///
/// # Panics
/// If a matrix is singular or not square; on all but `F32` and `F64`.
#[track_caller]
pub fn inv(a: &Tensor) -> Tensor {
    let (inverse, info) = inv_ex(a);
    if let Some((i, at)) = info.to_vec::<i32>().into_iter().enumerate().find(|(_, at)| *at != 0) {
        let which = if a.ndim() > 2 { format!("(Batch element {i}): ") } else { String::new() };
        panic!(
            "linalg.inv: {which}The diagonal element {at} is zero, the inversion could not be completed because the \
             input matrix is singular."
        );
    }
    inverse
}

/// The inverses, and for each matrix, `I32`, the number of the first pivot that is 0, or 0 if none is:
/// `torch.linalg.inv_ex`. The inverse of a singular matrix has no meaning.
///
/// # Panics
/// If a matrix is not square; on all but `F32` and `F64`.
#[track_caller]
pub fn inv_ex(a: &Tensor) -> (Tensor, Tensor) {
    let batch = Batch::square("linalg.inv", a);
    let n = batch.rows;
    let (mut all, mut info) = (Vec::new(), Vec::new());
    for a in batch.iter() {
        let lu = Lu::new(a, n);
        let mut inverse = identity(n, n);
        lu.solve(&mut inverse, n);
        all.extend(inverse);
        info.push(lu.zero.map_or(0, |at| at as i32 + 1));
    }
    (batch.result(all, &[n, n]), Tensor::from_vec(info, &*batch.shape))
}

/// `X` with `A·X = B`, as `torch.linalg.solve`: `A: […, n, n]`, `B: […, n, k]`, or vectors `[…, n]` where the
/// axes before are those of `A`, or `B` is one; else what stands before broadcasts.
///
/// # Panics
/// If a matrix is singular, the shapes do not fit, or the dtypes differ or are neither `F32` nor `F64`.
#[track_caller]
pub fn solve(a: &Tensor, b: &Tensor) -> Tensor {
    const OP: &str = "linalg.solve";
    let batch = Batch::square(OP, a);
    let n = batch.rows;
    floats(OP, b);
    assert!(
        a.dtype() == b.dtype(),
        "{OP}: Expected A and B to have the same dtype, but found A of type {} and B of type {} instead",
        a.dtype(),
        b.dtype()
    );
    let vector = b.ndim() == 1 || (b.ndim() + 1 == a.ndim() && b.shape() == &a.shape()[..b.ndim()]);
    assert!(vector || b.ndim() >= 2, "{OP}: The input tensor B must have at least 2 dimensions.");
    let b = if vector { b.unsqueeze(-1) } else { b.clone() };
    let (rows, k) = (b.size(-2), b.size(-1));
    assert!(
        n == rows,
        "{OP}: Incompatible shapes of A and B for the equation AX = B ({n}x{n} and {rows}x{k})"
    );
    let shape = match Shape::broadcast(&batch.shape, &b.shape()[..b.ndim() - 2]) {
        Ok(shape) => shape,
        Err(sizes) => not_broadcastable(OP, sizes, a, &b),
    };
    // Where each matrix of the result has its `A`: every one is factorised once.
    let places: Vec<i64> = (0..batch.len() as i64).collect();
    let places = Tensor::from_vec(places, &*batch.shape).expand(&*shape).to_vec::<i64>();
    let factors: Vec<Lu> = batch.iter().map(|a| Lu::new(a, n)).collect();
    if let Some(i) = factors.iter().position(|lu| lu.zero.is_some()) {
        panic!("torch.{OP}: {}The solver failed because the input matrix is singular.", batch.element(i));
    }
    let sizes: Shape = shape.iter().copied().chain([n, k]).collect();
    let mut x: Vec<f64> = b.to_dtype(DType::F64).expand(&*sizes).to_vec();
    if n * k > 0 {
        for (x, &place) in x.chunks_exact_mut(n * k).zip(&places) {
            factors[place as usize].solve(x, k);
        }
    }
    let x = Tensor::from_vec(x, &*sizes).to_dtype(b.dtype());
    if vector { x.squeeze(-1) } else { x }
}

/// The determinant of each matrix, as `torch.linalg.det`; as a method it is [`Tensor::det`].
///
/// # Panics
/// If a matrix is not square; on all but `F32` and `F64`.
#[track_caller]
pub fn det(a: &Tensor) -> Tensor {
    let batch = Batch::square("linalg.det", a);
    let det = |a: &[f64]| {
        let lu = Lu::new(a, batch.rows);
        lu.diagonal().fold(lu.parity, |product, x| product * x)
    };
    batch.result(batch.iter().map(det).collect(), &[])
}

/// The sign of each determinant and the logarithm of its magnitude, which neither over- nor underflows, as
/// `torch.linalg.slogdet`: −∞ for a singular matrix.
///
/// # Panics
/// If a matrix is not square; on all but `F32` and `F64`.
#[track_caller]
pub fn slogdet(a: &Tensor) -> Slogdet<Tensor> {
    let batch = Batch::square("linalg.slogdet", a);
    let (mut sign, mut logabsdet) = (Vec::new(), Vec::new());
    for a in batch.iter() {
        let lu = Lu::new(a, batch.rows);
        let sgn = |x: f64| if x == 0.0 || x.is_nan() { x } else { x.signum() };
        sign.push(lu.diagonal().fold(lu.parity, |sign, x| sign * sgn(x)));
        logabsdet.push(lu.diagonal().map(|x| x.abs().ln()).sum());
    }
    Slogdet { sign: batch.result(sign, &[]), logabsdet: batch.result(logabsdet, &[]) }
}

/// `P·A = L·U` with partial pivoting, as LAPACK's `getrf`.
struct Lu {
    n: usize,
    /// `U`, and below its diagonal `L`, whose diagonal is 1.
    factors: Vec<f64>,
    /// Row `i` of `P·A` is this row of `A`.
    rows: Vec<usize>,
    /// The determinant of `P`.
    parity: f64,
    /// The first pivot that is 0.
    zero: Option<usize>,
}

impl Lu {
    fn new(a: &[f64], n: usize) -> Lu {
        let mut lu = Lu { n, factors: a.to_vec(), rows: (0..n).collect(), parity: 1.0, zero: None };
        for j in 0..n {
            lu.step(j);
        }
        lu
    }

    /// Eliminates column `j` below its largest element, the first of several.
    fn step(&mut self, j: usize) {
        let n = self.n;
        let mut largest = j;
        for i in j + 1..n {
            if self.factors[i * n + j].abs() > self.factors[largest * n + j].abs() {
                largest = i;
            }
        }
        if largest != j {
            let (above, below) = self.factors.split_at_mut(largest * n);
            above[j * n..][..n].swap_with_slice(&mut below[..n]);
            self.rows.swap(j, largest);
            self.parity = -self.parity;
        }
        let (above, below) = self.factors.split_at_mut((j + 1) * n);
        let pivot_row = &above[j * n..];
        let pivot = pivot_row[j];
        if pivot == 0.0 {
            self.zero.get_or_insert(j);
            return;
        }
        for row in below.chunks_exact_mut(n) {
            row[j] /= pivot;
            axpy(-row[j], &pivot_row[j + 1..], &mut row[j + 1..]);
        }
    }

    fn diagonal(&self) -> impl Iterator<Item = f64> {
        (0..self.n).map(|i| self.factors[i * self.n + i])
    }

    /// `A⁻¹·B` in the place of `B: [n, k]`.
    fn solve(&self, b: &mut [f64], k: usize) {
        let n = self.n;
        let before = b.to_vec();
        for (i, &row) in self.rows.iter().enumerate() {
            b[i * k..][..k].copy_from_slice(&before[row * k..][..k]);
        }
        for i in 1..n {
            let (known, rest) = b.split_at_mut(i * k);
            for j in 0..i {
                axpy(-self.factors[i * n + j], &known[j * k..][..k], &mut rest[..k]);
            }
        }
        for i in (0..n).rev() {
            let (row, known) = b[i * k..].split_at_mut(k);
            for j in i + 1..n {
                axpy(-self.factors[i * n + j], &known[(j - i - 1) * k..][..k], row);
            }
            row.iter_mut().for_each(|x| *x /= self.factors[i * n + i]);
        }
    }
}

impl Tensor {
    /// The inverse of each matrix, as `torch.linalg.inv`.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let a = Tensor::from([[2.0f32, 1.0], [1.0, 1.0]]);
    /// assert_eq!(a.inverse().to_vec::<f32>(), [1.0, -1.0, -1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// As [`inv`].
    #[doc(alias = "inv")]
    #[track_caller]
    pub fn inverse(&self) -> Tensor {
        inv(self)
    }

    /// The determinant of each matrix.
    ///
    /// ```
    /// use tensor::Tensor;
    /// assert_eq!(Tensor::from([[1.0f64, 2.0], [3.0, 4.0]]).det().item(), -2.0);
    /// ```
    ///
    /// # Panics
    /// As [`det`].
    #[track_caller]
    pub fn det(&self) -> Tensor {
        det(self)
    }

    /// The logarithm of the determinant of each matrix: −∞ where it is 0, NaN where it is negative.
    ///
    /// # Panics
    /// As [`slogdet`].
    #[track_caller]
    pub fn logdet(&self) -> Tensor {
        let Slogdet { sign, logabsdet } = slogdet(self);
        logabsdet.masked_fill(&sign.lt(0.0), f64::NAN)
    }

    /// The sign of each determinant, and the logarithm of its magnitude.
    ///
    /// # Panics
    /// As [`slogdet`].
    #[track_caller]
    pub fn slogdet(&self) -> Slogdet<Tensor> {
        slogdet(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{eye, stack};

    fn singular() -> Tensor {
        Tensor::from([[1.0f32, 2.0], [2.0, 4.0]])
    }

    #[test]
    #[should_panic(
        expected = "linalg.inv: The diagonal element 2 is zero, the inversion could not be completed because the input \
                    matrix is singular."
    )]
    fn a_singular_matrix_has_no_inverse() {
        singular().inverse();
    }

    #[test]
    #[should_panic(
        expected = "torch.linalg.solve: (Batch element 1): The solver failed because the input matrix is singular."
    )]
    fn nor_a_solution() {
        solve(&stack(&[eye(2), singular()], 0), &crate::ones([2, 2, 1]));
    }

    #[test]
    fn but_a_determinant() {
        let Slogdet { sign, logabsdet } = singular().slogdet();
        assert_eq!((singular().det().item(), sign.item()), (0.0, 0.0));
        assert_eq!(logabsdet.item(), f64::NEG_INFINITY);
        assert!(Tensor::from([[0.0f64, 1.0], [1.0, 0.0]]).logdet().item().is_nan());
        assert_eq!(crate::zeros([0, 0]).det().item(), 1.0);
        assert_eq!(crate::zeros([2, 0, 0]).inverse().shape(), [2, 0, 0]);
    }
}
