//! To and from Rust's arrays and `ndarray`'s.

use std::fmt;

use ndarray::{Array, ArrayBase, Data, Dimension};

use crate::{DType, Element, Scalar, Tensor};

impl<T: Element> From<Vec<T>> for Tensor {
    fn from(data: Vec<T>) -> Tensor {
        let n = data.len();
        Tensor::from_vec(data, n)
    }
}

impl<T: Element> From<&[T]> for Tensor {
    fn from(data: &[T]) -> Tensor {
        Tensor::from_slice(data, data.len())
    }
}

impl<T: Element, const N: usize> From<[T; N]> for Tensor {
    fn from(data: [T; N]) -> Tensor {
        Tensor::from_slice(&data, N)
    }
}

impl<T: Element, const N: usize, const M: usize> From<[[T; M]; N]> for Tensor {
    fn from(data: [[T; M]; N]) -> Tensor {
        Tensor::from_slice(data.as_flattened(), [N, M])
    }
}

impl<T: Element, const N: usize, const M: usize, const L: usize> From<[[[T; L]; M]; N]> for Tensor {
    fn from(data: [[[T; L]; M]; N]) -> Tensor {
        Tensor::from_slice(data.as_flattened().as_flattened(), [N, M, L])
    }
}

impl<T: Element, const N: usize, const M: usize, const L: usize, const K: usize> From<[[[[T; K]; L]; M]; N]>
    for Tensor
{
    fn from(data: [[[[T; K]; L]; M]; N]) -> Tensor {
        Tensor::from_slice(data.as_flattened().as_flattened().as_flattened(), [N, M, L, K])
    }
}

/// Rows of one length, one below the other.
///
/// # Panics
/// If a row has another length than the first.
impl<T: Element> From<Vec<Vec<T>>> for Tensor {
    #[track_caller]
    fn from(rows: Vec<Vec<T>>) -> Tensor {
        let shape = [rows.len(), common_length(&rows, 1)];
        Tensor::from_vec(rows.concat(), shape)
    }
}

/// Matrices of one shape.
///
/// # Panics
/// If a matrix or a row has another length than the first.
impl<T: Element> From<Vec<Vec<Vec<T>>>> for Tensor {
    #[track_caller]
    fn from(matrices: Vec<Vec<Vec<T>>>) -> Tensor {
        let (l, m) = (matrices.len(), common_length(&matrices, 1));
        let rows: Vec<Vec<T>> = matrices.into_iter().flatten().collect();
        let shape = [l, m, common_length(&rows, 2)];
        Tensor::from_vec(rows.concat(), shape)
    }
}

/// Rows of a length that the compiler knows.
impl<T: Element, const N: usize> From<Vec<[T; N]>> for Tensor {
    fn from(rows: Vec<[T; N]>) -> Tensor {
        Tensor::from_slice(rows.as_flattened(), [rows.len(), N])
    }
}

/// The length of all lists, which is the size of axis `dim`.
#[track_caller]
fn common_length<T>(lists: &[Vec<T>], dim: usize) -> usize {
    let expected = lists.first().map_or(0, Vec::len);
    for list in lists {
        assert!(
            list.len() == expected,
            "Tensor::from: expected sequence of length {expected} at dim {dim} (got {})",
            list.len()
        );
    }
    expected
}

/// Takes the values of an `ndarray` array, the twin of `torch.from_numpy`. The memory is not shared.
impl<T: Element, S: Data<Elem = T>, D: Dimension> From<ArrayBase<S, D>> for Tensor {
    fn from(array: ArrayBase<S, D>) -> Tensor {
        Tensor::from(&array)
    }
}

/// A copy of the values.
impl<T: Element, S: Data<Elem = T>, D: Dimension> From<&ArrayBase<S, D>> for Tensor {
    fn from(array: &ArrayBase<S, D>) -> Tensor {
        Tensor::from_vec(array.iter().copied().collect(), array.shape())
    }
}

/// Why a tensor is not the array that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArrayError {
    /// The array's elements are of another type.
    DType {
        /// That of the array.
        expected: DType,
        /// That of the tensor.
        got: DType,
    },
    /// The array has another number of axes.
    Axes {
        /// Those of the array.
        expected: usize,
        /// Those of the tensor.
        got: usize,
    },
}

impl fmt::Display for ArrayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DType { expected, got } => {
                write!(f, "an array of {expected} cannot hold a tensor of {got}")
            }
            Self::Axes { expected, got } => {
                write!(f, "an array of {expected} axes cannot hold a tensor of {got}")
            }
        }
    }
}

