use tensor::Tensor;

use super::operators::sum_to;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// Matrix product `y = a·b`, with `a: [.., m, k]`, `b: [.., k, n]`, `y: [.., m, n]`; a 1-d operand is a row
    /// on the left and a column on the right, and further axes broadcast, as in `torch.matmul`.
    ///
    /// `da = dy·bᵀ`, `db = aᵀ·dy`.
    ///
    /// # Panics
    /// If the inner sizes or the dtypes differ.
    #[track_caller]
    pub fn matmul(&self, other: &Variable) -> Variable {
        let (a, b) = (self.data(), other.data());
        Variable::from_op(a.matmul(&b), &[self, other], || MatMul { a, b })
    }

    /// The matrix product of two 2-d variables, by torch's name for it.
    ///
    /// # Panics
    /// If either is not 2-d, and as [`Variable::matmul`].
    #[track_caller]
    pub fn mm(&self, other: &Variable) -> Variable {
        assert!(
            self.ndim() == 2 && other.ndim() == 2,
            "mm: expected two matrices, got {:?} and {:?}",
            self.shape(),
            other.shape()
        );
        self.matmul(other)
    }
}

struct MatMul {
    a: Tensor,
    b: Tensor,
}

impl Backward for MatMul {
    fn name(&self) -> &'static str {
        "MmBackward0"
    }

    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads {
        // Bring vectors to the matrices they stood for, so that one rule serves all shapes.
        let a = if self.a.ndim() == 1 { self.a.unsqueeze(0) } else { self.a.clone() };
        let b = if self.b.ndim() == 1 { self.b.unsqueeze(1) } else { self.b.clone() };
        let dy = if self.a.ndim() == 1 { dy.unsqueeze(if self.b.ndim() == 1 { 0 } else { -2 }) } else { dy };
        let dy = if self.b.ndim() == 1 { dy.unsqueeze(-1) } else { dy };
        let da = needs[0].then(|| sum_to(dy.matmul(&b.transpose(-2, -1)), a.shape()).reshape(self.a.shape()));
        let db = needs[1].then(|| sum_to(a.transpose(-2, -1).matmul(&dy), b.shape()).reshape(self.b.shape()));
        [da, db].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    fn ramp(shape: &[usize]) -> Tensor {
        let n: usize = shape.iter().product();
        Tensor::from_vec((0..n).map(|i| ((i * 37) % 17) as f64 / 8.0 - 1.0).collect(), shape)
    }

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
            gradcheck(|x| x[0].matmul(&x[1]), &[ramp(a), ramp(b)]);
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
            gradcheck(|x| x[0].matmul(&x[1]), &[ramp(a), ramp(b)]);
        }
    }

    #[test]
    fn a_vector_beside_a_batch_has_its_gradient_too() {
        gradcheck(|x| x[0].matmul(&x[1]), &[ramp(&[3]), ramp(&[2, 3, 4])]);
        gradcheck(|x| x[0].matmul(&x[1]), &[ramp(&[2, 4, 3]), ramp(&[3])]);
    }
}
