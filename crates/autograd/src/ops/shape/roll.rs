use tensor::{Integers, Tensor};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The elements moved on by `shifts` along `dims`, and round, as [`Tensor::roll`]. `dx` is `dy` moved
    /// back.
    ///
    /// # Panics
    /// As [`Tensor::roll`].
    #[track_caller]
    pub fn roll(&self, shifts: impl Integers, dims: impl Integers) -> Variable {
        self.rolled_along(&shifts.integers(), &dims.integers())
    }

    #[track_caller]
    fn rolled_along(&self, shifts: &[isize], dims: &[isize]) -> Variable {
        apply(Roll { shifts: shifts.to_vec(), dims: dims.to_vec() }, &[self]).single()
    }
}

struct Roll {
    shifts: Vec<isize>,
    dims: Vec<isize>,
}

impl Op for Roll {
    describe!("RollBackward0", shifts, dims);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].roll(&self.shifts, &self.dims).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let back: Vec<isize> = self.shifts.iter().map(|shift| shift.wrapping_neg()).collect();
        dy.single().roll(&back, &self.dims).into()
    }
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn roll_gradient_matches_finite_differences() {
        for (shifts, dims) in [(&[1][..], &[0][..]), (&[-2, 5], &[1, -1]), (&[3], &[]), (&[1, 1], &[0, 0])] {
            gradchecks(|x| x[0].roll(shifts, dims).square(), &[numbers(&[2, 3])]);
        }
    }
}
