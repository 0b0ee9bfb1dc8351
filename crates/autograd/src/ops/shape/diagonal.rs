use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

tensor::composed_diagonals!(Variable, |x| x.data());

impl Variable {
    /// The diagonals of the planes of `dim1` and `dim2` as a new last axis, as [`Tensor::diagonal`].
    ///
    /// # Panics
    /// As [`Tensor::diagonal`].
    #[track_caller]
    pub fn diagonal(&self, offset: isize, dim1: isize, dim2: isize) -> Variable {
        apply(Diagonal { offset, dim1, dim2 }, &[self]).single()
    }
}

struct Diagonal {
    offset: isize,
    dim1: isize,
    dim2: isize,
}

impl Op for Diagonal {
    describe!("DiagonalBackward0", offset, dim1, dim2);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].diagonal(self.offset, self.dim1, self.dim2).into()
    }

    /// Zeros with `dy` on the diagonals.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let zeros = V::constant(tensor::zeros_dtype(saved.shape(0), dy.value().dtype()));
        zeros.diagonal_scatter(&dy, self.offset, self.dim1, self.dim2).into()
    }
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_of_diagonals_match_finite_differences() {
        let x = numbers(&[2, 3, 2]);
        for (offset, dim1, dim2) in [(0, 0, 1), (1, 2, 1), (-1, -1, 0), (5, 0, 1)] {
            gradchecks(|x| x[0].diagonal(offset, dim1, dim2).square(), &[x.clone()]);
        }
        gradchecks(|x| x[0].select(2, 0).diag(1).square(), &[x.clone()]);
        gradchecks(|x| x[0].diag_embed(-1, 0, -1).square(), &[x.clone()]);
        gradchecks(|x| x[0].diagflat(2).square(), &[x.narrow(0, 0, 1)]);
    }
}
