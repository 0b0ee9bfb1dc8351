use crate::kernels::math::coarse;
use crate::kernels::number::Float;

/// The exponential functions that only torch's attention computes with.
pub trait Exponential: Float {
    /// `e^x` within 20 ulp, of a weight on the way forward.
    fn exp_coarse(self) -> Self;
    /// `e^x` computed in f64, of a weight that belongs to no whole vector.
    fn exp_rest(self) -> Self;
}

impl Exponential for f32 {
    #[inline(always)]
    fn exp_coarse(self) -> f32 {
        coarse::exp(self)
    }

    #[inline(always)]
    fn exp_rest(self) -> f32 {
        f64::from(self).exp() as f32
    }
}

impl Exponential for f64 {
    #[inline(always)]
    fn exp_coarse(self) -> f64 {
        self.exp()
    }

    #[inline(always)]
    fn exp_rest(self) -> f64 {
        self.exp()
    }
}
