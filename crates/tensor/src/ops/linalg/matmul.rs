use crate::dispatch::{by_float, by_integer};
use crate::error::{not_broadcastable, shape_mismatch};
use crate::kernels::gemm::{Multiply, Operands, exact, gemm_on};
use crate::kernels::mat::{Mat, MatMut};
use crate::kernels::parallel::for_each_chunk_mut;
use crate::kernels::simd::Isa;
use crate::layout::Layout;
use crate::{Num, Shape, Tensor};

impl Tensor {
    /// The matrix product, as `torch.matmul`: `Y = A·B` with `A: [m, k]`, `B: [k, n]`, `Y: [m, n]`.
    ///
    /// A vector on the left counts as a row and one on the right as a column, and that axis is dropped again;
    /// axes in front of the last two are batches and broadcast. Transposed operands cost nothing.
    ///
    /// ```
    /// use tensor::{Tensor, zeros};
    /// let a = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
    /// assert_eq!(a.matmul(&a.t()).to_vec::<f32>(), [5.0, 11.0, 11.0, 25.0]);
    /// assert_eq!(a.matmul(&Tensor::from([1.0f32, 1.0])).to_vec::<f32>(), [3.0, 7.0]);
    /// assert_eq!(zeros([8, 1, 3, 4]).matmul(&zeros([5, 4, 2])).shape(), [8, 5, 3, 2]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not fit, the dtypes differ, or it is `Bool`.
    #[track_caller]
    pub fn matmul(&self, other: &Tensor) -> Tensor {
        let (a, b) = (self, other);
        assert!(
            a.ndim() > 0 && b.ndim() > 0,
            "matmul: both arguments need to be at least 1D, but they are {}D and {}D",
            a.ndim(),
            b.ndim()
        );
        assert!(
            a.dtype() == b.dtype(),
            "matmul: expected m1 and m2 to have the same dtype, but got: {} {:?} and {} {:?}",
            a.dtype(),
            a.shape(),
            b.dtype(),
            b.shape()
        );
        if a.size(-1) != b.size(if b.ndim() == 1 { 0 } else { -2 }) {
            match (a.shape(), b.shape()) {
                (&[m, k], &[l, n]) => {
                    panic!("matmul: mat1 and mat2 shapes cannot be multiplied ({m}x{k} and {l}x{n})")
                }
                _ => shape_mismatch("matmul", "shapes cannot be multiplied", a, b),
            }
        }
        // A matrix times a vector is the vector times its transpose, and adds up as that.
        let [rows, columns] = match (a.ndim(), b.ndim()) {
            (1, 1) => [a.unsqueeze(0), b.unsqueeze(0).t()],
            (1, _) => [a.unsqueeze(0), b.clone()],
            (2, 1) => [b.unsqueeze(0), a.t()],
            (_, 1) => [b.unsqueeze(0), a.flatten(0, -2).t()],
            _ => [a.clone(), b.clone()],
        };
        let y = by_float!(
            a.dtype(),
            T => product(&rows, &columns, [a, b], None, of_floats::<T>),
            else by_integer!("matmul", a, T => product(&rows, &columns, [a, b], None, of_integers::<T>))
        );
        match (a.ndim(), b.ndim()) {
            (_, 1) => y.reshape(&a.shape()[..a.ndim() - 1]),
            (1, _) => y.squeeze(-2),
            _ => y,
        }
    }
}

/// `start + A·B` for float matrices, or batches of them, of fitting shapes and one dtype.
#[track_caller]
pub(super) fn product_from(start: &Tensor, a: &Tensor, b: &Tensor) -> Tensor {
    by_float!("matmul", a, T => product(a, b, [a, b], Some(start), of_floats::<T>))
}

/// The product of one matrix, added to what is there.
struct One<'a, T> {
    a: Mat<'a, T>,
    b: Mat<'a, T>,
    c: MatMut<'a, T>,
    adds: bool,
    batched: bool,
}

fn of_floats<T: Multiply>(One { a, b, c, adds, batched }: One<T>) {
    let beta = if adds { T::ONE } else { T::ZERO };
    gemm_on(Isa::current(), Operands { alpha: T::ONE, a, b, beta, bias: None, c, batched });
}

fn of_integers<T: Num>(One { a, b, c, .. }: One<T>) {
    exact(a, b, c);
}