impl std::error::Error for ArrayError {}

/// A copy as an array whose number of axes is known.
///
/// ```
/// use ndarray::Array2;
/// use tensor::Tensor;
///
/// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
/// let array = Array2::<f32>::try_from(&x)?;
/// assert_eq!(array[[1, 0]], 3.0);
/// let why = Array2::<f64>::try_from(&x).unwrap_err();
/// assert_eq!(why.to_string(), "an array of torch.float64 cannot hold a tensor of torch.float32");
/// # Ok::<(), tensor::ArrayError>(())
/// ```
///
/// # Errors
/// If the elements or the number of axes are others.
impl<T: Element, D: Dimension> TryFrom<&Tensor> for Array<T, D> {
    type Error = ArrayError;

    fn try_from(x: &Tensor) -> Result<Array<T, D>, ArrayError> {
        if x.dtype() != T::DTYPE {
            return Err(ArrayError::DType { expected: T::DTYPE, got: x.dtype() });
        }
        let axes = ArrayError::Axes { expected: D::NDIM.unwrap_or_default(), got: x.ndim() };
        x.to_ndarray::<T>().into_dimensionality().map_err(|_| axes)
    }
}

impl From<&Tensor> for Tensor {
    /// A clone, which shares the memory: a function that takes `impl Into<Tensor>` takes a borrowed one, too.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([1.0f32, 2.0]);
    /// assert_eq!(Tensor::from(&x).to_vec::<f32>(), [1.0, 2.0]);
    /// ```
    fn from(x: &Tensor) -> Tensor {
        x.clone()
    }
}

impl From<Scalar> for Tensor {
    fn from(x: Scalar) -> Tensor {
        match x {
            Scalar::Float(x) => Tensor::from(x as f32),
            Scalar::Int(x) => Tensor::from(x),
            Scalar::Bool(x) => Tensor::from(x),
        }
    }
}

impl<T: Element> From<T> for Tensor {
    /// A tensor of one element and no axes.
    fn from(x: T) -> Tensor {
        Tensor::from_slice(&[x], ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, Array3, arr2, s};

    #[test]
    fn nested_lists_are_rows() {
        let x = Tensor::from(vec![vec![1.0f32, 2.0], vec![3.0, 4.0], vec![5.0, 6.0]]);
        assert_eq!((x.shape(), x.to_vec::<f32>()), (&[3, 2][..], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
        let x = Tensor::from(vec![vec![vec![1i64], vec![2]], vec![vec![3], vec![4]]]);
        assert_eq!((x.shape(), x.to_vec::<i64>()), (&[2, 2, 1][..], vec![1, 2, 3, 4]));
        assert_eq!(Tensor::from(vec![[1.0f64; 3]; 2]).shape(), [2, 3]);
        assert_eq!(Tensor::from(Vec::<Vec<f32>>::new()).shape(), [0, 0]);
        assert_eq!(Tensor::from(vec![Vec::<f32>::new(); 2]).shape(), [2, 0]);
    }

    #[test]
    #[should_panic(expected = "expected sequence of length 2 at dim 1 (got 3)")]
    fn ragged_rows_are_refused() {
        let _ = Tensor::from(vec![vec![1.0f32, 2.0], vec![1.0, 2.0, 3.0]]);
    }

    #[test]
    #[should_panic(expected = "expected sequence of length 1 at dim 2 (got 0)")]
    fn ragged_matrices_are_refused() {
        let _ = Tensor::from(vec![vec![vec![1.0f32], vec![]]]);
    }

    #[test]
    fn views_of_arrays_keep_their_order() {
        let array = arr2(&[[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(Tensor::from(array.t()).to_vec::<f32>(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        assert_eq!(Tensor::from(array.slice(s![.., ..;-2])).to_vec::<f32>(), [3.0, 1.0, 6.0, 4.0]);
        assert_eq!(Tensor::from(&array).shape(), [2, 3]);
    }

    #[test]
    fn arrays_of_other_axes_are_refused() {
        let x = Tensor::from([[1.0f32, 2.0]]).t();
        assert_eq!(Array::<f32, ndarray::IxDyn>::try_from(&x).unwrap().shape(), [2, 1]);
        let why = Array1::<f32>::try_from(&x).unwrap_err();
        assert_eq!(why, ArrayError::Axes { expected: 1, got: 2 });
        assert_eq!(
            Array3::<f32>::try_from(&x).unwrap_err().to_string(),
            "an array of 3 axes cannot hold a tensor of 2"
        );
    }
}
