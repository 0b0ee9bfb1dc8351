use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// Every window of `size` neighbours along `dim`, `step` apart, in a new last axis, as
    /// [`Tensor::unfold`]. The gradient is summed where windows overlap.
    ///
    /// # Panics
    /// As [`Tensor::unfold`].
    #[track_caller]
    pub fn unfold(&self, dim: isize, size: usize, step: usize) -> Variable {
        apply(Unfold { dim, size, step }, &[self]).single()
    }
}

struct Unfold {
    dim: isize,
    size: usize,
    step: usize,
}

impl Op for Unfold {
    describe!("UnfoldBackward0", dimension: dim, size, step);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].unfold(self.dim, self.size, self.step).into()
    }

    /// Window after window is added where it was.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, shape, size) = (dy.single(), saved.shape(0), self.size);
        if shape.is_empty() {
            let all = if size == 0 { dy.sum_dim(&[], false) } else { dy };
            return all.reshape(shape).into();
        }
        let axis = self.dim.rem_euclid(shape.len() as isize) as usize;
        let windows = dy.value().shape()[axis];
        // The elements of a window beside their window's axis, and both as one.
        let last = shape.len() as isize;
        let mut order: Vec<isize> = (0..last).collect();
        order.insert(axis + 1, last);
        let mut rows = shape.to_vec();
        rows[axis] = windows * size;
        let rows = dy.permute(&order).reshape(&rows);
        let place = |at: usize| (at / size * self.step + at % size) as i64;
        let places: Vec<i64> = (0..windows * size).map(place).collect();
        let zeros = V::constant(tensor::zeros_dtype(shape, rows.value().dtype()));
        zeros.index_add(axis as isize, &Tensor::from_slice(&places, places.len()), &rows).into()
    }
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn unfold_gradient_matches_finite_differences() {
        for (dim, size, step) in [(0, 2, 1), (1, 3, 2), (-1, 2, 3), (1, 4, 1), (0, 1, usize::MAX), (0, 0, 1)]
        {
            gradchecks(|x| x[0].unfold(dim, size, step).square(), &[numbers(&[3, 4])]);
        }
        gradchecks(|x| x[0].unfold(0, 1, 1), &[numbers(&[])]);
    }
}
