use crate::layout::Layout;
use crate::{Shape, Tensor};

impl Tensor {
    /// Every window of `size` neighbours along `dim`, `step` apart, as `torch.Tensor.unfold`: `dim` counts
    /// the windows then, and a new last axis of `size` holds their elements. Nothing is copied. (The
    /// patches of images that `torch.nn.functional.unfold` takes are [`Tensor::im2col`].)
    ///
    /// ```
    /// let x = tensor::arange(0, 7, 1);
    /// let windows = x.unfold(0, 3, 2);
    /// assert_eq!(windows.shape(), [3, 3]);
    /// assert_eq!(windows.to_vec::<i64>(), [0, 1, 2, 2, 3, 4, 4, 5, 6]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, if it is shorter than `size`, or if `step` is 0.
    #[track_caller]
    pub fn unfold(&self, dim: isize, size: usize, step: usize) -> Tensor {
        let axis = self.axis("unfold", dim);
        let length = self.shape().get(axis).copied().unwrap_or(1); // a scalar is one element
        assert!(
            size <= length,
            "unfold: maximum size for tensor at dimension {axis} is {length} but size is {size}"
        );
        assert!(step > 0, "unfold: step is {step} but must be > 0");
        let [mut shape, mut strides]: [Shape; 2] = [self.shape().into(), self.strides().into()];
        let neighbour = strides.get(axis).copied().unwrap_or(1);
        if let Some(windows) = shape.get_mut(axis) {
            *windows = (length - size) / step + 1;
            // A single window has no next one, and a step past the end may be beyond all numbers.
            strides[axis] = if *windows > 1 { neighbour * step } else { neighbour };
        }
        shape.push(size);
        strides.push(neighbour);
        self.with_layout(Layout { shape, strides, offset: self.layout.offset })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn windows_of_any_axis_share_the_memory() {
        let x = arange(0, 12, 1).reshape([3, 4]);
        assert_eq!(x.unfold(0, 2, 1).shape(), [2, 4, 2]);
        assert_eq!(x.unfold(0, 2, 1).to_vec::<i64>()[..4], [0, 4, 1, 5]);
        assert_eq!(x.t().unfold(-1, 2, 5).to_vec::<i64>(), [0, 4, 1, 5, 2, 6, 3, 7]);
        assert_eq!(x.unfold(1, 4, usize::MAX).shape(), [3, 1, 4]);
        assert_eq!(Tensor::from(3i64).unfold(0, 1, 1).to_vec::<i64>(), [3]);
        assert_eq!(zeros([0, 3]).unfold(0, 0, 1).shape(), [1, 3, 0]);
        assert_eq!(x.unfold(1, 2, 2).unfold(0, 2, 1).shape(), [2, 2, 2, 2]);
    }

    #[test]
    #[should_panic(expected = "unfold: maximum size for tensor at dimension 0 is 3 but size is 4")]
    fn a_window_fits() {
        zeros([3, 4]).unfold(0, 4, 1);
    }

    #[test]
    #[should_panic(expected = "unfold: step is 0 but must be > 0")]
    fn windows_move_on() {
        zeros([3, 4]).unfold(0, 2, 0);
    }
}
