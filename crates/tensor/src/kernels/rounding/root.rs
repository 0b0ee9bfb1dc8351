//! Square roots as torch rounds them: it refines the processor's estimate of `1/√x` by one step of
//! Newton's, and is off in the last place now and then (for one argument in 150 on Intel's processors with
//! AVX-512, one in 6 on AMD's). What divides by a root must be off likewise to move by the same amount.

use super::Rounding;
use crate::kernels::parallel::{GRAIN, for_each_chunk_mut};
use crate::kernels::simd::{self, Isa, Kernel};

/// How many numbers are rooted at once.
const LANES: usize = 16;

/// The way to root; see [`Rounding`].
///
/// ```
/// use tensor::kernels::rounding::root::Roots;
///
/// assert_eq!(Roots::current().of([2.25; 16]), [1.5; 16]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Roots(Way);

#[derive(Clone, Copy, Debug)]
enum Way {
    Nearest,
    /// The processor has AVX-512.
    #[cfg(target_arch = "x86_64")]
    Fused,
    /// The processor has AVX-512.
    #[cfg(target_arch = "x86_64")]
    Unfused,
    /// The same numbers; the processor has AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    UnfusedAvx2,
}

impl Roots {
    /// As [`Rounding::current`] asks for. On Intel's way with AVX2 these are the nearest numbers too.
    pub fn current() -> Roots {
        Roots::on(Isa::current(), Rounding::current())
    }

    /// `isa` is one that this machine has.
    fn on(isa: Isa, rounding: Rounding) -> Roots {
        Roots(match (isa, rounding) {
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512, Rounding::Intel) => Way::Fused,
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512, Rounding::Amd) => Way::Unfused,
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx2, Rounding::Amd) => Way::UnfusedAvx2,
            _ => Way::Nearest,
        })
    }

    /// `√x` of each element: within 1 ulp from 1e-33 up, within 8 for smaller normal numbers, NaN below 0.
    ///
    /// A subnormal number may come out as roughly its root.
    /// Inside a [`RootKernel`] it costs some instructions, elsewhere a choice and a call.
    #[inline(always)]
    pub fn of(self, x: [f32; LANES]) -> [f32; LANES] {
        match self.0 {
            Way::Nearest => x.map(f32::sqrt),
            // SAFETY: the processor has AVX-512.
            #[cfg(target_arch = "x86_64")]
            Way::Fused => unsafe { x86::newton_fused(x) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Way::Unfused => unsafe { x86::newton(x) },
            // SAFETY: the processor has AVX2 and FMA.
            #[cfg(target_arch = "x86_64")]
            Way::UnfusedAvx2 => unsafe { x86::newton_avx2(x) },
        }
    }
}

/// A [`Kernel`] that takes roots. `run` must be `#[inline(always)]` like a kernel's.
///
/// ```
/// use tensor::kernels::rounding::root::{RootKernel, Roots, dispatch};
///
/// struct Root<'a>(&'a mut [[f32; 16]]);
///
/// impl RootKernel for Root<'_> {
///     type Output = ();
///
///     #[inline(always)]
///     fn run(self, roots: Roots) {
///         for x in self.0 {
///             *x = roots.of(*x);
///         }
///     }
/// }
///
/// let mut x = [[2.25; 16]; 4];
/// dispatch(Root(&mut x));
/// assert_eq!(x, [[1.5; 16]; 4]);
/// ```
pub trait RootKernel {
    /// The loop's result.
    type Output;

    /// The loop. `roots` is a constant in each copy of it.
    fn run(self, roots: Roots) -> Self::Output;
}

/// Runs `kernel` from a copy that was compiled for the instruction set and the way to root in use. A
/// choice of the way inside of a loop would cost more than the roots: what the other instruction sets'
/// ways call spills every register.
#[inline]
pub fn dispatch<K: RootKernel>(kernel: K) -> K::Output {
    match Roots::current().0 {
        Way::Nearest => simd::dispatch(Nearest(kernel)),
        // SAFETY: the processor has AVX-512.
        #[cfg(target_arch = "x86_64")]
        Way::Fused => unsafe { simd::avx512(Fused(kernel)) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Way::Unfused => unsafe { simd::avx512(Unfused(kernel)) },
        // SAFETY: the processor has AVX2 and FMA.
        #[cfg(target_arch = "x86_64")]
        Way::UnfusedAvx2 => unsafe { simd::avx2(UnfusedAvx2(kernel)) },
    }
}

/// `y[i] = √x[i]`.
///
/// # Panics
/// If the lengths differ.
pub(crate) fn roots(x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), y.len(), "roots: lengths differ");
    for_each_chunk_mut(y, GRAIN, |start, y| dispatch(All { x: &x[start..][..y.len()], y }));
}

