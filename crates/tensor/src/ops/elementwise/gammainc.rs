use crate::Tensor;
use crate::kernels::gammainc::gammainc;
use crate::kernels::map::Map;

impl Tensor {
    /// The share of the gamma distribution of shape `a`, this tensor, and rate 1 that lies below `x`, with
    /// broadcasting, as `torch.special.gammainc`: `∫₀ˣ tᵃ⁻¹·e⁻ᵗ dt / Γ(a)`. NaN where either is negative.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let (a, x) = (Tensor::from([1.0f32, 3.0]), Tensor::from([1.0f32]));
    /// assert_eq!(a.gammainc(&x).to_string(), "tensor([0.6321, 0.0803])"); // 1 − 1/e and 1 − 5/2e
    /// ```
    ///
    /// Of integers the result is `F32`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn gammainc(&self, x: &Tensor) -> Tensor {
        self.zip_map(x, GammaInc)
    }
}

#[derive(Clone, Copy)]
struct GammaInc;

impl Map<(f64, f64), f64> for GammaInc {
    fn f(&self, (a, x): (f64, f64)) -> f64 {
        gammainc(a, x)
    }
}

impl Map<(f32, f32), f32> for GammaInc {
    fn f(&self, (a, x): (f32, f32)) -> f32 {
        gammainc(a.into(), x.into()) as f32
    }
}
