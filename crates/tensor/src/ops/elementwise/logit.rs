use super::{Elementwise, Number, Reads};
use crate::{Float, Map, Tensor, Value};

impl Tensor {
    /// `ln(x/(1 − x))`, the inverse of [`sigmoid`](Tensor::sigmoid), as `torch.logit`: ∓∞ at 0 and 1, NaN
    /// beyond. With `eps` the input is first kept between `eps` and `1 − eps`; in torch there is none by
    /// default.
    ///
    /// ```
    /// let x = tensor::Tensor::from([0.5f32, 0.0]);
    /// assert_eq!(x.logit(None).to_vec::<f32>(), [0.0, f32::NEG_INFINITY]);
    /// ```
    ///
    /// Of integers the result is `F32`.
    #[track_caller]
    pub fn logit(&self, eps: Option<f64>) -> Tensor {
        Logit { eps }.value(self)
    }
}

/// [`Tensor::logit`] as a value.
#[derive(Clone, Copy, Debug)]
pub struct Logit {
    /// How near the input may come to 0 and 1.
    pub eps: Option<f64>,
}

impl<T: Float> Map<T> for Logit {
    #[inline(always)]
    fn f(&self, x: T) -> T {
        let x = match self.eps.map(T::from_f64) {
            None => x,
            Some(eps) if x < eps => eps,
            Some(eps) if x > T::ONE - eps => T::ONE - eps,
            Some(_) => x,
        };
        (x / (T::ONE - x)).ln()
    }
}

impl Elementwise for Logit {
    const NODE: &'static str = "LogitBackward0";
    const READS: Reads = Reads::Input;
    const FUSED: bool = false;

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.eps.map(|eps| ("eps", eps.into())).into_iter().collect()
    }

    #[track_caller]
    fn value(&self, x: &Tensor) -> Tensor {
        x.map_as("logit", *self)
    }

    /// `dy/(x·(1 − x))`; NaN beyond 0 and 1, and with `eps` 0 beyond the bounds.
    fn gradient<N: Number>(&self, dy: N, x: N) -> N {
        let (least, beyond) = self.eps.map_or((0.0, f64::NAN), |eps| (eps, 0.0));
        // A NaN keeps its gradient, as where torch computes one element at a time.
        let outside = N::or(x.lt(least), x.gt(1.0 - least));
        N::select(outside, x.like(beyond), dy / (x.clone() * (x.like(1.0) - x)))
    }
}
