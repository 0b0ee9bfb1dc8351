//! Functions of several tensors or variables, made of [`cat()`] and [`stack()`].

use super::cat::{Join, cat, stack};
use crate::error::not_broadcastable;
use crate::{DType, Shape, zeros_dtype};

/// Tensors or variables side by side, as `torch.hstack`: joined along the second axis, or along the only one.
///
/// ```
/// use tensor::{Tensor, hstack};
/// let (x, y) = (Tensor::from([[1i64], [2]]), Tensor::from([[3i64], [4]]));
/// assert_eq!(hstack(&[x, y]).to_vec::<i64>(), [1, 3, 2, 4]);
/// ```
///
/// # Panics
/// If there are none, or their shapes do not fit.
#[track_caller]
pub fn hstack<T: Join>(parts: &[T]) -> T::Joined {
    assert!(!parts.is_empty(), "hstack: hstack expects a non-empty TensorList");
    let parts: Vec<T::Joined> = parts.iter().map(|x| x.viewed(at_least_one(x.tensor().shape()))).collect();
    cat(&parts, if parts[0].tensor().ndim() == 1 { 0 } else { 1 })
}

/// Tensors or variables one above the other, as `torch.vstack`: joined along the first axis, lists as rows.
///
/// ```
/// use tensor::{Tensor, vstack};
/// let (x, y) = (Tensor::from([1i64, 2]), Tensor::from([3i64, 4]));
/// assert_eq!(vstack(&[x, y]).shape(), [2, 2]);
/// ```
///
/// # Panics
/// If there are none, or their shapes do not fit.
#[doc(alias = "row_stack")]
#[track_caller]
pub fn vstack<T: Join>(parts: &[T]) -> T::Joined {
    assert!(!parts.is_empty(), "vstack: vstack expects a non-empty TensorList");
    let parts: Vec<T::Joined> = parts.iter().map(|x| x.viewed(as_matrix(x.tensor().shape()))).collect();
    cat(&parts, 0)
}

/// Tensors or variables one behind the other, as `torch.dstack`: joined along the third axis, as
/// [`atleast_3d`](crate::Tensor::atleast_3d) makes one.
///
/// # Panics
/// If there are none, or their shapes do not fit.
#[track_caller]
pub fn dstack<T: Join>(parts: &[T]) -> T::Joined {
    assert!(!parts.is_empty(), "dstack: dstack expects a non-empty TensorList");
    let deep = |x: &T| match as_matrix(x.tensor().shape()) {
        shape if shape.len() == 2 => x.viewed([shape[0], shape[1], 1].into()),
        shape => x.viewed(shape),
    };
    cat(&parts.iter().map(deep).collect::<Vec<_>>(), 2)
}

/// Lists as the columns of a matrix, matrices beside them as they are, as `torch.column_stack`.
///
/// ```
/// use tensor::{Tensor, column_stack};
/// let (x, y) = (Tensor::from([1i64, 2]), Tensor::from([3i64, 4]));
/// assert_eq!(column_stack(&[x, y]).to_vec::<i64>(), [1, 3, 2, 4]);
/// ```
///
/// # Panics
/// If there are none, or their shapes do not fit.
#[track_caller]
pub fn column_stack<T: Join>(parts: &[T]) -> T::Joined {
    assert!(!parts.is_empty(), "column_stack: column_stack expects a non-empty TensorList");
    let column = |x: &T| match x.tensor() {
        t if t.ndim() < 2 => x.viewed([t.numel(), 1].into()),
        t => x.viewed(t.shape().into()),
    };
    cat(&parts.iter().map(column).collect::<Vec<_>>(), 1)
}

