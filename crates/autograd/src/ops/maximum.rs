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
            x_wins: a.gt(&b),
            x: a,
            y: b,
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
            x_wins: a.lt(&b),
            x: a,
            y: b,
        })
    }
}

struct Choice {
    name: &'static str,
    x_wins: Tensor,
    x: Tensor,
    y: Tensor,
}

impl Backward for Choice {
    fn name(&self) -> &'static str {
        self.name
    }

    fn backward(&self, dz: Tensor, needs: &[bool]) -> Grads {
        let dtype = dz.dtype();
        let x_share = self.x_wins.to_dtype(dtype) + self.x.eq(&self.y).to_dtype(dtype) * 0.5;
        let dx = &dz * &x_share;
        let dy = needs[1].then(|| sum_to(dz - &dx, self.y.shape()));
        let dx = needs[0].then(|| sum_to(dx, self.x.shape()));
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
