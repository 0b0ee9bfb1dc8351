use tensor::Tensor;

use super::sum::kept_shape;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// The `p`-norm of all elements, `y = (Σ|x|ᵖ)^(1/p)`, as `torch.norm` and `torch.linalg.vector_norm`: 2 is the
    /// Euclidean length, 1 the sum of magnitudes, ±∞ the largest or smallest magnitude, 0 the number of elements
    /// that are not 0.
    ///
    /// `dx = sgn(x)·(|x|/y)^(p−1)·dy`, and 0 at `x = 0` and `y = 0`, so that a weight penalty may pass
    /// through zeros. For infinite `p` the elements of that magnitude share the gradient evenly; the gradient
    /// of `p = 0` is 0, where torch leaves it out.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    /// let w = Variable::new(Tensor::from([3.0f32, -4.0])).requires_grad_(true);
    /// let length = w.norm(2.0);
    /// length.backward();
    /// assert_eq!(length.item(), 5.0);
    /// assert_eq!(w.grad().unwrap().to_vec::<f32>(), [0.6, -0.8]);
    /// ```
    ///
    /// # Panics
    /// If the dtype is not a float, or `p` is infinite or negative and there are no elements.
    #[doc(alias = "vector_norm")]
    #[track_caller]
    pub fn norm(&self, p: f64) -> Variable {
        self.norm_dim(p, &[], false)
    }

    /// The `p`-norm over the axes `dims`, all of them if it is empty; with `keepdim` they stay, of size 1.
    ///
    /// # Panics
    /// As [`Variable::norm`], or if an axis does not exist.
    #[doc(alias = "vector_norm")]
    #[track_caller]
    pub fn norm_dim(&self, p: f64, dims: &[isize], keepdim: bool) -> Variable {
        let x = self.data();
        let y = x.norm_dim(p, dims, keepdim);
        let kept = y.reshape(&kept_shape(x.shape(), dims)[..]);
        Variable::from_op(y, &[self], || Norm { p, dims: dims.to_vec(), x, y: kept })
    }
}

struct Norm {
    p: f64,
    dims: Vec<isize>,
    x: Tensor,
    /// The output with the summed axes kept as 1.
    y: Tensor,
}

impl Backward for Norm {
    fn name(&self) -> &'static str {
        "LinalgVectorNormBackward0"
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let Norm { p, dims, x, y } = self;
        let dy = dy.reshape(y.shape());
        // As torch has it: what is raised to which power decides what overflows and what becomes NaN.
        let share = |power: f64| dy.div(&y.powf(power)).masked_fill(&y.eq_scalar(0), 0.0);
        let dx = if *p == 0.0 {
            x.zeros_like()
        } else if *p == 1.0 {
            x.sign().into_mul(&dy)
        } else if *p == 2.0 {
            x.div(y).masked_fill(&y.eq_scalar(0), 0.0).into_mul(&dy)
        } else if p.is_infinite() {
            let magnitudes = x.abs();
            let at = magnitudes.eq(y).logical_or(&magnitudes.isnan()).to_dtype(x.dtype());
            let share = dy.div(&at.sum_dim(dims, true));
            x.sign().into_mul(&at.into_mul(&share))
        } else if *p < 1.0 {
            let slope = x.abs().powf(p - 1.0).masked_fill(&x.eq_scalar(0), 0.0);
            x.sign().into_mul(&slope).into_mul(&dy).into_mul(&y.powf(1.0 - p))
        } else if *p < 2.0 {
            x.sign().into_mul(&x.abs().powf(p - 1.0)).into_mul(&share(p - 1.0))
        } else {
            x.mul(&x.abs().powf(p - 2.0)).into_mul(&share(p - 1.0))
        };
        Grads::from_elem(Some(dx), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn norm_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, -2.1, 0.1]]);
        for p in [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, -1.0, f64::INFINITY, f64::NEG_INFINITY] {
            gradcheck(|x| x[0].norm(p), &[x.clone()]);
            gradcheck(|x| x[0].norm_dim(p, &[1], false), &[x.clone()]);
            gradcheck(|x| x[0].norm_dim(p, &[0, -1], true), &[x.clone()]);
        }
    }
}
