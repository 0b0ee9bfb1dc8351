use tensor::{Scalar, Tensor};

use super::operators::{Scale, sum_to};
use crate::{Backward, Grads, Variable};

impl Variable {
    /// `z = x·y`, elementwise, with broadcasting: `dx = y·dz`, `dy = x·dz`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn mul(&self, y: &Variable) -> Variable {
        let (x, y_data) = (self.data(), y.data());
        Variable::from_op(x.mul(&y_data), &[self, y], || Mul { x, y: y_data })
    }

    /// `x·y` for a scalar `y`.
    #[track_caller]
    pub fn mul_scalar(&self, y: impl Into<Scalar>) -> Variable {
        let y = y.into();
        let z = self.data().mul_scalar(y);
        Variable::from_op(z, &[self], || Scale { name: "MulBackward0", factor: y.to_f64(), saves: true })
    }
}

struct Mul {
    x: Tensor,
    y: Tensor,
}

impl Backward for Mul {
    fn name(&self) -> &'static str {
        "MulBackward0"
    }

    fn backward(&self, dz: Tensor, needs: &[bool]) -> Grads {
        let dx = needs[0].then(|| sum_to(&dz * &self.y, self.x.shape()));
        let dy = needs[1].then(|| sum_to(dz * &self.x, self.y.shape()));
        [dx, dy].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn mul_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        gradcheck(|x| &x[0] * &x[1], &[x.clone(), y.clone()]);
        gradcheck(|x| &x[0] * &x[1], &[y, x.clone()]);
        gradcheck(|x| &x[0] * &x[0], &[x]);
    }
}
