use crate::{DType, Tensor};

/// How often [`Tensor::repeat_interleave`] repeats: from a number or from a tensor.
#[derive(Clone, Debug)]
pub enum Repeats {
    /// Everything equally often.
    All(usize),
    /// Each slice as often as its number says, `I64` or `I32`; one number is for all of them.
    Each(Tensor),
}

impl From<usize> for Repeats {
    fn from(n: usize) -> Repeats {
        Repeats::All(n)
    }
}

impl From<&Tensor> for Repeats {
    fn from(repeats: &Tensor) -> Repeats {
        Repeats::Each(repeats.clone())
    }
}

impl Repeats {
    /// Where the slices of the result come from along an axis of `size`, `I64`: `torch.repeat_interleave` of
    /// the numbers alone.
    ///
    /// # Panics
    /// If there are other numbers than one for each slice, or they are negative or no `I64` or `I32`.
    #[track_caller]
    pub fn positions(&self, size: usize) -> Tensor {
        let each = match self {
            Repeats::All(n) => vec![*n as i64; size],
            Repeats::Each(repeats) => {
                assert!(
                    repeats.ndim() <= 1,
                    "repeat_interleave: repeats must be 0-dim or 1-dim tensor, got {:?}",
                    repeats.shape()
                );
                assert!(
                    matches!(repeats.dtype(), DType::I64 | DType::I32),
                    "repeat_interleave: repeats must be int64 or int32, got {}",
                    repeats.dtype()
                );
                let each = repeats.to_dtype(DType::I64).to_vec::<i64>();
                assert!(
                    each.len() == size || each.len() == 1,
                    "repeat_interleave: repeats must have the same size as input along dim, but got \
                     repeats.size(0) = {} and input.size(0) = {size}",
                    each.len()
                );
                assert!(each.iter().all(|&n| n >= 0), "repeat_interleave: repeats can not be negative");
                if each.len() == size { each } else { vec![each[0]; size] }
            }
        };
        let positions = (0..size as i64).zip(each).flat_map(|(at, n)| std::iter::repeat_n(at, n as usize));
        let positions: Vec<i64> = positions.collect();
        Tensor::from_slice(&positions, positions.len())
    }
}

impl Tensor {
    /// Each slice along `dim` repeated on the spot, as `torch.repeat_interleave`: equally often, or as
    /// often as a tensor says for each. With `None` for `dim` the elements of the flattened tensor are
    /// repeated.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1i64, 2], [3, 4]]);
    /// assert_eq!(x.repeat_interleave(2, 1).to_vec::<i64>(), [1, 1, 2, 2, 3, 3, 4, 4]);
    /// assert_eq!(x.repeat_interleave(2, None).shape(), [8]);
    /// let y = x.repeat_interleave(&Tensor::from([0i64, 2]), 0);
    /// assert_eq!(y.to_vec::<i64>(), [3, 4, 3, 4]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or the numbers are not one for each slice.
    #[track_caller]
    pub fn repeat_interleave(&self, repeats: impl Into<Repeats>, dim: impl Into<Option<isize>>) -> Tensor {
        let Some(dim) = dim.into() else { return self.flatten(0, -1).repeat_interleave(repeats, 0) };
        let axis = self.some_axis("repeat_interleave", dim);
        self.index_select(axis as isize, &repeats.into().positions(self.shape()[axis]))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn numbers_for_all_and_for_each() {
        let x = arange(0, 6, 1).reshape([2, 3]);
        let each = Tensor::from([1i32, 0, 2]);
        assert_eq!(x.repeat_interleave(&each, -1).to_vec::<i64>(), [0, 2, 2, 3, 5, 5]);
        assert_eq!(x.t().repeat_interleave(2, 1).to_vec::<i64>(), [0, 0, 3, 3, 1, 1, 4, 4, 2, 2, 5, 5]);
        assert_eq!(x.repeat_interleave(&Tensor::from(2i64), 0).shape(), [4, 3]);
        assert_eq!(x.repeat_interleave(0, 0).shape(), [0, 3]);
        assert_eq!(zeros([0, 3]).repeat_interleave(4, 0).shape(), [0, 3]);
        assert_eq!(Tensor::from(7i64).repeat_interleave(3, None).to_vec::<i64>(), [7; 3]);
    }

    #[test]
    #[should_panic(expected = "but got repeats.size(0) = 2 and input.size(0) = 3")]
    fn a_number_for_each_slice() {
        zeros([3, 2]).repeat_interleave(&Tensor::from([1i64, 2]), 0);
    }

    #[test]
    #[should_panic(expected = "repeats can not be negative")]
    fn numbers_are_not_negative() {
        zeros([2]).repeat_interleave(&Tensor::from([1i64, -2]), 0);
    }
}
