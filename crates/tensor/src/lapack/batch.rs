//! Batches of matrices as slices of float64, and back.

use crate::{DType, Shape, Tensor};

/// A batch of matrices, row by row.
pub(super) struct Batch {
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// The axes before the last two.
    pub(super) shape: Shape,
    dtype: DType,
    data: Vec<f64>,
}

impl Batch {
    /// The matrices of `a`.
    ///
    /// # Panics
    /// If there are fewer than two axes, or the dtype is neither `F32` nor `F64`.
    #[track_caller]
    pub(super) fn new(op: &str, a: &Tensor) -> Batch {
        assert!(a.ndim() >= 2, "{op}: The input tensor A must have at least 2 dimensions.");
        floats(op, a);
        let shape = a.shape()[..a.ndim() - 2].into();
        let (rows, columns) = (a.size(-2), a.size(-1));
        Batch { rows, columns, shape, dtype: a.dtype(), data: a.to_dtype(DType::F64).to_vec() }
    }

    /// The square matrices of `a`.
    ///
    /// # Panics
    /// If they are not square, and as [`Batch::new`].
    #[track_caller]
    pub(super) fn square(op: &str, a: &Tensor) -> Batch {
        let batch = Batch::new(op, a);
        let (rows, columns) = (batch.rows, batch.columns);
        assert!(
            rows == columns,
            "{op}: A must be batches of square matrices, but they are {rows} by {columns} matrices"
        );
        batch
    }

    /// How many matrices there are.
    pub(super) fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Matrix `i`.
    pub(super) fn matrix(&self, i: usize) -> &[f64] {
        let size = self.rows * self.columns;
        &self.data[i * size..][..size]
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[f64]> {
        (0..self.len()).map(|i| self.matrix(i))
    }

    /// A tensor in the dtype of this batch, with `sizes` behind its shape.
    pub(super) fn result(&self, data: Vec<f64>, sizes: &[usize]) -> Tensor {
        let shape: Shape = self.shape.iter().chain(sizes).copied().collect();
        Tensor::from_vec(data, &*shape).to_dtype(self.dtype)
    }

    /// `(Batch element 1): `, if there can be several.
    pub(super) fn element(&self, i: usize) -> String {
        if self.shape.is_empty() { String::new() } else { format!("(Batch element {i}): ") }
    }
}

#[track_caller]
pub(super) fn floats(op: &str, a: &Tensor) {
    assert!(
        matches!(a.dtype(), DType::F32 | DType::F64),
        "{op}: Expected a floating point or complex tensor as input. Got {}",
        a.dtype()
    );
}

/// `y ← y + c·x`
pub(super) fn axpy(c: f64, x: &[f64], y: &mut [f64]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y += c * x;
    }
}

/// `Σ xᵢyᵢ`, in four sums that the processor adds side by side.
pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (x4, y4) = (x.chunks_exact(4), y.chunks_exact(4));
    let rest: f64 = x4.remainder().iter().zip(y4.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in x4.zip(y4) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}

/// The transpose of a matrix of `rows` rows.
pub(super) fn transposed(a: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    let mut t = vec![0.0; a.len()];
    for i in 0..rows {
        for j in 0..columns {
            t[j * rows + i] = a[i * columns + j];
        }
    }
    t
}

/// The identity's first `columns` columns.
pub(super) fn identity(rows: usize, columns: usize) -> Vec<f64> {
    let mut eye = vec![0.0; rows * columns];
    (0..rows.min(columns)).for_each(|i| eye[i * columns + i] = 1.0);
    eye
}
