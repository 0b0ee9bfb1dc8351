use crate::{Integers, Tensor};

impl Tensor {
    /// So many copies along each axis, as `torch.Tensor.repeat` (numpy's `tile`): axes in front are new ones.
    /// [`Tensor::repeat_interleave`] repeats element by element.
    ///
    /// ```
    /// let x = tensor::Tensor::from([1i64, 2, 3]);
    /// assert_eq!(x.repeat(2).to_vec::<i64>(), [1, 2, 3, 1, 2, 3]);
    /// assert_eq!(x.repeat([4, 2]).shape(), [4, 6]);
    /// ```
    ///
    /// # Panics
    /// If there are fewer numbers than axes, or one is negative.
    #[track_caller]
    pub fn repeat(&self, repeats: impl Integers) -> Tensor {
        let repeats = repeats.integers();
        let Some(new) = repeats.len().checked_sub(self.ndim()) else {
            panic!(
                "repeat: Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor: \
                 {repeats:?} and {:?}",
                self.shape()
            )
        };
        let [mut pairs, mut spread, mut shape] = [const { Vec::new() }; 3];
        for (axis, &n) in repeats.iter().enumerate() {
            let size = if axis < new { 1 } else { self.shape()[axis - new] };
            assert!(
                n >= 0,
                "repeat: Trying to create tensor with negative dimension {}: {repeats:?} times {:?}",
                n.saturating_mul(size as isize),
                self.shape()
            );
            pairs.extend([1, size]);
            spread.extend([n as usize, size]);
            shape.push((n as usize).saturating_mul(size));
        }
        self.reshape(pairs).expand(spread).reshape(shape)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, zeros};

    #[test]
    fn axes_repeat_whole() {
        let x = Tensor::from([[1i64, 2], [3, 4]]);
        assert_eq!(x.repeat([2, 1]).to_vec::<i64>(), [1, 2, 3, 4, 1, 2, 3, 4]);
        assert_eq!(x.t().repeat([1, 2]).to_vec::<i64>(), [1, 3, 1, 3, 2, 4, 2, 4]);
        assert_eq!(x.repeat([0, 2]).shape(), [0, 4]);
        assert_eq!(zeros([0, 3]).repeat([5, 2, 2]).shape(), [5, 0, 6]);
        assert_eq!(Tensor::from(7i64).repeat(3).to_vec::<i64>(), [7; 3]);
        assert_eq!(Tensor::from(7i64).repeat(()).ndim(), 0);
    }

    #[test]
    #[should_panic(
        expected = "repeat dims can not be smaller than number of dimensions of tensor: [2] and [2, 3]"
    )]
    fn every_axis_has_a_number() {
        zeros([2, 3]).repeat(2);
    }

    #[test]
    #[should_panic(expected = "Trying to create tensor with negative dimension -3")]
    fn numbers_are_not_negative() {
        zeros([2, 3]).repeat([1, -1]);
    }
}
