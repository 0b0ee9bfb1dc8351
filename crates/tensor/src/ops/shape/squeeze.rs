use crate::Tensor;
use crate::tensor::axis_of;

impl Tensor {
    /// Without the axes of size 1, or, given `dim`, without that one if its size is 1. Nothing is copied.
    ///
    /// ```
    /// let x = tensor::zeros([1, 3, 1]);
    /// assert_eq!(x.squeeze(None).shape(), [3]);
    /// assert_eq!(x.squeeze(0).shape(), [3, 1]);
    /// assert_eq!(x.squeeze(1).shape(), [1, 3, 1]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn squeeze(&self, dim: impl Into<Option<isize>>) -> Tensor {
        let axes = match dim.into() {
            Some(dim) => {
                let axis = self.axis("squeeze", dim);
                axis..axis + 1
            }
            None => 0..self.ndim(),
        };
        let mut layout = self.layout.clone();
        for axis in axes.rev() {
            if layout.shape.get(axis) == Some(&1) {
                layout.shape.remove(axis);
                layout.strides.remove(axis);
            }
        }
        self.with_layout(layout)
    }

    /// With a new axis of size 1 before `dim`; `-1` puts it last. Nothing is copied.
    ///
    /// ```
    /// assert_eq!(tensor::zeros([2, 3]).unsqueeze(1).shape(), [2, 1, 3]);
    /// assert_eq!(tensor::zeros([2, 3]).unsqueeze(-1).shape(), [2, 3, 1]);
    /// ```
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn unsqueeze(&self, dim: isize) -> Tensor {
        let axis = axis_of("unsqueeze", dim, self.ndim() + 1);
        let mut layout = self.layout.clone();
        // The stride of an axis of size 1 is not used: it may wrap.
        let stride =
            if axis < self.ndim() { layout.shape[axis].wrapping_mul(layout.strides[axis]) } else { 1 };
        layout.shape.insert(axis, 1);
        layout.strides.insert(axis, stride);
        self.with_layout(layout)
    }
}

#[cfg(test)]
mod tests {
    use crate::{arange, zeros};

    #[test]
    fn squeeze_undoes_unsqueeze_on_any_layout() {
        let x = arange(0, 6, 1).reshape([2, 3]).t();
        for dim in -3..3 {
            let y = x.unsqueeze(dim);
            assert_eq!(y.squeeze(dim).strides(), x.strides());
            assert_eq!(y.to_vec::<i64>(), x.to_vec::<i64>());
        }
        assert!(zeros([2, 3]).unsqueeze(1).is_contiguous());
    }

    #[test]
    fn single_elements() {
        assert_eq!(zeros([1, 1]).squeeze(None).ndim(), 0);
        assert_eq!(zeros(()).unsqueeze(0).shape(), [1]);
        assert_eq!(zeros(()).squeeze(0).ndim(), 0);
    }

    #[test]
    #[should_panic(expected = "out of range (expected to be in range of [-3, 2], but got 5)")]
    fn unsqueeze_counts_the_new_axis() {
        zeros([2, 3]).unsqueeze(5);
    }
}
