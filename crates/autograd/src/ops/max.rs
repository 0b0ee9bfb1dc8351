use tensor::Tensor;

use super::gather::Gather;
use super::sum::kept_shape;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// The largest element; NaN if there is one. Elements that share the maximum share its gradient evenly,
    /// and so do NaNs, as in torch.
    #[track_caller]
    pub fn max(&self) -> Variable {
        self.extreme_of_all(self.data().max(), "MaxBackward1")
    }

    /// The smallest element; NaN if there is one. Elements that share the minimum share its gradient evenly,
    /// and so do NaNs, as in torch.
    #[track_caller]
    pub fn min(&self) -> Variable {
        self.extreme_of_all(self.data().min(), "MinBackward1")
    }

    /// The largest elements over the axes `dims`, all of them if it is empty; with `keepdim` the axes stay,
    /// of size 1. Elements that share a maximum share its gradient evenly, where [`Variable::max_dim`]'s goes
    /// to the first. Beside a NaN all gradients are NaN, unlike [`Variable::max`]'s: both as in torch.
    ///
    /// # Panics
    /// If `dims` are not axes, or one of them has no elements.
    #[track_caller]
    pub fn amax(&self, dims: &[isize], keepdim: bool) -> Variable {
        self.extreme(self.data().amax(dims, keepdim), dims, "AmaxBackward0")
    }

    /// The smallest elements over the axes `dims`, as [`Variable::amax`].
    ///
    /// # Panics
    /// If `dims` are not axes, or one of them has no elements.
    #[track_caller]
    pub fn amin(&self, dims: &[isize], keepdim: bool) -> Variable {
        self.extreme(self.data().amin(dims, keepdim), dims, "AminBackward0")
    }

    fn extreme_of_all(&self, y: Tensor, name: &'static str) -> Variable {
        let (x, found) = (self.data(), y.clone());
        Variable::from_op(y, &[self], || {
            let at = if found.item().is_nan() { x.isnan() } else { x.eq(&found) };
            ExtremeOfAll { name, at }
        })
    }

    fn extreme(&self, y: Tensor, dims: &[isize], name: &'static str) -> Variable {
        let x = self.data();
        let kept = y.reshape(&kept_shape(x.shape(), dims)[..]);
        Variable::from_op(y, &[self], || Extreme { name, dims: dims.to_vec(), at: x.eq(&kept) })
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

struct ExtremeOfAll {
    name: &'static str,
    at: Tensor,
}

impl Backward for ExtremeOfAll {
    fn name(&self) -> &'static str {
        self.name
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let share = &dy / &self.at.to_dtype(dy.dtype()).sum();
        Grads::from_elem(Some(self.at.where_(&share, &dy.zeros_like())), 1)
    }
}

struct Extreme {
    name: &'static str,
    dims: Vec<isize>,
    at: Tensor,
}

impl Backward for Extreme {
    fn name(&self) -> &'static str {
        self.name
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let at = self.at.to_dtype(dy.dtype());
        let count = at.sum_dim(&self.dims, true);
        let share = dy.reshape(count.shape()) / &count;
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
        gradcheck(|x| x[0].amax(&[0], false), &[x.clone()]);
        gradcheck(|x| x[0].amin(&[0, 1], true), &[x.clone()]);
        gradcheck(|x| x[0].max_dim(1, false).0, &[x.clone()]);
        gradcheck(|x| x[0].min_dim(-2, true).0, &[x]);
    }

    #[test]
    fn equal_maxima_share_the_gradient() {
        let x = Variable::new(Tensor::from([2.0f32, 1.0, 2.0])).requires_grad_(true);
        x.max().backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [0.5, 0.0, 0.5]);
        x.zero_grad();
        x.amax(&[0], true).sum().backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [0.5, 0.0, 0.5]);
    }
}