/// Matrices along the diagonal of one that is 0 elsewhere, as `torch.block_diag`. A list is a row, a number a
/// matrix of one element.
///
/// ```
/// use tensor::{Tensor, block_diag};
/// let y = block_diag(&[Tensor::from([[1i64, 2]]), Tensor::from([[3i64], [4]])]);
/// assert_eq!(y.to_vec::<i64>(), [1, 2, 0, 0, 0, 3, 0, 0, 4]);
/// ```
///
/// # Panics
/// If one has more than two axes.
#[track_caller]
pub fn block_diag<T: Join>(parts: &[T]) -> T::Joined {
    for (i, x) in parts.iter().enumerate() {
        let ndim = x.tensor().ndim();
        assert!(
            ndim <= 2,
            "block_diag: torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has {ndim} dimensions"
        );
    }
    if parts.is_empty() {
        return T::Joined::from(zeros_dtype([1, 0], DType::F32));
    }
    let dtype = common_dtype(parts);
    let shapes: Vec<Shape> = parts.iter().map(|x| as_matrix(x.tensor().shape())).collect();
    let columns: usize = shapes.iter().map(|shape| shape[1]).sum();
    let mut before = 0;
    let mut rows = Vec::new();
    for (x, shape) in parts.iter().zip(shapes) {
        let (m, n) = (shape[0], shape[1]);
        let zeros = |n| T::Joined::from(zeros_dtype([m, n], dtype));
        let row = [zeros(before), x.viewed(shape).converted(dtype), zeros(columns - before - n)];
        rows.push(cat(&row, 1));
        before += n;
    }
    cat(&rows, 0)
}

/// Which axis of [`meshgrid`] the first tensor runs along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeshgridIndexing {
    /// The first, torch's default: that of matrices.
    Ij,
    /// The second, and the second tensor along the first: that of pictures.
    Xy,
}

/// The coordinates of a grid, as `torch.meshgrid`: each list repeated along the axes of the others. Nothing
/// is copied.
///
/// ```
/// use tensor::{MeshgridIndexing, arange, meshgrid};
/// let grid = meshgrid(&[arange(0, 2, 1), arange(0, 3, 1)], MeshgridIndexing::Ij);
/// assert_eq!(grid[0].to_vec::<i64>(), [0, 0, 0, 1, 1, 1]);
/// assert_eq!(grid[1].to_vec::<i64>(), [0, 1, 2, 0, 1, 2]);
/// ```
///
/// # Panics
/// If there are none, one has more than one axis, or the dtypes differ.
#[track_caller]
pub fn meshgrid<T: Join>(parts: &[T], indexing: MeshgridIndexing) -> Vec<T::Joined> {
    assert!(!parts.is_empty(), "meshgrid: meshgrid expects a non-empty TensorList");
    let swapped = indexing == MeshgridIndexing::Xy && parts.len() > 1;
    let axis = |i: usize| if swapped && i < 2 { 1 - i } else { i };
    let dtype = parts[0].tensor().dtype();
    let mut shape = Shape::from(vec![1; parts.len()]);
    for (i, x) in parts.iter().enumerate() {
        let x = x.tensor();
        assert!(
            x.ndim() <= 1,
            "meshgrid: Expected 0D or 1D tensor in the tensor list but got one of shape {:?}",
            x.shape()
        );
        assert!(x.dtype() == dtype, "meshgrid: meshgrid expects all tensors to have the same dtype");
        shape[axis(i)] = x.numel();
    }
    let mut grid = Vec::new();
    for (i, x) in parts.iter().enumerate() {
        let mut own = Shape::from(vec![1; parts.len()]);
        own[axis(i)] = shape[axis(i)];
        grid.push(x.viewed(own).repeated_to(&shape));
    }
    grid
}

/// Every combination of one element of each list, as `torch.cartesian_prod`: a row for each, the last list's
/// elements changing first. A single list is given back.
///
/// ```
/// use tensor::{Tensor, cartesian_prod};
/// let y = cartesian_prod(&[Tensor::from([1i64, 2]), Tensor::from([3i64, 4])]);
/// assert_eq!(y.to_vec::<i64>(), [1, 3, 1, 4, 2, 3, 2, 4]);
/// ```
///
/// # Panics
/// If there are none, one has not exactly one axis, or the dtypes differ.
#[track_caller]
pub fn cartesian_prod<T: Join>(parts: &[T]) -> T::Joined {
    for x in parts {
        let x = x.tensor();
        assert!(x.ndim() == 1, "cartesian_prod: Expect a 1D vector, but got shape {:?}", x.shape());
    }
    if let [x] = parts {
        return x.viewed(x.tensor().shape().into());
    }
    let grid = meshgrid(parts, MeshgridIndexing::Ij);
    let columns: Vec<T::Joined> = grid.iter().map(|x| x.viewed(x.tensor().numel().into())).collect();
    stack(&columns, 1)
}

