use tensor::{Scalar, Tensor};

use super::operators::{Scale, sum_to};
use crate::{Backward, Grads, Variable};

impl Variable {
    /// `z = x − y`, with broadcasting: `dx = dz`, `dy = −dz`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn sub(&self, y: &Variable) -> Variable {
        let z = self.data().sub(&y.data());
        Variable::from_op(z, &[self, y], || Sub { x: self.shape(), y: y.shape() })
    }

    /// `y − x` for a scalar `y`, as `torch.rsub`; what `y - x` calls.
    ///
    /// # Panics
    /// If one of the two is `Bool`.
    #[track_caller]
    pub fn rsub_scalar(&self, y: impl Into<Scalar>) -> Variable {
        let z = self.data().rsub_scalar(y);
        Variable::from_op(z, &[self], || Scale { name: "RsubBackward1", factor: -1.0, saves: false })
    }

    /// `x − y` for a scalar `y`.
    #[track_caller]
    pub fn sub_scalar(&self, y: impl Into<Scalar>) -> Variable {
        let z = self.data().sub_scalar(y);
        Variable::from_op(z, &[self], || Scale { name: "SubBackward0", factor: 1.0, saves: false })
    }
}

struct Sub {
    x: Vec<usize>,
    y: Vec<usize>,
}

impl Backward for Sub {
    fn name(&self) -> &'static str {
        "SubBackward0"
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dz: Tensor, needs: &[bool]) -> Grads {
        let dx = needs[0].then(|| sum_to(dz.clone(), &self.x));
        let dy = needs[1].then(|| sum_to(dz.into_mul_scalar(-1), &self.y));
        [dx, dy].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn sub_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        gradcheck(|x| &x[0] - &x[1], &[x.clone(), y.clone()]);
        gradcheck(|x| &x[0] - &x[1], &[y, x]);
    }
}
