use tensor::{DType, broadcast_tensors};

use crate::Variable;
use crate::ops::elementwise::AtLeast;

impl Variable {
    /// The cosine of the angle between the vectors of this and of `other` along `dim`,
    /// `x·y/(max(‖x‖, eps)·max(‖y‖, eps))`, as `torch.nn.functional.cosine_similarity`, where `dim` is 1 by
    /// default and `eps` 1e-8. As there, a gradient takes no notice of `eps`.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    /// let x = Variable::new(Tensor::from([[3.0f32, 0.0], [0.0, 0.0]]));
    /// let y = Variable::new(Tensor::from([[3.0f32, 4.0], [1.0, 1.0]]));
    /// assert_eq!(x.cosine_similarity(&y, 1, 1e-8).data().to_vec::<f32>(), [0.6, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not broadcast, there is no such axis, or neither is of a float dtype.
    #[track_caller]
    pub fn cosine_similarity(&self, other: &Variable, dim: isize, eps: f64) -> Variable {
        let common = self.dtype().promote(other.dtype());
        assert!(
            common.is_float(),
            "cosine_similarity: expected common dtype to be floating point, yet common dtype is {common}"
        );
        let shape = broadcast_tensors(&[self.data(), other.data()]).remove(0);
        let [x, y] = [self, other].map(|x| unit(x, common, shape.shape(), dim, eps));
        (x * y).sum_dim(dim, false)
    }
}

/// Vectors of length 1, unless they are nearly nothing.
#[track_caller]
fn unit(x: &Variable, common: DType, shape: &[usize], dim: isize, eps: f64) -> Variable {
    let x = if x.dtype().is_float() { x.clone() } else { x.to_dtype(common) }.expand(shape);
    let length = x.norm_dim(2.0, [dim], true).elementwise(AtLeast { least: eps });
    x / &length
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn cosine_similarity_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        for y in [Tensor::from([0.3, 0.7, -0.4]), Tensor::from([[0.9], [-0.2]]), x.flip(0)] {
            for dim in [0, -1] {
                gradchecks(|x| x[0].cosine_similarity(&x[1], dim, 1e-8), &[x.clone(), y.clone()]);
            }
        }
    }

    /// Right values: `F.cosine_similarity(torch.tensor([[1e-9, 2e-9]]), torch.ones(1, 2))` in f64, and its
    /// gradient.
    #[test]
    fn the_gradient_takes_no_notice_of_eps() {
        let x = Variable::new(Tensor::from([[1e-9f64, 2e-9]])).requires_grad_(true);
        let y = x.cosine_similarity(&Variable::new(Tensor::from([[1.0f64, 1.0]])), 1, 1e-8);
        y.backward();
        assert!((y.item() - 0.212_132_034_355_964_25).abs() < 1e-15);
        let grad = x.grad().expect("x took part").to_vec::<f64>();
        assert!((grad[0] - 61_223_845.14).abs() < 1.0 && (grad[1] - 51_737_012.16).abs() < 1.0, "{grad:?}");
    }
}
