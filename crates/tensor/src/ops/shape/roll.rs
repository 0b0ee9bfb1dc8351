use crate::{Integers, Tensor, cat};

impl Tensor {
    /// The elements moved on by `shifts` along `dims`, one shift for each; those that leave at one end come
    /// in at the other, as in `torch.roll`. A negative shift moves back. Without `dims` the one shift moves
    /// along the flattened tensor. The shape stays.
    ///
    /// ```
    /// let x = tensor::arange(0, 6, 1).reshape([2, 3]);
    /// assert_eq!(x.roll(1, 1).to_vec::<i64>(), [2, 0, 1, 5, 3, 4]);
    /// assert_eq!(x.roll([1, -1], [0, 1]).to_vec::<i64>(), [4, 5, 3, 1, 2, 0]);
    /// assert_eq!(x.roll(1, ()).to_vec::<i64>(), [5, 0, 1, 2, 3, 4]);
    /// ```
    ///
    /// # Panics
    /// If there is no shift, or not one for each of `dims`, or an axis does not exist.
    #[track_caller]
    pub fn roll(&self, shifts: impl Integers, dims: impl Integers) -> Tensor {
        self.rolled_along(&shifts.integers(), &dims.integers())
    }

    #[track_caller]
    fn rolled_along(&self, shifts: &[isize], dims: &[isize]) -> Tensor {
        assert!(!shifts.is_empty(), "roll: `shifts` required");
        if let (&[shift], []) = (shifts, dims) {
            return self.flatten(0, -1).rolled(shift, 0).reshape(self.shape());
        }
        assert!(
            shifts.len() == dims.len(),
            "roll: shifts and dimensions must align. shifts: {}, dims:{}",
            shifts.len(),
            dims.len()
        );
        let mut y = self.clone();
        for (&shift, &dim) in shifts.iter().zip(dims) {
            y = y.rolled(shift, self.some_axis("roll", dim));
        }
        y
    }

    /// Along one axis.
    fn rolled(&self, shift: isize, axis: usize) -> Tensor {
        let (n, dim) = (self.shape()[axis], axis as isize);
        let shift = if n == 0 { 0 } else { shift.rem_euclid(n as isize) };
        if shift == 0 {
            return self.clone();
        }
        let front = n - shift as usize;
        cat(&[self.narrow(dim, front as isize, shift as usize), self.narrow(dim, 0, front)], dim)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, zeros};

    #[test]
    fn shifts_go_round_and_add_up() {
        let x = arange(0, 12, 1).reshape([3, 4]);
        assert_eq!(x.roll([-9], [1]).to_vec::<i64>(), x.roll([3], [-1]).to_vec::<i64>());
        assert_eq!(x.roll([1, 1], [0, 0]).to_vec::<i64>(), x.roll([-1], [0]).to_vec::<i64>());
        assert_eq!(x.t().roll([5], ()).roll([-5], ()).to_vec::<i64>(), x.t().to_vec::<i64>());
        assert_eq!(zeros([0, 3]).roll([1], [0]).shape(), [0, 3]);
        assert_eq!(Tensor::from(3i64).roll([1], ()).shape(), [0usize; 0]);
    }

    #[test]
    #[should_panic(expected = "roll: shifts and dimensions must align. shifts: 2, dims:0")]
    fn one_shift_for_each_axis() {
        zeros([2, 3]).roll([1, 2], ());
    }

    #[test]
    #[should_panic(expected = "roll: Dimension specified as 0 but tensor has no dimensions")]
    fn a_scalar_has_no_axis() {
        zeros(()).roll([1], [0]);
    }
}