/// Tensors or variables, each repeated ([`Tensor::expand`](crate::Tensor::expand)) to the shape that
/// arithmetic between all of them has, as `torch.broadcast_tensors`.
///
/// ```
/// use tensor::{broadcast_tensors, zeros};
/// let all = broadcast_tensors(&[zeros([3, 1]), zeros([4]), zeros(())]);
/// assert!(all.iter().all(|x| x.shape() == [3, 4]));
/// ```
///
/// # Panics
/// If the sizes of an axis differ and neither is 1.
#[track_caller]
pub fn broadcast_tensors<T: Join>(parts: &[T]) -> Vec<T::Joined> {
    let mut shape = Shape::default();
    for (i, x) in parts.iter().enumerate() {
        let x = x.tensor();
        match Shape::broadcast(&shape, x.shape()) {
            Ok(common) => shape = common,
            Err(sizes) => {
                // The tensor before with the size that does not fit.
                let fits = |y: &&T| Shape::broadcast(y.tensor().shape(), x.shape()).is_ok();
                let other = parts[..i].iter().find(|y| !fits(y)).expect("one of them made the shape");
                not_broadcastable("broadcast_tensors", sizes, &other.tensor(), &x)
            }
        }
    }
    shape.numel(); // more elements than can be counted are refused
    let mut all = Vec::new();
    for x in parts {
        all.push(x.repeated_to(&shape));
    }
    all
}

fn at_least_one(shape: &[usize]) -> Shape {
    if shape.is_empty() { 1.into() } else { shape.into() }
}

/// A shape with axes of one in front of fewer than two.
fn as_matrix(shape: &[usize]) -> Shape {
    match *shape {
        [] => [1, 1].into(),
        [n] => [1, n].into(),
        _ => shape.into(),
    }
}

/// What all promote to; as in torch, tensors without axes decide only by their kind.
fn common_dtype<T: Join>(parts: &[T]) -> DType {
    let of = |scalars: bool| {
        let alike = parts.iter().map(|x| x.tensor()).filter(|x| (x.ndim() == 0) == scalars);
        alike.map(|x| x.dtype()).reduce(DType::promote)
    };
    match (of(false), of(true)) {
        (Some(dtype), Some(scalars)) if dtype.rank() < scalars.rank() => dtype.promote(scalars),
        (Some(dtype), _) | (None, Some(dtype)) => dtype,
        (None, None) => DType::F32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Tensor, arange, ones_dtype, zeros};

    #[test]
    fn numbers_and_lists_count_as_matrices() {
        let (s, v) = (Tensor::from(9i64), arange(0, 3, 1));
        assert_eq!(hstack(&[&s, &v]).to_vec::<i64>(), [9, 0, 1, 2]);
        assert_eq!(vstack(&[&s, &s]).shape(), [2, 1]);
        assert_eq!(dstack(&[&v, &v]).shape(), [1, 3, 2]);
        assert_eq!(column_stack(&[&v, &v]).shape(), [3, 2]);
        assert_eq!(block_diag(&[&s, &v]).to_vec::<i64>(), [9, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(block_diag::<Tensor>(&[]).shape(), [1, 0]);
        assert_eq!(block_diag(&[ones_dtype((), DType::F64), zeros(2)]).dtype(), DType::F32);
    }

    #[test]
    fn a_grid_of_pictures_swaps_the_first_two_axes() {
        let parts = [arange(0, 3, 1), arange(0, 2, 1), Tensor::from(7i64)];
        let grid = meshgrid(&parts, MeshgridIndexing::Xy);
        assert_eq!(grid[0].shape(), [2, 3, 1]);
        assert_eq!(grid[0].to_vec::<i64>(), [0, 1, 2, 0, 1, 2]);
        assert_eq!(grid[1].to_vec::<i64>(), [0, 0, 0, 1, 1, 1]);
        assert_eq!(cartesian_prod(&[zeros(0), zeros(3)]).shape(), [0, 2]);
    }

    #[test]
    #[should_panic(
        expected = "broadcast_tensors: the size of tensor a (3) must match the size of tensor b (2)"
    )]
    fn sizes_that_differ_do_not_broadcast() {
        broadcast_tensors(&[zeros([2, 3]), zeros([2])]);
    }
}
