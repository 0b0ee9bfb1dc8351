use tensor::functions::{Logit, NanToNum};

use crate::Variable;

impl Variable {
    /// `ln(x/(1 − x))`, the inverse of [`sigmoid`](Variable::sigmoid), as [`Tensor::logit`]: with `eps` the
    /// input is first kept between `eps` and `1 − eps`. The derivative is `1/(x·(1 − x))`.
    ///
    /// [`Tensor::logit`]: tensor::Tensor::logit
    #[track_caller]
    pub fn logit(&self, eps: Option<f64>) -> Variable {
        self.elementwise(Logit { eps })
    }

    /// `x` with other numbers in place of NaN and the infinities, as [`Tensor::nan_to_num`]; the derivative
    /// is 1, there 0.
    ///
    /// [`Tensor::nan_to_num`]: tensor::Tensor::nan_to_num
    #[track_caller]
    pub fn nan_to_num(&self, nan: Option<f64>, posinf: Option<f64>, neginf: Option<f64>) -> Variable {
        self.elementwise(NanToNum { nan, posinf, neginf })
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn gradients_match_finite_differences() {
        let x = [Tensor::from([0.2, 0.5, 0.97])];
        gradchecks(|x| x[0].logit(None), &x);
        gradchecks(|x| x[0].logit(Some(0.1)), &x);
        gradchecks(|x| x[0].nan_to_num(None, None, None), &x);
    }
}
