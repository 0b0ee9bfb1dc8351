use smallvec::SmallVec;
use tensor::{Integers, Repeats, Tensor};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// So many copies along each axis, as [`Tensor::repeat`]; axes in front are new ones. The gradient is
    /// summed over the copies.
    ///
    /// # Panics
    /// As [`Tensor::repeat`].
    #[track_caller]
    pub fn repeat(&self, repeats: impl Integers) -> Variable {
        apply(Repeat { repeats: repeats.integers() }, &[self]).single()
    }

    /// Each slice along `dim` repeated on the spot, as [`Tensor::repeat_interleave`]; with `None` the
    /// elements of the flattened variable. The gradient is summed over the copies.
    ///
    /// # Panics
    /// As [`Tensor::repeat_interleave`].
    #[track_caller]
    pub fn repeat_interleave(&self, repeats: impl Into<Repeats>, dim: impl Into<Option<isize>>) -> Variable {
        let Some(dim) = dim.into() else { return self.flatten(0, -1).repeat_interleave(repeats, 0) };
        apply(RepeatInterleave { repeats: repeats.into(), dim }, &[self]).single()
    }
}

struct Repeat {
    repeats: SmallVec<[isize; 6]>,
}

impl Op for Repeat {
    describe!("RepeatBackward0", repeats);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].repeat(&self.repeats[..]).into()
    }

    /// The sums are torch's: over the new axes one after the other, then over all copies at once.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (mut dx, shape) = (dy.single(), saved.shape(0));
        if self.repeats.contains(&0) {
            return V::constant(tensor::zeros_dtype(shape, dx.value().dtype())).into();
        }
        let new = self.repeats.len() - shape.len();
        for _ in 0..new {
            dx = dx.sum_dim(&[0], false);
        }
        let (mut pairs, mut copies) = (Vec::new(), Vec::new());
        for (&n, &size) in self.repeats[new..].iter().zip(shape) {
            if n != 1 {
                copies.push(pairs.len() as isize);
                pairs.push(n as usize);
            }
            pairs.push(size);
        }
        if !copies.is_empty() {
            dx = dx.reshape(&pairs).sum_dim(&copies, false);
        }
        dx.into()
    }
}

struct RepeatInterleave {
    repeats: Repeats,
    dim: isize,
}

impl Op for RepeatInterleave {
    fn name(&self) -> &'static str {
        match self.repeats {
            Repeats::All(_) => "ViewBackward0",
            Repeats::Each(_) => "IndexSelectBackward0",
        }
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        if let Repeats::Each(_) = self.repeats {
            save.spent();
        }
        x[0].repeat_interleave(self.repeats.clone(), self.dim).into()
    }

    /// torch sums equally many copies at once, and others one after the other.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, shape) = (dy.single(), saved.shape(0));
        let axis = self.dim.rem_euclid(shape.len() as isize);
        if let Repeats::All(n) = self.repeats {
            let mut copies = shape.to_vec();
            copies.insert(axis as usize + 1, n);
            return dy.reshape(&copies).sum_dim(&[axis + 1], false).into();
        }
        let zeros = V::constant(tensor::zeros_dtype(shape, dy.value().dtype()));
        zeros.index_add(axis, &self.repeats.positions(shape[axis as usize]), &dy).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn repeat_gradient_matches_finite_differences() {
        for repeats in [&[2, 1][..], &[1, 3], &[2, 3, 2], &[2, 2, 1, 1], &[0, 2], &[1, 1]] {
            gradchecks(|x| x[0].repeat(repeats).square(), &[numbers(&[2, 3])]);
        }
        gradchecks(|x| x[0].repeat(3), &[numbers(&[])]);
    }

    #[test]
    fn repeat_interleave_gradient_matches_finite_differences() {
        let x = numbers(&[2, 3]);
        for dim in [None, Some(0), Some(-1)] {
            gradchecks(|x| x[0].repeat_interleave(2, dim).square(), &[x.clone()]);
        }
        let each = Tensor::from([2i64, 0, 1]);
        gradchecks(|x| x[0].repeat_interleave(&each, 1).square(), &[x]);
        gradchecks(|x| x[0].repeat_interleave(2, None), &[numbers(&[])]);
    }
}
