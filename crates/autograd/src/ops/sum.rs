use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// The sum of all elements; each gets the whole gradient.
    pub fn sum(&self) -> Variable {
        let y = self.data().sum();
        Variable::from_op(y, &[self], || Sum {
            name: "SumBackward0",
            shape: self.shape(),
            kept: Vec::new(),
            scale: 1.0,
        })
    }

    /// The sum over the axes `dims`, which stay as axes of size 1 if `keepdim`.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn sum_dim(&self, dims: &[isize], keepdim: bool) -> Variable {
        let y = self.data().sum_dim(dims, keepdim);
        Variable::from_op(y, &[self], || Sum {
            name: "SumBackward1",
            shape: self.shape(),
            kept: kept_shape(&self.shape(), dims),
            scale: 1.0,
        })
    }
}

/// `shape` with 1 in place of the axes `dims`; all of them where `dims` is empty.
pub(crate) fn kept_shape(shape: &[usize], dims: &[isize]) -> Vec<usize> {
    let mut kept = shape.to_vec();
    for (axis, size) in kept.iter_mut().enumerate() {
        let names = [axis as isize, axis as isize - shape.len() as isize];
        if dims.is_empty() || dims.iter().any(|d| names.contains(d)) {
            *size = 1;
        }
    }
    kept
}

/// The derivative of a sum, and, with a `scale`, of a mean: the gradient is repeated along the summed axes.
pub(crate) struct Sum {
    pub(crate) name: &'static str,
    pub(crate) shape: Vec<usize>,
    /// The output's shape with the summed axes kept as 1; empty for a sum over everything.
    pub(crate) kept: Vec<usize>,
    pub(crate) scale: f64,
}

impl Backward for Sum {
    fn name(&self) -> &'static str {
        self.name
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let dy = if self.scale == 1.0 { dy } else { dy.into_mul_scalar(self.scale) };
        Grads::from_elem(Some(dy.reshape(&self.kept[..]).expand(&self.shape[..])), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn sum_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].square().sum(), &[x.clone()]);
        gradcheck(|x| x[0].sum_dim(&[0], false), &[x.clone()]);
        gradcheck(|x| x[0].sum_dim(&[-1], true), &[x.clone()]);
        gradcheck(|x| x[0].sum_dim(&[0, 1], false), &[x]);
    }
}
