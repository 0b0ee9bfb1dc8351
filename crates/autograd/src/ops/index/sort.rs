use tensor::Tensor;

use super::pick::Pick;
use crate::Variable;

impl Variable {
    /// The elements along `dim` in order, and where each was, as `torch.sort` with `stable=True`; NaN
    /// counts as larger than everything. The gradient goes to where the elements were.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    /// let x = Variable::new(Tensor::from([2.0f32, 3.0, 1.0])).requires_grad_(true);
    /// let (values, indices) = x.sort(0, false);
    /// assert_eq!(indices.to_vec::<i64>(), [2, 0, 1]);
    /// values.backward_with(Tensor::from([10.0f32, 20.0, 30.0]));
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [20.0, 30.0, 10.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn sort(&self, dim: isize, descending: bool) -> (Variable, Tensor) {
        self.picked(Pick::Sort { dim, descending })
    }

    /// Where each element of the sorted order was: the indices of [`Variable::sort`], which have no gradient.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn argsort(&self, dim: isize, descending: bool) -> Tensor {
        self.data().argsort(dim, descending)
    }

    /// The `k` largest elements along `dim` from the largest on, or with `largest` false the smallest, and
    /// where each was, as `torch.topk`; of equal elements the first come first. The gradient goes to where
    /// the elements were.
    ///
    /// # Panics
    /// If there is no such axis, or it has fewer than `k` elements.
    #[track_caller]
    pub fn topk(&self, k: usize, dim: isize, largest: bool) -> (Variable, Tensor) {
        self.picked(Pick::TopK { k, dim, largest })
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn sort_and_topk_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.1, 0.1]]);
        for flag in [false, true] {
            gradchecks(|x| x[0].sort(-1, flag).0, &[x.clone()]);
            gradchecks(|x| x[0].sort(0, flag).0, &[x.clone()]);
            gradchecks(|x| x[0].topk(2, 1, flag).0, &[x.clone()]);
            gradchecks(|x| x[0].topk(1, -2, flag).0, &[x.clone()]);
        }
        gradchecks(|x| x[0].sort(0, false).0, &[Tensor::from(3.0)]);
    }
}
