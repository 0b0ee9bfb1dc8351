use crate::dispatch::by_size;
use crate::tensor::axis_of;
use crate::{DType, Shape, Tensor};

/// Tensors or variables one after the other along `dim`, as `torch.cat`.
///
/// All have the same shape but for the size of `dim`, and the result has the dtype that all promote to. A 1-d
/// tensor of no elements is skipped whatever the others' shape, as in torch.
///
/// ```
/// use tensor::{Tensor, cat};
/// let (x, y) = (Tensor::from([[1i64, 2]]), Tensor::from([[3i64, 4]]));
/// assert_eq!(cat(&[&x, &y], 0).to_vec::<i64>(), [1, 2, 3, 4]);
/// assert_eq!(cat(&[x, y], 1).shape(), [1, 4]);
/// ```
///
/// # Panics
/// If there are no tensors or their shapes do not fit.
#[track_caller]
pub fn cat<T: Join>(parts: &[T], dim: isize) -> T::Joined {
    T::cat(parts, dim)
}

/// Tensors or variables side by side along a new axis `dim`, as `torch.stack`.
///
/// ```
/// use tensor::{Tensor, stack};
/// let (x, y) = (Tensor::from([1i64, 2]), Tensor::from([3i64, 4]));
/// assert_eq!(stack(&[&x, &y], 0).to_vec::<i64>(), [1, 2, 3, 4]);
/// assert_eq!(stack(&[x, y], -1).to_vec::<i64>(), [1, 3, 2, 4]);
/// ```
///
/// # Panics
/// If there are no tensors, or their shapes differ.
#[track_caller]
pub fn stack<T: Join>(parts: &[T], dim: isize) -> T::Joined {
    T::stack(parts, dim)
}

/// The types that [`cat()`] and [`stack()`] join, and the functions made of them: [`Tensor`], the variables
/// of `autograd`, and references to them.
pub trait Join: Sized {
    /// What comes out: `Self`, or what a reference refers to.
    type Joined: Join<Joined = Self::Joined> + Clone + From<Tensor>;

    /// See [`cat()`].
    fn cat(parts: &[Self], dim: isize) -> Self::Joined;

    /// See [`stack()`].
    fn stack(parts: &[Self], dim: isize) -> Self::Joined;

    /// The values alone.
    #[doc(hidden)]
    fn tensor(&self) -> Tensor;

    /// The same elements in another shape.
    #[doc(hidden)]
    fn viewed(&self, shape: Shape) -> Self::Joined;

    /// Repeated to a shape.
    #[doc(hidden)]
    fn repeated_to(&self, shape: &Shape) -> Self::Joined;

    /// The values in another dtype.
    #[doc(hidden)]
    fn converted(&self, dtype: DType) -> Self::Joined;
}

impl<T: Join + Clone> Join for &T {
    type Joined = T::Joined;

    #[track_caller]
    fn cat(parts: &[&T], dim: isize) -> T::Joined {
        T::cat(&parts.iter().copied().cloned().collect::<Vec<T>>(), dim)
    }

    #[track_caller]
    fn stack(parts: &[&T], dim: isize) -> T::Joined {
        T::stack(&parts.iter().copied().cloned().collect::<Vec<T>>(), dim)
    }

    fn tensor(&self) -> Tensor {
        T::tensor(self)
    }

    fn viewed(&self, shape: Shape) -> T::Joined {
        T::viewed(self, shape)
    }

    #[track_caller]
    fn repeated_to(&self, shape: &Shape) -> T::Joined {
        T::repeated_to(self, shape)
    }

    fn converted(&self, dtype: DType) -> T::Joined {
        T::converted(self, dtype)
    }
}

impl Join for Tensor {
    type Joined = Tensor;

    #[track_caller]
    fn cat(tensors: &[Tensor], dim: isize) -> Tensor {
        join(tensors, dim)
    }

    #[track_caller]
    fn stack(tensors: &[Tensor], dim: isize) -> Tensor {
        assert!(!tensors.is_empty(), "stack: expected a non-empty list of Tensors");
        let shape = tensors[0].shape();
        for (i, x) in tensors.iter().enumerate() {
            assert!(
                x.shape() == shape,
                "stack: stack expects each tensor to be equal size, but got {shape:?} at entry 0 and {:?} at entry {i}",
                x.shape()
            );
        }
        let axis = axis_of("stack", dim, shape.len() + 1) as isize;
        let parts: Vec<Tensor> = tensors.iter().map(|x| x.unsqueeze(axis)).collect();
        join(&parts, axis)
    }

    fn tensor(&self) -> Tensor {
        self.clone()
    }

    fn viewed(&self, shape: Shape) -> Tensor {
        self.reshape(shape)
    }

    #[track_caller]
    fn repeated_to(&self, shape: &Shape) -> Tensor {
        self.expand(shape)
    }