/// `rows · columns`, both of at least two axes, by `multiply`, which gives one matrix, and begins with
/// `start` if there is one; `sides` are what they came from.
#[track_caller]
fn product<T: Num>(
    rows: &Tensor,
    columns: &Tensor,
    sides: [&Tensor; 2],
    start: Option<&Tensor>,
    multiply: impl Fn(One<T>) + Sync,
) -> Tensor {
    let (m, k, n) = (rows.size(-2), rows.size(-1), columns.size(-1));
    if columns.ndim() == 2 && rows.ndim() > 2 && start.is_none() {
        // All batches of rows meet the same columns: one tall matrix, where the strides allow it.
        let tall = Shape::from([rows.numel() / k.max(1), k]);
        if let Some(layout) = (k > 0).then(|| rows.layout.reshape(&tall)).flatten() {
            let mut y = product(&rows.with_layout(layout), columns, sides, None, multiply);
            let mut shape: Shape = rows.shape().into();
            shape[rows.ndim() - 1] = n;
            y.layout = Layout::row_major(shape);
            return y;
        }
    }
    let batch = &rows.shape()[..rows.ndim() - 2];
    let batch = match Shape::broadcast(batch, &columns.shape()[..columns.ndim() - 2]) {
        Ok(batch) => batch,
        // Not in a closure, which would hide the caller.
        Err(sizes) => not_broadcastable("matmul", sizes, sides[0], sides[1]),
    };
    let mut shape = batch.clone();
    shape.push(m);
    shape.push(n);
    let spread = |x: &Tensor| {
        let mut full = batch.clone();
        full.push(x.size(-2));
        full.push(x.size(-1));
        x.layout.broadcast_to(&full).expect("the batch axes broadcast")
    };
    let (la, lb) = (spread(rows), spread(columns));
    let strides = |layout: &Layout| {
        let at = batch.len();
        [layout.strides[at], layout.strides[at + 1]]
    };
    let (sa, sb) = (strides(&la), strides(&lb));
    let (xa, xb) = (rows.storage.slice::<T>(), columns.storage.slice::<T>());
    let (dtype, batched) = (rows.dtype(), !batch.is_empty());
    #[allow(clippy::manual_map)] // not in a closure either
    let start = match start {
        Some(start) => Some(start.expand(&shape[..])),
        None => None,
    };
    let start = start.as_ref().map(|start| start.dense::<T>());
    Tensor::build(shape, dtype, |out: &mut [T]| {
        if out.is_empty() {
            return;
        }
        match &start {
            Some(start) => out.copy_from_slice(start),
            None if k == 0 => out.fill(T::ZERO),
            None => {}
        }
        if k == 0 {
            return;
        }
        let one = |i: usize, c: &mut [T]| {
            let a = Mat::strided(&xa[place(&la, i, batch.len())..], [m, k], sa);
            let b = Mat::strided(&xb[place(&lb, i, batch.len())..], [k, n], sb);
            multiply(One { a, b, c: MatMut::rows(c, [m, n]), adds: start.is_some(), batched });
        };
        // Small products go to the threads whole; a large one is split inside.
        const SMALL: usize = 64 * 64 * 64;
        let products = (m * n).saturating_mul(k);
        if products < SMALL {
            let group = SMALL / products;
            for_each_chunk_mut(out, group * m * n, |start, out| {
                out.chunks_exact_mut(m * n).enumerate().for_each(|(i, c)| one(start / (m * n) + i, c));
            });
        } else {
            out.chunks_exact_mut(m * n).enumerate().for_each(|(i, c)| one(i, c));
        }
    })
}

