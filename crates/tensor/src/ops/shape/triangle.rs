use std::ops::Range;

use crate::Tensor;
use crate::dispatch::by_size;

impl Tensor {
    /// The lower triangle of the last two axes, zeros elsewhere, as `torch.tril`: what lies on or below
    /// `diagonal`, counted upwards from the main one.
    ///
    /// ```
    /// assert_eq!(tensor::ones([2, 2]).tril(0).to_vec::<f32>(), [1.0, 0.0, 1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn tril(&self, diagonal: isize) -> Tensor {
        keep("tril", self, |i, j| j - i <= diagonal)
    }

    /// The upper triangle of the last two axes, zeros elsewhere, as `torch.triu`: what lies on or above
    /// `diagonal`, counted upwards from the main one.
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn triu(&self, diagonal: isize) -> Tensor {
        keep("triu", self, |i, j| j - i >= diagonal)
    }
}

#[track_caller]
fn keep(op: &str, x: &Tensor, kept: impl Fn(isize, isize) -> bool) -> Tensor {
    assert!(x.ndim() >= 2, "{op}: input tensor must have at least 2 dimensions, got {:?}", x.shape());
    let (m, n) = (x.size(-2), x.size(-1));
    let mut y = x.clone();
    by_size!(x.dtype(), R => {
        for (at, y) in y.slice_mut::<R>().iter_mut().enumerate() {
            if !kept((at / n % m) as isize, (at % n) as isize) {
                *y = 0; // the bits of 0 in every dtype
            }
        }
    });
    y
}

/// Where the lower triangle of a matrix of `row` rows and `col` columns is, as `torch.tril_indices`, whose
/// default is `offset = 0`: `[2, n]`, the rows above the columns, `I64`. It is what lies on or below the
/// diagonal `offset`, counted upwards from the main one.
///
/// ```
/// let places = tensor::tril_indices(2, 3, 0);
/// assert_eq!(places.to_vec::<i64>(), [0, 1, 1, 0, 0, 1]);
/// ```
#[track_caller]
pub fn tril_indices(row: usize, col: usize, offset: isize) -> Tensor {
    indices(row, col, |i| 0..i.saturating_add(offset).saturating_add(1))
}

/// Where the upper triangle is, on or above the diagonal `offset`, as `torch.triu_indices`; otherwise as
/// [`tril_indices`].
#[track_caller]
pub fn triu_indices(row: usize, col: usize, offset: isize) -> Tensor {
    indices(row, col, |i| i.saturating_add(offset)..isize::MAX)
}

/// The places of some columns of each row.
#[track_caller]
fn indices(row: usize, col: usize, columns: impl Fn(isize) -> Range<isize>) -> Tensor {
    let (mut rows, mut cols) = (Vec::new(), Vec::new());
    for i in 0..row {
        let Range { start, end } = columns(i as isize);
        let [start, end] = [start, end].map(|j| j.clamp(0, col as isize));
        cols.extend((start..end).map(|j| j as i64));
        rows.resize(cols.len(), i as i64);
    }
    let n = rows.len();
    rows.append(&mut cols);
    Tensor::from_vec(rows, [2, n])
}

#[cfg(test)]
mod tests {
    use crate::{arange, tril_indices, triu_indices};

    #[test]
    fn places_of_triangles() {
        assert_eq!(triu_indices(3, 2, -1).to_vec::<i64>(), [0, 0, 1, 1, 2, 0, 1, 0, 1, 1]);
        assert_eq!(tril_indices(3, 3, isize::MIN).shape(), [2, 0]);
        assert_eq!(tril_indices(2, 2, isize::MAX).shape(), [2, 4]);
        assert_eq!(triu_indices(0, 3, 0).shape(), [2, 0]);
    }

    #[test]
    fn diagonals_shift_and_batches_repeat() {
        let x = arange(1, 13, 1).reshape([2, 2, 3]);
        assert_eq!(x.tril(-1).to_vec::<i64>(), [0, 0, 0, 4, 0, 0, 0, 0, 0, 10, 0, 0]);
        assert_eq!(x.triu(1).to_vec::<i64>(), [0, 2, 3, 0, 0, 6, 0, 8, 9, 0, 0, 12]);
        let t = x.select(0, 0).t();
        assert_eq!(t.tril(0).to_vec::<i64>(), [1, 0, 2, 5, 3, 6]);
    }
}
