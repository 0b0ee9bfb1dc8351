use tensor::{Integers, Tensor};

use super::sum::kept_shape;
use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The `p`-norm of all elements, `y = (Σ|x|ᵖ)^(1/p)`, as `torch.norm` and `torch.linalg.vector_norm`: 2
    /// is the Euclidean length, 1 the sum of magnitudes, ±∞ the largest or smallest magnitude, 0 the number
    /// of elements that are not 0.
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
        self.norm_over(p, &[], false)
    }

    /// The `p`-norm over the axes `dims`, all of them if it is empty; with `keepdim` they stay, of size 1.
    ///
    /// # Panics
    /// As [`Variable::norm`], or if an axis does not exist.
    #[doc(alias = "vector_norm")]
    #[track_caller]
    pub fn norm_dim(&self, p: f64, dims: impl Integers, keepdim: bool) -> Variable {
        self.norm_over(p, &dims.integers(), keepdim)
    }

    #[track_caller]
    fn norm_over(&self, p: f64, dims: &[isize], keepdim: bool) -> Variable {
        apply(Norm { p, dims: dims.to_vec(), keepdim }, &[self]).single()
    }
}

struct Norm {
    p: f64,
    dims: Vec<isize>,
    keepdim: bool,
}

impl Op for Norm {
    describe!("LinalgVectorNormBackward0", ord: p, dim: dims, keepdim);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output(0);
        x[0].norm_dim(self.p, &self.dims, self.keepdim).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (p, x) = (self.p, &saved[0]);
        let kept = kept_shape(x.value().shape(), &self.dims);
        let [y, dy] = [&saved[1], &dy.single()].map(|y| y.reshape(&kept));
        // As torch has it: what is raised to which power decides what overflows and what becomes NaN.
        let at_zero = y.value().eq(0);
        let share = |power: f64| (dy.clone() / &y.powf(power)).masked_fill(&at_zero, 0.0);
        let sign = || V::constant(x.value().sign());
        let dx = if p == 0.0 {
            V::constant(x.value().zeros_like())
        } else if p == 1.0 {
            sign() * &dy
        } else if p == 2.0 {
            (x.clone() / &y).masked_fill(&at_zero, 0.0) * &dy
        } else if p.is_infinite() {
            let magnitudes = x.value().abs();
            let at = magnitudes.eq(&*y.value()).logical_or(&magnitudes.isnan()).to_dtype(magnitudes.dtype());
            let share = dy / &V::constant(at.sum_dim(&self.dims, true));
            sign() * &(V::constant(at) * &share)
        } else if p < 1.0 {
            let slope = x.abs().powf(p - 1.0).masked_fill(&x.value().eq(0), 0.0);
            sign() * &slope * &dy * &y.powf(1.0 - p)
        } else if p < 2.0 {
            sign() * &x.abs().powf(p - 1.0) * &share(p - 1.0)
        } else {
            x.clone() * &x.abs().powf(p - 2.0) * &share(p - 1.0)
        };
        dx.into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn norm_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, -2.1, 0.1]]);
        for p in [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, -1.0, f64::INFINITY, f64::NEG_INFINITY] {
            gradchecks(|x| x[0].norm(p), &[x.clone()]);
            gradchecks(|x| x[0].norm_dim(p, [1], false), &[x.clone()]);
            gradchecks(|x| x[0].norm_dim(p, [0, -1], true), &[x.clone()]);
        }
    }
}
