use crate::Tensor;
use crate::layout::Layout;
use crate::tensor::axis_of;

impl Tensor {
    /// The diagonals of the planes of `dim1` and `dim2`, as a new last axis in place of the two, as
    /// `torch.diagonal`, whose defaults are `offset = 0`, `dim1 = 0` and `dim2 = 1`: the elements whose
    /// position along `dim2` is greater by `offset` than that along `dim1`. Nothing is copied.
    ///
    /// ```
    /// let x = tensor::arange(0, 6, 1).reshape([2, 3]);
    /// assert_eq!(x.diagonal(0, 0, 1).to_vec::<i64>(), [0, 4]);
    /// assert_eq!(x.diagonal(1, 0, 1).to_vec::<i64>(), [1, 5]);
    /// assert_eq!(x.diagonal(-1, 0, 1).to_vec::<i64>(), [3]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or both are the same.
    #[track_caller]
    pub fn diagonal(&self, offset: isize, dim1: isize, dim2: isize) -> Tensor {
        let (a, b) = (self.axis("diagonal", dim1), self.axis("diagonal", dim2));
        assert!(a != b, "diagonal: diagonal dimensions cannot be identical {dim1}, {dim2}");
        let Layout { mut shape, mut strides, offset: start } = self.layout.clone();
        // How far the first element lies from the corner, along which axis.
        let (apart, axis) = (offset.unsigned_abs(), if offset < 0 { a } else { b });
        let mut sizes = [shape[a], shape[b]];
        let shortened = &mut sizes[usize::from(offset >= 0)];
        *shortened = shortened.saturating_sub(apart);
        let n = sizes[0].min(sizes[1]);
        // An offset without elements does not stay, and the stride of a single one is not used: both may
        // wrap.
        let first = start.wrapping_add(apart.wrapping_mul(strides[axis]));
        let stride = strides[a].wrapping_add(strides[b]);
        for axis in [a.max(b), a.min(b)] {
            shape.remove(axis);
            strides.remove(axis);
        }
        shape.push(n);
        strides.push(stride);
        self.with_layout(Layout { shape, strides, offset: first })
    }
}

/// Where the diagonals of [`Tensor::diag_embed`] go: the shape, and the two axes.
#[doc(hidden)]
#[track_caller]
pub fn embedded_shape(x: &Tensor, offset: isize, dim1: isize, dim2: isize) -> (Vec<usize>, [isize; 2]) {
    let ndim = x.ndim() + 1;
    let [a, b] = [axis_of("diag_embed", dim1, ndim), axis_of("diag_embed", dim2, ndim)];
    assert!(a != b, "diag_embed: diagonal dimensions cannot be identical {dim1}, {dim2}");
    let mut shape = x.shape().to_vec();
    let n = shape.pop().expect("two axes are different ones only of two or more");
    let Some(n) = n.checked_add(offset.unsigned_abs()) else {
        panic!("diag_embed: no axis has a size of {n} + {}", offset.unsigned_abs())
    };
    shape.insert(a.min(b), n);
    shape.insert(a.max(b), n);
    (shape, [a as isize, b as isize])
}

