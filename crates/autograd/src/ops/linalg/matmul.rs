use tensor::Tensor;

use crate::op::describe;
use crate::op::sum_to;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// Matrix product `y = a·b`, with `a: [.., m, k]`, `b: [.., k, n]`, `y: [.., m, n]`; a 1-d operand is a
    /// row on the left and a column on the right, and further axes broadcast, as in `torch.matmul`.
    ///
    /// `da = dy·bᵀ`, `db = aᵀ·dy`.
    ///
    /// # Panics
    /// If the inner sizes or the dtypes differ.
    #[track_caller]
    pub fn matmul(&self, other: &Variable) -> Variable {
        apply(MatMul, &[self, other]).single()
    }
}

tensor::products!(Variable);

struct MatMul;

impl Op for MatMul {
    describe!("MmBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.input(1);
        x[0].matmul(&x[1]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (dy, a, b) = (dy.single(), &saved[0], &saved[1]);
        let (row, column) = (a.value().ndim() == 1, b.value().ndim() == 1);
        // Bring vectors to the matrices they stood for, so that one rule serves all shapes.
        let a = if row { a.unsqueeze(0) } else { a.clone() };
        let b = if column { b.unsqueeze(1) } else { b.clone() };
        let dy = if row { dy.unsqueeze(if column { 0 } else { -2 }) } else { dy };
        let dy = if column { dy.unsqueeze(-1) } else { dy };
        let like = |dx: V, matrix: &V, i: usize| sum_to(dx, matrix.value().shape()).reshape(saved.shape(i));
        let da = needs[0].then(|| like(dy.matmul(&b.transpose(-2, -1)), &a, 0));
        let db = needs[1].then(|| like(a.transpose(-2, -1).matmul(&dy), &b, 1));
        [da, db].into()
    }
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::{gradchecks, ramp};

    #[test]
    fn matmul_gradient_matches_finite_differences_for_every_rank() {
        let shapes: [(&[usize], &[usize]); 7] = [
            (&[2, 3], &[3, 4]),
            (&[3], &[3, 4]),
            (&[2, 3], &[3]),
            (&[3], &[3]),
            (&[2, 2, 3], &[2, 3, 2]),
            (&[2, 2, 3], &[3, 2]),
            (&[2, 1, 2, 3], &[3, 3, 2]),
        ];
        for (a, b) in shapes {
            gradchecks(|x| x[0].matmul(&x[1]), &[ramp(a), ramp(b)]);
        }
    }

    #[test]
    fn empty_operands_have_empty_gradients() {
        let shapes: [(&[usize], &[usize]); 9] = [
            (&[0, 3], &[3, 4]),
            (&[2, 0], &[0, 4]),
            (&[2, 3], &[3, 0]),
            (&[0], &[0]),
            (&[0], &[0, 4]),
            (&[2, 0], &[0]),
            (&[0, 2, 3], &[3, 2]),
            (&[2, 3], &[5, 3, 0]),
            (&[2, 1, 2, 3], &[0, 3, 2]),
        ];
        for (a, b) in shapes {
            gradchecks(|x| x[0].matmul(&x[1]), &[ramp(a), ramp(b)]);
        }
    }

    #[test]
    fn a_vector_beside_a_batch_has_its_gradient_too() {
        gradchecks(|x| x[0].matmul(&x[1]), &[ramp(&[3]), ramp(&[2, 3, 4])]);
        gradchecks(|x| x[0].matmul(&x[1]), &[ramp(&[2, 4, 3]), ramp(&[3])]);
    }
}
