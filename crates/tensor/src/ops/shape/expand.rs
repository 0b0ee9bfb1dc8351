use crate::error::numel_overflow;
use crate::{Integers, Shape, Tensor};

impl Tensor {
    /// Repeated along axes of size 1 and along new axes in front, up to `shape`; `-1` keeps an axis as it is.
    /// Nothing is copied: all repeats are the same memory.
    ///
    /// ```
    /// let row = tensor::Tensor::from([1.0f32, 2.0]);
    /// assert_eq!(row.expand([3, 2]).to_vec::<f32>(), [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If an axis neither has the size asked for nor size 1, or there would be more elements than can be
    /// counted.
    #[track_caller]
    pub fn expand(&self, shape: impl Integers) -> Tensor {
        let sizes = shape.integers();
        let Some(new) = sizes.len().checked_sub(self.ndim()) else {
            panic!(
                "expand: the number of sizes provided ({}) must be greater or equal to the number of dimensions in \
                 the tensor ({}): {:?} to {sizes:?}",
                sizes.len(),
                self.ndim(),
                self.shape()
            );
        };
        let mut target = Shape::default();
        for (axis, &size) in sizes.iter().enumerate() {
            target.push(match size {
                -1 if axis >= new => self.shape()[axis - new],
                -1 => panic!(
                    "expand: the expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension \
                     {axis}"
                ),
                0.. => size as usize,
                _ => panic!("expand: numel: integer multiplication overflow: {size} is no size, in {sizes:?}"),
            });
        }
        match self.layout.broadcast_to(&target) {
            Some(layout) if target.checked_numel().is_some() => self.with_layout(layout),
            Some(_) => numel_overflow("expand", &target),
            None => {
                let axis = (new..target.len())
                    .rev()
                    .find(|&axis| self.shape()[axis - new] != 1 && self.shape()[axis - new] != target[axis])
                    .expect("some axis did not fit");
                panic!(
                    "expand: the expanded size of the tensor ({}) must match the existing size ({}) at non-singleton \
                     dimension {axis}. Target sizes: {target:?}. Tensor sizes: {:?}",
                    target[axis],
                    self.shape()[axis - new],
                    self.shape()
                );
            }
        }
    }

    /// As [`Tensor::expand`], under torch's other name.
    ///
    /// # Panics
    /// As [`Tensor::expand`].
    #[track_caller]
    pub fn broadcast_to(&self, shape: impl Integers) -> Tensor {
        self.expand(shape)
    }

    /// [`Tensor::expand`] to the shape of `other`.
    ///
    /// # Panics
    /// As [`Tensor::expand`].
    #[track_caller]
    pub fn expand_as(&self, other: &Tensor) -> Tensor {
        self.expand(other.shape())
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, zeros};

    #[test]
    fn repeats_are_one_memory_until_they_are_written() {
        let x = Tensor::from([[1i64], [2]]);
        let mut y = x.expand([3, -1, 2]);
        assert_eq!((y.shape(), y.strides()[0], y.strides()[2]), (&[3, 2, 2][..], 0, 0));
        y.make_mut::<i64>()[0] = 9;
        assert_eq!(y.to_vec::<i64>(), [9, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2]);
        assert_eq!(x.to_vec::<i64>(), [1, 2]);
    }

    #[test]
    fn nothing_and_one_element() {
        assert_eq!(zeros([1, 3]).expand([0, 3]).shape(), [0, 3]);
        assert_eq!(zeros(()).expand([2, 2]).to_vec::<f32>(), [0.0; 4]);
        assert_eq!(zeros([2, 3]).expand_as(&zeros([4, 2, 3])).shape(), [4, 2, 3]);
    }

    #[test]
    #[should_panic(
        expected = "expanded size of the tensor (4) must match the existing size (3) at non-singleton dimension 1. \
                    Target sizes: [2, 4]. Tensor sizes: [2, 3]"
    )]
    fn only_single_elements_repeat() {
        zeros([2, 3]).expand([2, 4]);
    }

    #[test]
    #[should_panic(expected = "isn't allowed in a leading, non-existing dimension 0")]
    fn a_new_axis_has_a_size() {
        zeros([2, 3]).expand([-1, 2, 3]);
    }

    #[test]
    #[should_panic(expected = "the number of sizes provided (1) must be greater or equal")]
    fn axes_do_not_disappear() {
        zeros([2, 3]).expand(3);
    }
}
