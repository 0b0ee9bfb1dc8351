//! Square roots as torch rounds them: it refines the processor's estimate of `1/√x`, and is off in the last
//! place now and then. What divides by a root must be off likewise to move by the same amount.
//!
//! An f32 root is refined by one step of Newton's, which is off for one argument in 150 on Intel's
//! processors with AVX-512 and for one in 6 on AMD's; an f64 root on AMD's by a polynomial, off for one in
//! 70. The f64 roots on Intel's are not known, and are the nearest numbers here.

#[cfg(target_arch = "x86_64")]
mod x86;

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

    /// The same for f64: within 1 ulp.
    #[inline(always)]
    pub fn of_f64(self, x: [f64; LANES]) -> [f64; LANES] {
        match self.0 {
            Way::Nearest => x.map(f64::sqrt),
            #[cfg(target_arch = "x86_64")]
            Way::Fused => x.map(f64::sqrt),
            // SAFETY: the processor has AVX-512.
            #[cfg(target_arch = "x86_64")]
            Way::Unfused => unsafe { x86::series(x) },
            // SAFETY: the processor has AVX2 and FMA.
            #[cfg(target_arch = "x86_64")]
            Way::UnfusedAvx2 => unsafe { x86::series_avx2(x) },
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

    /// torch 2.15 on an AMD EPYC with AVX-512: `torch.tensor(args, dtype=torch.float64).sqrt()`, of numbers
    /// whose roots are not the nearest ones. The estimate is looked at as below.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn other_makers_f64_roots_are_torchs() {
        if !estimates_as_recorded() {
            return;
        }
        let pairs = [
            (0x4385_66b4_c602_bda1_u64, 0x41ba_2b5e_c3d6_06e7),
            (0x48ee_8b3d_5738_4ef5_u64, 0x446f_4373_2f1b_11f0),
            (0x3c1d_7d20_64fd_e81d_u64, 0x3e05_b8af_7784_d4f5),
            (0x7524_44a6_ecaa_7595_u64, 0x5a89_779e_9352_841b),
            (0x1b29_b406_75fe_32af_u64, 0x2d8c_ade7_a3e7_8a02),
            (0x70f3_af95_5407_9f4a_u64, 0x5871_bf5c_87e3_d32b),
            (0x0da9_fcf0_adea_2f5c_u64, 0x26cc_d678_b584_0b5b),
            (0x1402_8ccb_d98d_3b5d_u64, 0x29f8_5d28_6ee3_bb4d),
            (0x3fea_9481_ce3d_e471_u64, 0x3fed_2a17_6a52_9278),
            (0x3fee_b193_1c94_b1a7_u64, 0x3fef_570b_872a_1ba2),
            (0x3fe8_cdf6_bf14_f7e5_u64, 0x3fec_2c69_c631_519e),
            (0x3fd4_768a_8c14_ab9a_u64, 0x3fe2_182d_56ea_6b61),
            (0x3fef_fdaf_8da4_44ae_u64, 0x3fef_fed7_c176_dfa6),
            (0x3fe8_c83c_8200_1f9d_u64, 0x3fec_2928_e524_f581),
            (0x3fdf_66a8_eaff_edaa_u64, 0x3fe6_6a26_1241_4241),
            (0x3feb_9389_5af0_6fc3_u64, 0x3fed_b4b7_9905_4871),
        ];
        for isa in Isa::available().filter(|isa| matches!(isa, Isa::Avx2 | Isa::Avx512)) {
            let roots = Roots::on(isa, Rounding::Amd);
            for (x, root) in pairs {
                let (x, root) = (f64::from_bits(x), f64::from_bits(root));
                assert_eq!(roots.of_f64([x; 16]), [root; 16], "√{x:e}: {isa:?}");
                assert_ne!(root, x.sqrt());
            }
        }
    }

    #[test]
    fn f64_roots_are_within_one_ulp() {
        for isa in Isa::available() {
            for rounding in Rounding::ALL {
                let roots = Roots::on(isa, rounding);
                let one_off = |x: f64| {
                    let off = roots.of_f64([x; 16])[0].to_bits().abs_diff(x.sqrt().to_bits());
                    assert!(off <= 1, "√{x:e}, {off} off: {isa:?}, {rounding}");
                };
                let bits = (f64::MIN_POSITIVE.to_bits()..f64::INFINITY.to_bits()).step_by(0x3_0711_4b7b_7977);
                bits.map(f64::from_bits).for_each(one_off);
                [0.0, 5e-324, 1e-310, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY]
                    .into_iter()
                    .for_each(one_off);
                assert!(roots.of_f64([f64::NAN; 16])[0].is_nan() && roots.of_f64([-1.0; 16])[0].is_nan());
                assert!(roots.of_f64([-f64::MIN_POSITIVE; 16])[0].is_nan());
            }
        }
    }

    fn between(low: f32, high: f32) -> Vec<f32> {
        (low.to_bits()..high.to_bits()).step_by(4099).map(f32::from_bits).collect()
    }

    /// Whether this processor's estimates are those of the processors that torch was recorded on.
    #[cfg(target_arch = "x86_64")]
    fn estimates_as_recorded() -> bool {
        use std::arch::x86_64::*;
        // SAFETY: part of every x86-64 processor.
        let estimate = unsafe { _mm_cvtss_f32(_mm_rsqrt_ss(_mm_set_ss(0.1))) };
        estimate.to_bits() == 0x404a6800
    }

    /// torch 2.15 on an AMD EPYC without AVX-512: `torch.tensor(args).sqrt()`. A processor whose estimates
    /// are others has other roots there as here.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn other_makers_roots_are_torchs_with_avx2() {
        let args = [0.1, 0.3, 0.7, 1.1, 1.3, 1.7, 2.3, 2.9, 3.1, 5.3, 7.7, 1e-3, 3e-6, 7e-9, 123.4, 0.0];
        if !Isa::available().any(|isa| isa == Isa::Avx2) || !estimates_as_recorded() {
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
