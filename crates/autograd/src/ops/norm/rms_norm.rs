use tensor::DType;

use crate::Variable;

impl Variable {
    /// `y = x/√(mean(x²) + eps)·weight` with the mean over the last axes, which have `normalized_shape` (Zhang and
    /// Sennrich, *Root mean square layer normalization*, 2019), as `torch.nn.functional.rms_norm`. `weight` has that
    /// shape. Without an `eps`, as by torch's default, it is the distance from 1 to the next number of the
    /// dtype.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[3.0f32, -3.0], [0.5, 0.5]]));
    /// assert_eq!(x.rms_norm(&[2], None, 0.0).data().to_vec::<f32>(), [1.0, -1.0, 1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the last axes have another shape, or `x` holds no floats.
    #[track_caller]
    pub fn rms_norm(
        &self,
        normalized_shape: &[usize],
        weight: Option<&Variable>,
        eps: impl Into<Option<f64>>,
    ) -> Variable {
        let (shape, last) = (self.shape(), normalized_shape);
        assert!(
            !last.is_empty(),
            "rms_norm: Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []"
        );
        assert!(
            shape.ends_with(last),
            "rms_norm: Given normalized_shape={last:?}, expected input with shape [*{}], but got input of size{shape:?}",
            last.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
        );
        if let Some(found) = weight.map(|weight| weight.shape()).filter(|found| found != last) {
            panic!(
                "rms_norm: Expected weight to be of same shape as normalized_shape, but got weight of shape {found:?} and normalized_shape = {last:?}"
            );
        }
        let epsilon = if self.dtype() == DType::F64 { f64::EPSILON } else { f32::EPSILON.into() };
        let dims: Vec<isize> = (1..=last.len() as isize).map(|dim| -dim).collect();
        let squares = self.square().mean_dim(&dims, true);
        let y = self * &(squares + eps.into().unwrap_or(epsilon)).rsqrt();
        match weight {
            Some(weight) => y * weight,
            None => y,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::gradchecks;
    use crate::ops::norm::numbers;

    #[test]
    fn gradients_match_finite_differences() {
        let (x, w) = (numbers(&[2, 3, 2]), numbers(&[3, 2]));
        gradchecks(|v| v[0].rms_norm(&[2], None, None), std::slice::from_ref(&x));
        gradchecks(|v| v[0].rms_norm(&[3, 2], Some(&v[1]), 0.1), &[x, w]);
    }
}
