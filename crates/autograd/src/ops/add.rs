use tensor::{Scalar, Tensor};

use super::operators::{Scale, sum_to};
use crate::{Backward, Grads, Variable};

impl Variable {
    /// `z = x + y`, with broadcasting; the gradient goes to both unchanged.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn add(&self, y: &Variable) -> Variable {
        let z = self.data().add(&y.data());
        Variable::from_op(z, &[self, y], || Add { x: self.shape(), y: y.shape() })
    }

    /// `x + y` for a scalar `y`.
    #[track_caller]
    pub fn add_scalar(&self, y: impl Into<Scalar>) -> Variable {
        let z = self.data().add_scalar(y);
        Variable::from_op(z, &[self], || Scale { name: "AddBackward0", factor: 1.0, saves: false })
    }
}

struct Add {
    x: Vec<usize>,
    y: Vec<usize>,
}

impl Backward for Add {
    fn name(&self) -> &'static str {
        "AddBackward0"
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dz: Tensor, needs: &[bool]) -> Grads {
        let dx = needs[0].then(|| sum_to(dz.clone(), &self.x));
        let dy = needs[1].then(|| sum_to(dz, &self.y));
        [dx, dy].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn add_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        gradcheck(|x| &x[0] + &x[1], &[x.clone(), y.clone()]);
        gradcheck(|x| &x[0] + &x[1], &[y, x]);
    }

    #[test]
    fn a_variable_added_to_itself_counts_twice() {
        gradcheck(|x| &x[0] + &x[0], &[Tensor::from([1.0, 2.0])]);
    }
}