struct All<'a> {
    x: &'a [f32],
    y: &'a mut [f32],
}

impl RootKernel for All<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, roots: Roots) {
        let (x, x_rest) = self.x.as_chunks::<LANES>();
        let (y, y_rest) = self.y.as_chunks_mut::<LANES>();
        let of = |x: [f32; LANES]| {
            let mut y = roots.of(x);
            // Also of a subnormal number, whose root the ways leave open.
            for (y, x) in y.iter_mut().zip(x) {
                *y = if x < 0.0 { f32::NAN } else { *y };
            }
            y
        };
        for (y, &x) in y.iter_mut().zip(x) {
            *y = of(x);
        }
        let mut rest = [0.0; LANES];
        rest[..x_rest.len()].copy_from_slice(x_rest);
        y_rest.copy_from_slice(&of(rest)[..x_rest.len()]);
    }
}

/// Kernels that know their way.
macro_rules! known {
    ($($way:ident)*) => {
        $(
            struct $way<K>(K);

            impl<K: RootKernel> Kernel for $way<K> {
                type Output = K::Output;

                #[inline(always)]
                fn run(self) -> K::Output {
                    self.0.run(Roots(Way::$way))
                }
            }
        )*
    };
}

known! { Nearest }
#[cfg(target_arch = "x86_64")]
known! { Fused Unfused UnfusedAvx2 }

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::LANES;

    /// `s = x·r`, then `s + ½r·(x − s²)`, for an estimate `r` of `1/√x` that is good to 14 bits.
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn newton_fused(x: [f32; LANES]) -> [f32; LANES] {
        refine(x, |x| {
            let r = _mm512_rsqrt14_ps(x);
            let (s, half) = (_mm512_mul_ps(x, r), _mm512_mul_ps(r, _mm512_set1_ps(0.5)));
            _mm512_fmadd_ps(_mm512_fnmadd_ps(s, s, x), half, s)
        })
    }

    /// The same for an estimate of 12 bits, which is refined together with the root first; `x − s²` and what
    /// follows are not fused. Halves are exact, so they may be.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx2")]
    pub(super) fn newton(x: [f32; LANES]) -> [f32; LANES] {
        refine(x, |x| {
            let low = _mm256_rsqrt_ps(_mm512_castps512_ps256(x));
            let high = _mm256_rsqrt_ps(_mm512_extractf32x8_ps::<1>(x));
            let r = _mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high);
            let half = _mm512_set1_ps(0.5);
            let s = _mm512_mul_ps(x, r);
            let e = _mm512_fnmadd_ps(half, _mm512_mul_ps(s, r), half);
            let s = _mm512_add_ps(_mm512_mul_ps(s, e), s);
            let r = _mm512_add_ps(_mm512_mul_ps(r, e), r);
            let left = _mm512_sub_ps(x, _mm512_mul_ps(s, s));
            _mm512_fmadd_ps(_mm512_mul_ps(left, r), half, s)
        })
    }

    /// [`newton`] in halves.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn newton_avx2(x: [f32; LANES]) -> [f32; LANES] {
        let mut roots = x;
        for (x, y) in x.chunks_exact(8).zip(roots.chunks_exact_mut(8)) {
            // SAFETY: 8 floats.
            let x = unsafe { _mm256_loadu_ps(x.as_ptr()) };
            let r = _mm256_rsqrt_ps(x);
            let half = _mm256_set1_ps(0.5);
            let s = _mm256_mul_ps(x, r);
            let e = _mm256_fnmadd_ps(half, _mm256_mul_ps(s, r), half);
            let s = _mm256_add_ps(_mm256_mul_ps(s, e), s);
            let r = _mm256_add_ps(_mm256_mul_ps(r, e), r);
            let left = _mm256_sub_ps(x, _mm256_mul_ps(s, s));
            let mut root = _mm256_fmadd_ps(_mm256_mul_ps(left, r), half, s);
            // As in `refine`.
            let nan = _mm256_cmp_ps::<_CMP_UNORD_Q>(root, root);
            if _mm256_movemask_ps(nan) != 0 {
                root = _mm256_blendv_ps(root, _mm256_sqrt_ps(x), nan);
            }
            // SAFETY: 8 floats.
            unsafe { _mm256_storeu_ps(y.as_mut_ptr(), root) };
        }
        roots
    }

    /// `root` where Newton's step gives a number; 0 and infinity, whose estimates are infinity and 0, NaN and
    /// what is negative or subnormal get the processor's own root.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn refine(x: [f32; LANES], root: impl Fn(__m512) -> __m512) -> [f32; LANES] {
        // SAFETY: 16 floats.
        let arg = unsafe { _mm512_loadu_ps(x.as_ptr()) };
        let mut y = root(arg);
        let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(y, y);
        if nan != 0 {
            y = _mm512_mask_sqrt_ps(y, nan, arg);
        }
        let mut roots = x;
        // SAFETY: as above.
        unsafe { _mm512_storeu_ps(roots.as_mut_ptr(), y) };
        roots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: f32 = 1e-33;

    /// Compares every way that this machine can go with the nearest root.
    fn check(args: &[f32], ulp: u32) {
        for isa in Isa::available() {
            for rounding in Rounding::ALL {
                for args in args.chunks_exact(LANES) {
                    let roots = Roots::on(isa, rounding).of(args.try_into().unwrap());
                    for (arg, y) in args.iter().zip(roots) {
                        let off = y.to_bits().abs_diff(arg.sqrt().to_bits());
                        let same = off <= ulp || (y.is_nan() && arg.sqrt().is_nan());
                        assert!(same, "√{arg:e} = {y:e}, {off} off: {isa:?}, {rounding}");
                    }
                }
            }
        }
    }

    fn between(low: f32, high: f32) -> Vec<f32> {
        (low.to_bits()..high.to_bits()).step_by(4099).map(f32::from_bits).collect()
    }

    /// torch 2.15 on an AMD EPYC without AVX-512: `torch.tensor(args).sqrt()`. A processor whose estimates
    /// are others has other roots there as here.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn other_makers_roots_are_torchs_with_avx2() {
        use std::arch::x86_64::*;
        let args = [0.1, 0.3, 0.7, 1.1, 1.3, 1.7, 2.3, 2.9, 3.1, 5.3, 7.7, 1e-3, 3e-6, 7e-9, 123.4, 0.0];
        // SAFETY: part of every x86-64 processor.
        let estimate = unsafe { _mm_cvtss_f32(_mm_rsqrt_ss(_mm_set_ss(args[0]))) };
        if !Isa::available().any(|isa| isa == Isa::Avx2) || estimate.to_bits() != 0x404a6800 {
            return;
        }
        let roots = Roots::on(Isa::Avx2, Rounding::Amd).of(args);
        let torchs = [
            0x3ea1e89b_u32,
            0x3f0c378c,
            0x3f562f5a,
            0x3f863f5f,
            0x3f91f144,
            0x3fa6e43f,
            0x3fc21f22,
            0x3fd9f9e5,
            0x3fe15e04,
            0x401356cd,
            0x403197c1,
            0x3d0186e3,
            0x3ae305fc,
            0x38af75d8,
            0x4131bca4,
            0,
        ];
        assert_eq!(roots.map(f32::to_bits), torchs);
        assert_eq!(roots.iter().zip(args).filter(|(y, x)| **y != x.sqrt()).count(), 4);
    }

    #[test]
    fn roots_are_within_one_ulp() {
        check(&between(SMALL, f32::INFINITY), 1);
    }

    #[test]
    fn what_a_root_leaves_over_is_subnormal_for_small_numbers() {
        check(&between(f32::MIN_POSITIVE, SMALL), 8);
    }

    #[test]
    fn special_values_have_their_own_roots() {
        let mut args = [4.0; 4 * LANES];
        args[..4].copy_from_slice(&[0.0, f32::INFINITY, f32::NAN, -1.0]);
        check(&args, 0);
    }
}
