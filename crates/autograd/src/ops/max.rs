use tensor::Tensor;

use super::gather::Gather;
use super::sum::kept_shape;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// The largest element. Elements that share the maximum share its gradient evenly, as in torch.
    #[track_caller]
    pub fn max(&self) -> Variable {
        let x = self.data();
        Variable::from_op(x.max(), &[self], || Extreme { name: "MaxBackward1", at: x.eq(&x.max()) })
    }

    /// The smallest element. Elements that share the minimum share its gradient evenly, as in torch.
    #[track_caller]
    pub fn min(&self) -> Variable {
        let x = self.data();
        Variable::from_op(x.min(), &[self], || Extreme { name: "MinBackward1", at: x.eq(&x.min()) })
    }

    /// The largest elements along `dim` and their positions; the gradient goes to those positions.
    ///
    /// # Panics
    /// If there is no such axis, or it is empty.
    #[track_caller]
    pub fn max_dim(&self, dim: isize, keepdim: bool) -> (Variable, Tensor) {
        let (values, indices) = self.data().max_dim(dim, keepdim);
        self.along(values, indices, dim, "MaxBackward0")
    }

    /// The smallest elements along `dim` and their positions; the gradient goes to those positions.
    ///
    /// # Panics
    /// If there is no such axis, or it is empty.
    #[track_caller]
    pub fn min_dim(&self, dim: isize, keepdim: bool) -> (Variable, Tensor) {
        let (values, indices) = self.data().min_dim(dim, keepdim);
        self.along(values, indices, dim, "MinBackward0")
    }

    fn along(&self, values: Tensor, indices: Tensor, dim: isize, name: &'static str) -> (Variable, Tensor) {
        let y = Variable::from_op(values, &[self], || Gather {
            name,
            shape: self.shape(),
            dim,
            index: indices.reshape(&kept_shape(&self.shape(), &[dim])[..]),
        });
        (y, indices)
    }
}

struct Extreme {
    name: &'static str,
    at: Tensor,
}

impl Backward for Extreme {
    fn name(&self) -> &'static str {
        self.name
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let at = self.at.to_dtype(dy.dtype());
        let share = dy / &at.sum();
        Grads::from_elem(Some(at * &share), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::{Variable, gradcheck};

    #[test]
    fn max_and_min_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.1, 0.1]]);
        gradcheck(|x| x[0].max(), &[x.clone()]);
        gradcheck(|x| x[0].min(), &[x.clone()]);
        gradcheck(|x| x[0].max_dim(1, false).0, &[x.clone()]);
        gradcheck(|x| x[0].min_dim(-2, true).0, &[x]);
    }

    #[test]
    fn equal_maxima_share_the_gradient() {
        let x = Variable::new(Tensor::from([2.0f32, 1.0, 2.0])).requires_grad_(true);
        x.max().backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [0.5, 0.0, 0.5]);
    }
}
