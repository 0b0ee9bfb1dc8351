use tensor::Scalar;

use crate::{Options, Variable, cat};

/// The options of [`Variable::local_response_norm`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor)]
pub struct LocalResponseNormOptions {
    /// The factor of the mean square. Default 1e-4.
    #[option(default = Scalar::Float(1e-4))]
    pub alpha: Scalar,
    /// The exponent. Default 0.75.
    #[option(default = Scalar::Float(0.75))]
    pub beta: Scalar,
    /// What is added to the mean square. Default 1.
    #[option(default = Scalar::Float(1.0))]
    pub k: Scalar,
}

impl Variable {
    /// `y = x/(k + alpha·mean(x²))^beta` with the mean over `size` neighbouring channels of `[N, C, L, …]`,
    /// beyond the ends of which lie zeros (Krizhevsky, Sutskever and Hinton, *ImageNet classification with
    /// deep convolutional neural networks*, 2012, who take the sum), as
    /// `torch.nn.functional.local_response_norm`. Of an even `size` the greater half lies before the channel.
    ///
    /// ```
    /// use autograd::{LocalResponseNormOptions, Variable};
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[[1.0f32], [2.0], [3.0]]]));
    /// let options = LocalResponseNormOptions { alpha: 2.into(), beta: 1.into(), ..Default::default() };
    /// let y = x.local_response_norm(2, options);
    /// assert_eq!(y.data().to_vec::<f32>(), [1.0 / 2.0, 2.0 / 6.0, 3.0 / 14.0]);
    /// ```
    ///
    /// # Panics
    /// If `x` has fewer than three axes or `size` is 0.
    #[track_caller]
    pub fn local_response_norm(&self, size: usize, options: LocalResponseNormOptions) -> Variable {
        let shape = self.shape();
        assert!(
            shape.len() >= 3,
            "local_response_norm: Expected 3D or higher dimensionality input (got {} dimensions)",
            shape.len()
        );
        if self.numel() == 0 {
            return self.clone();
        }
        assert!(size > 0, "local_response_norm: kernel size should be greater than zero, but got {size}");
        let zeros = |channels: usize| {
            let mut shape = shape.clone();
            shape[1] = channels;
            Variable::new(tensor::zeros_dtype(shape, self.dtype()))
        };
        let squares = cat(&[zeros(size / 2), self * self, zeros((size - 1) / 2)], 1);
        let neighbour = |i: usize| squares.narrow(1, i as isize, shape[1]);
        let sum = (1..size).fold(neighbour(0), |sum, i| sum + neighbour(i));
        let LocalResponseNormOptions { alpha, beta, k } = options;
        self / &((sum / size as f64).mul_scalar(alpha).add_scalar(k)).pow(beta)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        let options = LocalResponseNormOptions { alpha: 0.5.into(), ..Default::default() };
        for size in [1, 2, 3, 7] {
            gradchecks(|v| v[0].local_response_norm(size, options), &[numbers(&[2, 4, 3])]);
        }
    }
}
