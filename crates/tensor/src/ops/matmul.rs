use crate::error::{not_computable, shape_mismatch};
use crate::kernels::gemm::{gemm_f32, gemm_f64};
use crate::kernels::parallel::for_each_chunk_mut;
use crate::layout::Layout;
use crate::{DType, Num, Shape, Tensor};

impl Tensor {
    /// The matrix product, as `torch.matmul`: `Y = A·B` with `A: [m, k]`, `B: [k, n]`, `Y: [m, n]`.
    ///
    /// A vector on the left counts as a row and one on the right as a column, and that axis is dropped again; axes in
    /// front of the last two are batches and broadcast. Transposed operands cost nothing.
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
        let (left, right) = (a.ndim() == 1, b.ndim() == 1);
        let rows = if left { a.unsqueeze(0) } else { a.clone() };
        let columns = if right { b.unsqueeze(1) } else { b.clone() };
        if rows.size(-1) != columns.size(-2) {
            match (a.shape(), b.shape()) {
                (&[m, k], &[l, n]) => {
                    panic!("matmul: mat1 and mat2 shapes cannot be multiplied ({m}x{k} and {l}x{n})")
                }
                _ => shape_mismatch("matmul", "shapes cannot be multiplied", a, b),
            }
        }
        let mut y = match a.dtype() {
            DType::F32 => product::<f32>(&rows, &columns, a, b),
            DType::F64 => product::<f64>(&rows, &columns, a, b),
            DType::I64 => product::<i64>(&rows, &columns, a, b),
            DType::U8 => product::<u8>(&rows, &columns, a, b),
            _ => not_computable("matmul", a),
        };
        if left {
            y = y.squeeze(-2);
        }
        if right {
            y = y.squeeze(-1);
        }
        y
    }
}

/// A number that matrices can be multiplied of.
trait MatMul: Num {
    /// `C ← A·B`; the matrices are given by where they start and their strides.
    #[allow(clippy::too_many_arguments)]
    fn gemm(
        m: usize,
        n: usize,
        k: usize,
        a: (&[Self], [usize; 2]),
        b: (&[Self], [usize; 2]),
        c: &mut [Self],
    ) {
        for (i, row) in c.chunks_exact_mut(n).take(m).enumerate() {
            for (j, c) in row.iter_mut().enumerate() {
                *c = (0..k).fold(Self::ZERO, |sum, l| {
                    sum.add(a.0[i * a.1[0] + l * a.1[1]].mul(b.0[l * b.1[0] + j * b.1[1]]))
                });
            }
        }
    }
}

impl MatMul for i64 {}
impl MatMul for u8 {}

impl MatMul for f32 {
    fn gemm(m: usize, n: usize, k: usize, a: (&[f32], [usize; 2]), b: (&[f32], [usize; 2]), c: &mut [f32]) {
        gemm_f32(m, n, k, 1.0, a.0, a.1[0], a.1[1], b.0, b.1[0], b.1[1], 0.0, c, n, 1);
    }
}

impl MatMul for f64 {
    fn gemm(m: usize, n: usize, k: usize, a: (&[f64], [usize; 2]), b: (&[f64], [usize; 2]), c: &mut [f64]) {
        gemm_f64(m, n, k, 1.0, a.0, a.1[0], a.1[1], b.0, b.1[0], b.1[1], 0.0, c, n, 1);
    }
}

/// `rows · columns`, both of at least two axes; `a` and `b` are what they came from.
#[track_caller]
fn product<T: MatMul>(rows: &Tensor, columns: &Tensor, a: &Tensor, b: &Tensor) -> Tensor {
    let (m, k, n) = (rows.size(-2), rows.size(-1), columns.size(-1));
    if columns.ndim() == 2 && rows.ndim() > 2 {
        // All batches of rows meet the same columns: one tall matrix, where the strides allow it.
        let tall = Shape::from([rows.numel() / k.max(1), k]);
        if let Some(layout) = (k > 0).then(|| rows.layout.reshape(&tall)).flatten() {
            let mut y = product::<T>(&rows.with_layout(layout), columns, a, b);
            let mut shape: Shape = rows.shape().into();
            shape[rows.ndim() - 1] = n;
            y.layout = Layout::row_major(shape);
            return y;
        }
    }
    let batch = broadcast(&rows.shape()[..rows.ndim() - 2], &columns.shape()[..columns.ndim() - 2])
        .unwrap_or_else(|| shape_mismatch("matmul", "batch dimensions do not broadcast", a, b));
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
    let dtype = rows.dtype();
    Tensor::build(shape, dtype, |out: &mut [T]| {
        if out.is_empty() {
            return;
        }
        if k == 0 {
            return out.fill(T::ZERO);
        }
        let one = |i: usize, c: &mut [T]| {
            T::gemm(
                m,
                n,
                k,
                (&xa[place(&la, i, batch.len())..], sa),
                (&xb[place(&lb, i, batch.len())..], sb),
                c,
            );
        };
        // Small products go to the threads whole; a large one is split inside.
        const SMALL: usize = 64 * 64 * 64;
        if m * n * k < SMALL {
            let group = SMALL / (m * n * k);
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

/// The shape both broadcast to, if they do.
fn broadcast(a: &[usize], b: &[usize]) -> Option<Shape> {
    let ndim = a.len().max(b.len());
    (0..ndim)
        .map(|axis| {
            let size = |x: &[usize]| (axis + x.len()).checked_sub(ndim).map_or(1, |at| x[at]);
            match (size(a), size(b)) {
                (1, n) => Some(n),
                (n, m) if m == 1 || m == n => Some(n),
                _ => None,
            }
        })
        .collect()
}
