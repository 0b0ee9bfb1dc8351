use crate::Variable;

impl Variable {
    /// The `p`-norm of the differences between this and `other` along the last axis, to each of which `eps`
    /// is added, as `torch.nn.functional.pairwise_distance`; with `keepdim` the axis stays, of size 1. In
    /// torch, `p` is 2.0 by default, `eps` 1e-6 and `keepdim` false.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    /// let x = Variable::new(Tensor::from([[1.0f32, 2.0], [4.0, 6.0]]));
    /// let y = Variable::new(Tensor::from([1.0f32, 2.0]));
    /// assert_eq!(x.pairwise_distance(&y, 2.0, 0.0, false).data().to_vec::<f32>(), [0.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn pairwise_distance(&self, other: &Variable, p: f64, eps: f64, keepdim: bool) -> Variable {
        (self - other).add_scalar(eps).norm_dim(p, [-1], keepdim)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn pairwise_distance_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]), Tensor::from([0.3, 0.7, -0.4]));
        for p in [1.0, 2.0, 3.0, f64::INFINITY] {
            gradchecks(|x| x[0].pairwise_distance(&x[1], p, 1e-6, false), &[x.clone(), y.clone()]);
        }
    }
}
