//! Matrices as kernels see them: a slice, a shape and two strides.

/// A matrix to read: element `(i, j)` lies at `data[i * strides[0] + j * strides[1]]`.
///
/// ```
/// use tensor::kernels::mat::Mat;
///
/// let a = Mat::rows(&[1, 2, 3, 4, 5, 6], [2, 3]);
/// assert_eq!((a.at(1, 0), a.t().at(0, 1)), (4, 4));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Mat<'a, T> {
    pub(super) data: &'a [T],
    pub(super) shape: [usize; 2],
    pub(super) strides: [usize; 2],
}

impl<'a, T: Copy> Mat<'a, T> {
    /// A matrix that lies row by row and fills the slice.
    ///
    /// # Panics
    ///
    /// If the slice has another length than the shape.
    #[inline]
    #[track_caller]
    pub fn rows(data: &'a [T], shape: [usize; 2]) -> Mat<'a, T> {
        check_filled(data.len(), shape);
        Mat { data, shape, strides: [shape[1], 1] }
    }

    /// A matrix with any strides; 0 repeats what it strides over.
    ///
    /// # Panics
    ///
    /// If the matrix reaches past the slice.
    #[inline]
    #[track_caller]
    pub fn strided(data: &'a [T], shape: [usize; 2], strides: [usize; 2]) -> Mat<'a, T> {
        check_inside(data.len(), shape, strides);
        Mat { data, shape, strides }
    }

    /// The transpose, which costs nothing.
    #[inline]
    pub fn t(self) -> Mat<'a, T> {
        let ([rows, columns], [row, column]) = (self.shape, self.strides);
        Mat { data: self.data, shape: [columns, rows], strides: [column, row] }
    }

    /// Element `(i, j)`.
    #[inline]
    pub fn at(&self, i: usize, j: usize) -> T {
        self.data[i * self.strides[0] + j * self.strides[1]]
    }
}

/// A matrix to write to, whose elements all have places of their own; otherwise as [`Mat`].
#[derive(Debug)]
pub struct MatMut<'a, T> {
    pub(super) data: &'a mut [T],
    pub(super) shape: [usize; 2],
    pub(super) strides: [usize; 2],
}

impl<'a, T> MatMut<'a, T> {
    /// As [`Mat::rows`].
    ///
    /// # Panics
    ///
    /// If the slice has another length than the shape.
    #[inline]
    #[track_caller]
    pub fn rows(data: &'a mut [T], shape: [usize; 2]) -> MatMut<'a, T> {
        check_filled(data.len(), shape);
        MatMut { data, shape, strides: [shape[1], 1] }
    }

    /// As [`Mat::strided`].
    ///
    /// # Panics
    ///
    /// If the matrix reaches past the slice, or two elements share a place.
    #[inline]
    #[track_caller]
    pub fn strided(data: &'a mut [T], shape: [usize; 2], strides: [usize; 2]) -> MatMut<'a, T> {
        check_inside(data.len(), shape, strides);
        let ([m, n], [row, column]) = (shape, strides);
        let disjoint = m == 0
            || n == 0
            || (m <= 1 || n <= 1 || row >= n.saturating_mul(column) || column >= m.saturating_mul(row))
                && (m <= 1 || row > 0)
                && (n <= 1 || column > 0);
        assert!(disjoint, "elements of a matrix {shape:?} with strides {strides:?} overlap");
        MatMut { data, shape, strides }
    }
}

#[inline]
#[track_caller]
fn check_filled(len: usize, shape: [usize; 2]) {
    let fits = shape[0].checked_mul(shape[1]) == Some(len);
    assert!(fits, "a matrix {shape:?} does not fill {len} elements");
}

/// Counts without overflow: with strides of 0 small slices hold large matrices.
#[inline]
#[track_caller]
fn check_inside(len: usize, shape: [usize; 2], strides: [usize; 2]) {
    let last = |axis: usize| shape[axis].checked_sub(1).map(|last| last.checked_mul(strides[axis]));
    let inside = match (last(0), last(1)) {
        (Some(row), Some(column)) => {
            row.zip(column).and_then(|(row, column)| row.checked_add(column)).is_some_and(|last| last < len)
        }
        _ => true, // no elements
    };
    assert!(inside, "a matrix {shape:?} with strides {strides:?} does not fit in {len} elements");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "a matrix [3, 4] with strides [4, 1] does not fit in 11 elements")]
    fn a_matrix_must_fit_its_slice() {
        Mat::strided(&[0.0; 11], [3, 4], [4, 1]);
    }

    #[test]
    #[should_panic(expected = "a matrix [3, 4] does not fill 13 elements")]
    fn rows_fill_their_slice() {
        Mat::rows(&[0.0; 13], [3, 4]);
    }

    #[test]
    #[should_panic(expected = "elements of a matrix [2, 2] with strides [1, 1] overlap")]
    fn elements_to_write_to_may_not_overlap() {
        MatMut::strided(&mut [0.0; 8], [2, 2], [1, 1]);
    }

    #[test]
    fn strides_of_an_empty_matrix_mean_nothing() {
        Mat::<f32>::strided(&[], [0, 3], [usize::MAX, usize::MAX]);
        MatMut::<f32>::strided(&mut [], [3, 0], [0, 0]);
    }
}