    fn converted(&self, dtype: DType) -> Tensor {
        self.to_dtype(dtype)
    }
}

#[track_caller]
fn join(tensors: &[Tensor], dim: isize) -> Tensor {
    assert!(!tensors.is_empty(), "cat: expected a non-empty list of Tensors");
    let dtype = tensors.iter().map(Tensor::dtype).reduce(|a, b| a.promote(b)).expect("not empty");
    for (i, x) in tensors.iter().enumerate() {
        assert!(x.ndim() > 0, "cat: zero-dimensional tensor (at position {i}) cannot be concatenated");
    }
    let skipped = |x: &&Tensor| x.shape() == [0];
    let Some(first) = tensors.iter().find(|x| !skipped(x)) else {
        return tensors[0].to_dtype(dtype);
    };
    let axis = first.axis("cat", dim);
    let mut shape: Shape = first.shape().into();
    shape[axis] = 0;
    for (i, x) in tensors.iter().enumerate().filter(|(_, x)| !skipped(x)) {
        assert!(
            x.ndim() == first.ndim(),
            "cat: Tensors must have same number of dimensions: got {:?} and {:?}",
            first.shape(),
            x.shape()
        );
        for other in (0..x.ndim()).filter(|&other| other != axis) {
            assert!(
                x.shape()[other] == first.shape()[other],
                "cat: Sizes of tensors must match except in dimension {axis}. Expected size {} but got size {} for \
                 tensor number {i} in the list: {:?} and {:?}",
                first.shape()[other],
                x.shape()[other],
                first.shape(),
                x.shape()
            );
        }
        shape[axis] = shape[axis].saturating_add(x.shape()[axis]);
    }
    shape.bytes(dtype); // refuses sizes that cannot be, before anything is copied
    let parts: Vec<Tensor> =
        tensors.iter().filter(|x| !skipped(x)).map(|x| x.to_dtype(dtype).contiguous()).collect();
    let inner: usize = shape[axis + 1..].iter().product();
    let row = shape[axis] * inner;
    by_size!(dtype, R => Tensor::build(shape, dtype, |out: &mut [R]| {
        let mut at = 0;
        for x in &parts {
            let len = x.shape()[axis] * inner;
            if len == 0 {
                continue;
            }
            let x = x.contiguous_slice::<R>().expect("made contiguous above");
            for (out, x) in out.chunks_exact_mut(row).zip(x.chunks_exact(len)) {
                out[at..at + len].copy_from_slice(x);
            }
            at += len;
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::{cat, stack};
    use crate::{DType, Tensor, arange, ones, zeros};

    #[test]
    fn along_a_later_axis_of_any_layout() {
        let x = arange(0, 4, 1).reshape([2, 2]);
        let y = cat(&[x.clone(), x.t(), x.narrow(1, 1, 1)], -1);
        assert_eq!(y.shape(), [2, 5]);
        assert_eq!(y.to_vec::<i64>(), [0, 1, 0, 2, 1, 2, 3, 1, 3, 3]);
    }

    #[test]
    fn dtypes_promote_and_empty_rows_count_for_nothing() {
        let y = cat(&[arange(0, 2, 1), zeros(0), ones(1)], 0);
        assert_eq!((y.dtype(), y.to_vec::<f32>()), (DType::F32, vec![0.0, 1.0, 1.0]));
        assert_eq!(cat(&[zeros([2, 3]), zeros(0)], 1).shape(), [2, 3]);
        assert_eq!(cat(&[zeros([0, 3]), zeros([2, 3])], 0).shape(), [2, 3]);
        assert_eq!(cat(&[zeros(0)], 0).shape(), [0]);
    }

    #[test]
    fn scalars_stack() {
        assert_eq!(stack(&[Tensor::from(1i64), Tensor::from(2i64)], 0).to_vec::<i64>(), [1, 2]);
    }

    #[test]
    #[should_panic(
        expected = "Sizes of tensors must match except in dimension 0. Expected size 3 but got size 2 for tensor \
                    number 1 in the list"
    )]
    fn the_other_sizes_agree() {
        cat(&[zeros([2, 3]), zeros([3, 2])], 0);
    }

    #[test]
    #[should_panic(expected = "zero-dimensional tensor (at position 0) cannot be concatenated")]
    fn scalars_have_no_axis_to_join() {
        cat(&[zeros(())], 0);
    }

    #[test]
    #[should_panic(
        expected = "stack expects each tensor to be equal size, but got [2, 3] at entry 0 and [3, 2] at entry 1"
    )]
    fn stacked_shapes_are_equal() {
        stack(&[zeros([2, 3]), zeros([3, 2])], 0);
    }

    #[test]
    #[should_panic(expected = "expected a non-empty list of Tensors")]
    fn nothing_to_join() {
        cat::<Tensor>(&[], 0);
    }
}
