use tensor::{Scalar, Tensor};

use super::operators::{Scale, sum_to};
use crate::{Backward, Grads, Variable};

impl Variable {
    /// `z = x/y`, elementwise, with broadcasting: `dx = dz/y`, `dy = −z·dz/y`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn div(&self, y: &Variable) -> Variable {
        let (x, y_data) = (self.data(), y.data());
        let z = x.div(&y_data);
        Variable::from_op(z.clone(), &[self, y], || Div { x: x.shape().to_vec(), y: y_data, z })
    }

    /// `x/y` for a scalar `y`.
    #[track_caller]
    pub fn div_scalar(&self, y: impl Into<Scalar>) -> Variable {
        let y = y.into();
        let z = self.data().div_scalar(y);
        Variable::from_op(z, &[self], || Scale {
            name: "DivBackward0",
            factor: 1.0 / y.to_f64(),
            saves: true,
        })
    }
}

struct Div {
    x: Vec<usize>,
    y: Tensor,
    z: Tensor,
}

impl Backward for Div {
    fn name(&self) -> &'static str {
        "DivBackward0"
    }

    fn backward(&self, dz: Tensor, needs: &[bool]) -> Grads {
        let dx = dz / &self.y;
        let dy = needs[1].then(|| sum_to((&dx * &self.z).into_mul_scalar(-1), self.y.shape()));
        let dx = needs[0].then(|| sum_to(dx, &self.x));
        [dx, dy].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn div_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        gradcheck(|x| &x[0] / &x[1], &[x.clone(), y.clone()]);
        gradcheck(|x| &x[0] / &x[1], &[y, x]);
    }
}
