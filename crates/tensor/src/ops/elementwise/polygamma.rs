use super::{Elementwise, Number, Reads};
use crate::{Float, Map, Tensor, Value};

impl Tensor {
    /// The derivative of [`digamma`](Tensor::digamma) of order `n`, as `torch.polygamma(n, x)`:
    /// `(−1)ⁿ⁺¹·n!·Σ 1/(x + k)ⁿ⁺¹` over `k = 0, 1, …`; of order 0 it is `digamma` itself.
    ///
    /// Of integers the result is `F32`.
    ///
    /// ```
    /// let x = tensor::Tensor::from([1.0f32, 0.5]);
    /// assert_eq!(x.polygamma(1).to_string(), "tensor([1.6449, 4.9348])"); // π²/6 and π²/2
    /// ```
    ///
    /// # Panics
    /// On `F16` and `BF16`, which are not computed with.
    #[track_caller]
    pub fn polygamma(&self, n: u32) -> Tensor {
        Polygamma { n }.value(self)
    }
}

/// [`Tensor::polygamma`] as a value.
#[derive(Clone, Copy, Debug)]
pub struct Polygamma {
    /// The order of the derivative.
    pub n: u32,
}

impl<T: Float> Map<T> for Polygamma {
    #[inline(always)]
    fn f(&self, x: T) -> T {
        x.polygamma(self.n)
    }
}

impl Elementwise for Polygamma {
    const NODE: &'static str = "PolygammaBackward0";
    const READS: Reads = Reads::Input;

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![("n", Value::Int(self.n.into()))]
    }

    #[track_caller]
    fn value(&self, x: &Tensor) -> Tensor {
        x.map_as("polygamma", *self)
    }

    #[inline(always)]
    fn gradient<N: Number>(&self, dy: N, x: N) -> N {
        dy * x.polygamma(self.n + 1)
    }
}
