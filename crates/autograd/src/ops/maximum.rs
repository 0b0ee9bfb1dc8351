use tensor::Tensor;

use super::operators::sum_to;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// The larger of two elements, with broadcasting. Equal ones share the gradient by halves, as in torch.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn maximum(&self, y: &Variable) -> Variable {
        let (a, b) = (self.data(), y.data());
        Variable::from_op(a.maximum(&b), &[self, y], || Choice {
            name: "MaximumBackward0",
            y_wins: a.lt(&b),
            x_wins: a.gt(&b),
            equal: a.eq(&b),
            shapes: [a, b].map(|x| x.shape().to_vec()),
        })
    }

    /// The smaller of two elements, with broadcasting. Equal ones share the gradient by halves, as in torch.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn minimum(&self, y: &Variable) -> Variable {
        let (a, b) = (self.data(), y.data());
        Variable::from_op(a.minimum(&b), &[self, y], || Choice {
            name: "MinimumBackward0",
            y_wins: a.gt(&b),
            x_wins: a.lt(&b),
            equal: a.eq(&b),
            shapes: [a, b].map(|x| x.shape().to_vec()),
        })
    }
}

struct Choice {
    name: &'static str,
    x_wins: Tensor,
    y_wins: Tensor,
    equal: Tensor,
    shapes: [Vec<usize>; 2],
}

impl Backward for Choice {
    fn name(&self) -> &'static str {
        self.name
    }

    /// Half of `dz` to equals, all of it to the winner; beside a NaN, to both.
    fn backward(&self, dz: Tensor, needs: &[bool]) -> Grads {
        let shared = self.equal.where_(&(&dz * 0.5), &dz);
        let zero = tensor::zeros_dtype((), dz.dtype());
        let [x, y] = &self.shapes;
        let dx = needs[0].then(|| sum_to(self.y_wins.where_(&zero, &shared), x));
        let dy = needs[1].then(|| sum_to(self.x_wins.where_(&zero, &shared), y));
        [dx, dy].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::{Variable, gradcheck};

    #[test]
    fn maximum_and_minimum_gradients_match_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        gradcheck(|x| x[0].maximum(&x[1]), &[x.clone(), y.clone()]);
        gradcheck(|x| x[0].minimum(&x[1]), &[x, y]);
    }

    #[test]
    fn equal_elements_share_the_gradient() {
        let x = Variable::new(Tensor::from([1.0f32])).requires_grad_(true);
        let y = Variable::new(Tensor::from([1.0f32])).requires_grad_(true);
        x.maximum(&y).sum().backward();
        assert_eq!((x.grad().expect("took part").item(), y.grad().expect("took part").item()), (0.5, 0.5));
    }
}