/// The methods of a type that are made of its other methods; `|x| value` is the tensor behind one.
#[doc(hidden)]
#[macro_export]
macro_rules! composed_diagonals {
    ($T:ident, |$x:ident| $value:expr) => {
        impl $T {
            /// Zeros with the last axis on the diagonals of two new ones, `dim1` and `dim2` of the result, as
            /// `torch.diag_embed`, whose defaults are `offset = 0`, `dim1 = -2` and `dim2 = -1`.
            /// [`diagonal`](Self::diagonal) with the same arguments gives it back.
            ///
            /// ```
            /// let x = tensor::Tensor::from([1i64, 2]);
            /// assert_eq!(x.diag_embed(0, -2, -1).to_vec::<i64>(), [1, 0, 0, 2]);
            /// assert_eq!(tensor::zeros([5, 2]).diag_embed(1, -2, -1).shape(), [5, 3, 3]);
            /// ```
            ///
            /// # Panics
            /// If there are no axes, or `dim1` and `dim2` are not two of the result's.
            #[track_caller]
            pub fn diag_embed(&self, offset: isize, dim1: isize, dim2: isize) -> $T {
                let $x = self;
                let x = $value;
                let (shape, [a, b]) = $crate::embedded_shape(&x, offset, dim1, dim2);
                $T::from($crate::zeros_dtype(shape, x.dtype())).diagonal_scatter(self, offset, a, b)
            }

            /// The matrix with these elements on a diagonal, or the [`diagonal`](Self::diagonal) of a matrix,
            /// as `torch.diag`, whose default is `diagonal = 0`, the main one; above it are positive ones.
            ///
            /// ```
            /// let x = tensor::Tensor::from([1i64, 2]);
            /// assert_eq!(x.diag(0).to_vec::<i64>(), [1, 0, 0, 2]);
            /// assert_eq!(x.diag(1).diag(1).to_vec::<i64>(), [1, 2]);
            /// ```
            ///
            /// # Panics
            /// If there are neither one nor two axes.
            #[track_caller]
            pub fn diag(&self, diagonal: isize) -> $T {
                match self.ndim() {
                    1 => self.diag_embed(diagonal, 0, 1),
                    2 => self.diagonal(diagonal, 0, 1),
                    ndim => panic!("diag: diag(): Supports 1D or 2D tensors. Got {ndim}D"),
                }
            }

            /// The matrix with all elements, row by row, on a diagonal, as `torch.diagflat`, whose default is
            /// `offset = 0`.
            #[track_caller]
            pub fn diagflat(&self, offset: isize) -> $T {
                self.flatten(0, -1).diag(offset)
            }
        }
    };
}

composed_diagonals!(Tensor, |x| x.clone());

#[cfg(test)]
mod tests {
    use crate::{arange, zeros};

    #[test]
    fn diagonals_of_any_plane_are_views() {
        let x = arange(0, 24, 1).reshape([2, 3, 4]);
        let y = x.diagonal(1, 2, 0); // along axis 0 one further than along axis 2
        assert_eq!((y.shape(), y.strides()), (&[3, 1][..], &[4, 13][..]));
        assert_eq!(y.to_vec::<i64>(), [12, 16, 20]);
        assert_eq!(x.transpose(1, 2).diagonal(0, -2, -1).to_vec::<i64>(), [0, 5, 10, 12, 17, 22]);
        assert_eq!(x.select(0, 0).expand([2, 3, 4]).diagonal(0, 1, 2).to_vec::<i64>(), [0, 5, 10, 0, 5, 10]);
        assert_eq!(x.diagonal(isize::MIN, 0, 1).shape(), [4, 0]);
        assert_eq!(x.diagonal(isize::MAX, 0, 1).sum().item(), 0.0);
        assert_eq!(zeros([0, 3]).diagonal(0, 0, 1).shape(), [0]);
    }

    #[test]
    fn what_is_embedded_comes_back() {
        let x = arange(0, 6, 1).reshape([2, 3]);
        for (offset, a, b) in [(0, -2, -1), (2, 0, 2), (-1, -1, 0)] {
            let y = x.diag_embed(offset, a, b);
            assert_eq!(y.diagonal(offset, a, b).to_vec::<i64>(), x.to_vec::<i64>());
            assert_eq!(y.sum().item(), 15.0);
        }
        assert_eq!(zeros(0).diag(-2).shape(), [2, 2]);
    }

    #[test]
    #[should_panic(expected = "diagonal: diagonal dimensions cannot be identical 0, -2")]
    fn a_plane_has_two_axes() {
        zeros([2, 3]).diagonal(0, 0, -2);
    }

    #[test]
    #[should_panic(
        expected = "diag_embed: dimension out of range (expected to be in range of [-1, 0], but got -2)"
    )]
    fn a_scalar_has_no_axis_to_embed() {
        zeros(()).diag_embed(0, -2, -1);
    }
}
