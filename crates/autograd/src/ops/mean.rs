use super::sum::{Sum, kept_shape};
use crate::Variable;

impl Variable {
    /// The mean of all elements.
    #[track_caller]
    pub fn mean(&self) -> Variable {
        let y = self.data().mean();
        let scale = 1.0 / self.numel() as f64;
        Variable::from_op(y, &[self], || Sum {
            name: "MeanBackward0",
            shape: self.shape(),
            kept: Vec::new(),
            scale,
        })
    }

    /// The mean over the axes `dims`, which stay as axes of size 1 if `keepdim`.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn mean_dim(&self, dims: &[isize], keepdim: bool) -> Variable {
        let y = self.data().mean_dim(dims, keepdim);
        let scale = y.numel() as f64 / self.numel() as f64;
        Variable::from_op(y, &[self], || Sum {
            name: "MeanBackward1",
            shape: self.shape(),
            kept: kept_shape(&self.shape(), dims),
            scale,
        })
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn mean_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| x[0].square().mean(), &[x.clone()]);
        gradcheck(|x| x[0].square().mean_dim(&[0], false), &[x.clone()]);
        gradcheck(|x| x[0].mean_dim(&[1], true), &[x]);
    }
}
