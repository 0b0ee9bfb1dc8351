use tensor::Tensor;

use super::sum::kept_shape;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// The unbiased variance of all elements (divided by `n − 1`), as `torch.var`.
    #[track_caller]
    pub fn var(&self) -> Variable {
        self.var_dim(&[], 1, false)
    }

    /// The variance over the axes `dims` (all if empty), divided by `n − correction`; `dx = 2(x − x̄)/(n − correction)·dy`.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn var_dim(&self, dims: &[isize], correction: usize, keepdim: bool) -> Variable {
        let x = self.data();
        let all: Vec<isize> = (0..x.ndim() as isize).collect();
        let dims = if dims.is_empty() { &all } else { dims };
        let centred = &x - &x.mean_dim(dims, true);
        let kept = kept_shape(x.shape(), dims);
        let n = x.numel() / kept.iter().product::<usize>().max(1);
        let scale = 1.0 / (n as f64 - correction as f64).max(0.0);
        let y = centred.square().sum_dim(dims, keepdim).into_mul_scalar(scale);
        Variable::from_op(y, &[self], || Var { centred, kept, scale })
    }

    /// The unbiased standard deviation of all elements, as `torch.std`.
    #[track_caller]
    pub fn std(&self) -> Variable {
        self.var().sqrt()
    }

    /// The square root of [`Variable::var_dim`].
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn std_dim(&self, dims: &[isize], correction: usize, keepdim: bool) -> Variable {
        self.var_dim(dims, correction, keepdim).sqrt()
    }
}

struct Var {
    centred: Tensor,
    kept: Vec<usize>,
    scale: f64,
}

impl Backward for Var {
    fn name(&self) -> &'static str {
        "VarBackward0"
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let dy = dy.reshape(&self.kept[..]).into_mul_scalar(2.0 * self.scale);
        Grads::from_elem(Some(&self.centred * &dy), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn var_and_std_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].var(), &[x.clone()]);
        gradcheck(|x| x[0].var_dim(&[1], 0, false), &[x.clone()]);
        gradcheck(|x| x[0].std_dim(&[0], 1, true), &[x.clone()]);
        gradcheck(|x| x[0].std(), &[x]);
    }
}
