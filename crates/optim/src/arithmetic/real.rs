use tensor::Float;
use tensor::kernels::rounding::root::Roots;

use super::Lanes;

/// The numbers of the update rules: `f32` and `f64`, with what these need beyond [`tensor::Float`].
pub trait Real: Float {
    /// The smallest normal number: a sum of squares below it counts as 0.
    const SMALLEST: Self;
    /// Below this a moment counts as 0, so that its product with a step size is never a denormal.
    const TINY: Self;
    /// Below this a gradient counts as 0 where it is squared: the square would be a denormal.
    const TINY_ROOT: Self;

    /// `√(x + eps)` of each.
    fn roots(x: Lanes<Self>, eps: Self, roots: Roots) -> Lanes<Self>;

    /// `self`, or 0 where it has become too small to matter.
    ///
    /// Denormal numbers cost some processors a hundred times a normal one, and moments of a
    /// gradient that stays 0 decay into them.
    #[inline(always)]
    fn flushed(self) -> Self {
        if self.abs() < Self::TINY { Self::ZERO } else { self }
    }

    /// Whether this is −0.0, in a gradient the mark of what is not there: see
    /// [`SparseAdam`](crate::SparseAdam).
    fn is_minus_zero(self) -> bool;

    /// `decay·self + scale·g²`: a running mean or sum of squares, never denormal.
    #[inline(always)]
    fn add_square(self, decay: Self, scale: Self, g: Self) -> Self {
        let g = if g.abs() < Self::TINY_ROOT { Self::ZERO } else { g };
        let sum = (scale * g).mul_add(g, decay * self);
        if sum < Self::SMALLEST { Self::ZERO } else { sum }
    }
}

/// `a + weight·(b − a)`, as torch's `lerp` computes it: from the nearer end.
#[inline(always)]
pub(crate) fn lerp<T: Real>(a: T, b: T, weight: T) -> T {
    let near = weight < T::from_f64(0.5);
    let (scale, from) = if near { (weight, a) } else { (weight - T::ONE, b) };
    scale.mul_add(b - a, from)
}

impl Real for f32 {
    const SMALLEST: f32 = f32::MIN_POSITIVE;
    const TINY: f32 = f32::MIN_POSITIVE / f32::EPSILON;
    const TINY_ROOT: f32 = 3.5e-18;

    #[inline(always)]
    fn is_minus_zero(self) -> bool {
        self.to_bits() == (-0.0_f32).to_bits()
    }

    #[inline(always)]
    fn roots(mut x: Lanes<f32>, eps: f32, roots: Roots) -> Lanes<f32> {
        for x in &mut x {
            *x += eps;
        }
        roots.of(x)
    }
}

impl Real for f64 {
    const SMALLEST: f64 = f64::MIN_POSITIVE;
    const TINY: f64 = f64::MIN_POSITIVE / f64::EPSILON;
    const TINY_ROOT: f64 = 1e-152;

    #[inline(always)]
    fn is_minus_zero(self) -> bool {
        self.to_bits() == (-0.0_f64).to_bits()
    }

    #[inline(always)]
    fn roots(mut x: Lanes<f64>, eps: f64, roots: Roots) -> Lanes<f64> {
        for x in &mut x {
            *x += eps;
        }
        roots.of_f64(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_decays_to_zero_without_passing_through_denormals() {
        let (mut m, mut v) = (1.0_f32, 1.0_f32);
        while m != 0.0 || v != 0.0 {
            (m, v) = ((m * 0.9).flushed(), v.add_square(0.9, 0.1, 1e-20));
            assert!(m == 0.0 || (m * 1e-3).is_normal());
            assert!(v == 0.0 || v.is_normal());
        }
    }

    #[test]
    fn nan_and_infinity_stay() {
        assert!(f32::NAN.flushed().is_nan());
        assert!(1.0_f32.add_square(0.9, 0.1, f32::NAN).is_nan());
        assert_eq!(1.0_f64.add_square(0.9, 0.1, f64::INFINITY), f64::INFINITY);
    }
}