/// Where matrix `i` of a batch starts, counted row by row over the first `axes` axes.
fn place(layout: &Layout, mut i: usize, axes: usize) -> usize {
    let mut at = layout.offset;
    for axis in (0..axes).rev() {
        at += i % layout.shape[axis] * layout.strides[axis];
        i /= layout.shape[axis];
    }
    at
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, arange, ones, zeros};

    /// The product of matrices by its definition.
    fn plain(a: &Tensor, b: &Tensor) -> Vec<i64> {
        let (m, k, n) = (a.size(0), a.size(1), b.size(1));
        let (x, y) = (a.to_vec::<i64>(), b.to_vec::<i64>());
        (0..m * n).map(|at| (0..k).map(|l| x[at / n * k + l] * y[l * n + at % n]).sum()).collect()
    }

    #[test]
    fn every_layout_and_dtype_agrees_with_the_definition() {
        let a = arange(0, 60, 1).reshape([6, 10]).narrow(1, 2, 4);
        let b = arange(0, 70, 1).reshape([7, 10]).slice(1, 1, 9, 2).t();
        let expected = plain(&a, &b);
        for dtype in [DType::I64, DType::F32, DType::F64] {
            let (a, b) = (a.to_dtype(dtype), b.to_dtype(dtype));
            assert_eq!(a.matmul(&b).to_dtype(DType::I64).to_vec::<i64>(), expected);
            let (rows, columns) = (a.t().contiguous().t(), b.t().contiguous().t());
            assert_eq!(rows.matmul(&columns).to_dtype(DType::I64).to_vec::<i64>(), expected);
        }
        assert_eq!(a.expand([2, 6, 4]).matmul(&b).select(0, 1).to_vec::<i64>(), expected);
        let row = Tensor::from([[1i64, 2, 3, 4]]).expand([6, 4]);
        assert_eq!(row.matmul(&b).to_vec::<i64>(), plain(&row, &b));
    }

    #[test]
    fn batches_broadcast_both_ways() {
        let a = arange(0, 24, 1).reshape([2, 1, 3, 4]);
        let b = arange(0, 40, 1).reshape([5, 4, 2]);
        let y = a.matmul(&b);
        assert_eq!(y.shape(), [2, 5, 3, 2]);
        for i in 0..2 {
            for j in 0..5 {
                let one = plain(&a.select(0, i).select(0, 0), &b.select(0, j));
                assert_eq!(y.select(0, i).select(0, j).to_vec::<i64>(), one);
            }
        }
        assert_eq!(ones([4]).matmul(&b.to_dtype(DType::F32)).shape(), [5, 2]);
        assert_eq!(b.to_dtype(DType::F32).matmul(&ones([2])).shape(), [5, 4]);
    }

    #[test]
    fn empty_products() {
        for dtype in [DType::F32, DType::F64, DType::I64, DType::U8] {
            for m in [0, 2] {
                for k in [0, 3] {
                    for n in [0, 4] {
                        let (a, b) = (zeros([m, k]).to_dtype(dtype), zeros([k, n]).to_dtype(dtype));
                        let zero = |y: Tensor| y.to_dtype(DType::F32).to_vec::<f32>() == vec![0.0; m * n];
                        assert!(zero(a.matmul(&b)) && zero(b.t().matmul(&a.t())), "{dtype} {m} {k} {n}");
                        assert!(zero(a.t().contiguous().t().matmul(&b)) && zero(a.linear(&b.t(), None)));
                        assert_eq!(a.unsqueeze(0).matmul(&b.expand([5, k, n])).shape(), [5, m, n]);
                        assert_eq!(a.expand([0, m, k]).matmul(&b).shape(), [0, m, n]);
                        assert_eq!(a.matmul(&b.expand([2, 0, k, n])).shape(), [2, 0, m, n]);
                        if a.dtype().is_float() {
                            let full = zeros([n]).to_dtype(dtype).addmm(&a, &b);
                            assert_eq!(full.shape(), [m, n]);
                        }
                    }
                }
            }
        }
        assert_eq!(zeros([2, 0]).matmul(&zeros([0, 3])).to_vec::<f32>(), [0.0; 6]);
        assert_eq!(zeros([0, 4]).matmul(&zeros([4, 3])).shape(), [0, 3]);
        assert_eq!(zeros([2, 3, 0]).matmul(&zeros([0, 4])).to_vec::<f32>(), [0.0; 24]);
        assert_eq!(zeros([0]).matmul(&zeros([0])).item(), 0.0);
        assert_eq!(zeros([0, 2, 3]).matmul(&zeros([3, 4])).shape(), [0, 2, 4]);
    }

    #[test]
    #[should_panic(expected = "matmul: mat1 and mat2 shapes cannot be multiplied (2x5 and 3x4)")]
    fn inner_sizes_agree() {
        zeros([2, 5]).matmul(&zeros([3, 4]));
    }

    #[test]
    #[should_panic(
        expected = "matmul: the size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0: [2, 3, 4] and [3, 4, 4]"
    )]
    fn batches_have_to_broadcast() {
        zeros([2, 3, 4]).matmul(&zeros([3, 4, 4]));
    }

    #[test]
    #[should_panic(
        expected = "expected m1 and m2 to have the same dtype, but got: torch.float32 [2, 2] and torch.float64 [2, 2]"
    )]
    fn dtypes_are_not_promoted() {
        zeros([2, 2]).matmul(&zeros([2, 2]).to_dtype(DType::F64));
    }

    #[test]
    #[should_panic(expected = "both arguments need to be at least 1D, but they are 0D and 2D")]
    fn scalars_are_not_matrices() {
        zeros(()).matmul(&zeros([2, 2]));
    }
}
