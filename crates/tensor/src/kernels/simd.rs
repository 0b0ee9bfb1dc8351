//! The instruction set, chosen when the program runs: nobody needs `RUSTFLAGS`.
//!
//! A [`Kernel`] is an ordinary Rust loop. [`dispatch`] calls it from a function that was compiled
//! with the best instruction set this machine has; because the body is `#[inline(always)]`, the
//! compiler vectorises that copy with those instructions. Floating-point contraction is never
//! implied, so every set gives the same bits.
//!
//! ```
//! use tensor::kernels::simd::{Kernel, dispatch};
//!
//! struct Axpy<'a> { alpha: f32, x: &'a [f32], y: &'a mut [f32] }
//!
//! impl Kernel for Axpy<'_> {
//!     type Output = ();
//!
//!     #[inline(always)]
//!     fn run(self) {
//!         for (y, &x) in self.y.iter_mut().zip(self.x) {
//!             *y += self.alpha * x;
//!         }
//!     }
//! }
//!
//! let mut y = [1.0, 2.0, 3.0];
//! dispatch(Axpy { alpha: 2.0, x: &[1.0, 1.0, 1.0], y: &mut y });
//! assert_eq!(y, [3.0, 4.0, 5.0]);
//! ```

use std::sync::OnceLock;

/// An instruction set that kernels are compiled for, in rising order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Isa {
    /// The instructions that every processor of the target has (SSE2 on x86-64).
    Portable,
    /// Arm's 128-bit vectors, part of every 64-bit Arm processor.
    Neon,
    /// 256-bit vectors with fused multiply-add: Haswell, Zen and later.
    Avx2,
    /// 512-bit vectors (F, BW, DQ, VL): Skylake-X, Zen 4 and later.
    Avx512,
}

impl Isa {
    /// The set in use: the best of [`Isa::available`], or the one that the environment variable
    /// `RUSHLIGHT_ISA` names (`portable`, `neon`, `avx2`, `avx512`), read once.
    ///
    /// # Panics
    ///
    /// If `RUSHLIGHT_ISA` names a set that this machine lacks.
    pub fn current() -> Isa {
        static CURRENT: OnceLock<Isa> = OnceLock::new();
        *CURRENT.get_or_init(|| match std::env::var("RUSHLIGHT_ISA") {
            Ok(name) if !name.is_empty() => Isa::available()
                .find(|isa| isa.name() == name)
                .unwrap_or_else(|| panic!("RUSHLIGHT_ISA={name}: this machine has no such instruction set")),
            _ => Isa::available().last().expect("the portable set is always there"),
        })
    }

    /// Every set that this machine offers, in rising order; the first is [`Isa::Portable`].
    pub fn available() -> impl Iterator<Item = Isa> {
        [Isa::Portable, Isa::Neon, Isa::Avx2, Isa::Avx512].into_iter().filter(|isa| isa.detected())
    }

    /// The name that `RUSHLIGHT_ISA` takes.
    pub fn name(self) -> &'static str {
        match self {
            Isa::Portable => "portable",
            Isa::Neon => "neon",
            Isa::Avx2 => "avx2",
            Isa::Avx512 => "avx512",
        }
    }

    /// Panics unless this machine offers the set; nearly free for the current one.
    #[inline]
    #[track_caller]
    pub(super) fn assert_available(self) {
        assert!(self == Isa::current() || self.detected(), "{}: not on this machine", self.name());
    }

    #[cfg(target_arch = "x86_64")]
    fn detected(self) -> bool {
        let avx2 = || is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        match self {
            Isa::Portable => true,
            Isa::Neon => false,
            Isa::Avx2 => avx2(),
            Isa::Avx512 => {
                avx2()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn detected(self) -> bool {
        match self {
            Isa::Portable => true,
            Isa::Neon => cfg!(target_feature = "neon"),
            Isa::Avx2 | Isa::Avx512 => false,
        }
    }
}

/// A loop to be compiled once per instruction set.
///
/// `run` must be `#[inline(always)]`, and so must the functions it calls per element: a call
/// that is not inlined keeps the portable instructions. Closures cannot carry that attribute;
/// keep them to a few operations.
pub trait Kernel {
    /// The loop's result.
    type Output;

    /// The loop.
    fn run(self) -> Self::Output;
}

/// Runs `kernel` with [`Isa::current`].
#[inline]
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    dispatch_on(Isa::current(), kernel)
}

/// Runs `kernel` with the instruction set given: how a test visits each of [`Isa::available`].
///
/// # Panics
///
/// If this machine lacks `isa`.
#[inline]
pub fn dispatch_on<K: Kernel>(isa: Isa, kernel: K) -> K::Output {
    isa.assert_available();
    match isa {
        // NEON is part of the base target where it exists, so the portable copy already uses it.
        Isa::Portable | Isa::Neon => kernel.run(),
        // SAFETY: `assert_available` established that the processor has these features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { avx2(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { avx512(kernel) },
        #[cfg(not(target_arch = "x86_64"))]
        Isa::Avx2 | Isa::Avx512 => unreachable!("asserted above"),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
pub(super) fn avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
pub(super) fn avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Dot<'a>(&'a [f32], &'a [f32]);

    impl Kernel for Dot<'_> {
        type Output = f32;

        #[inline(always)]
        fn run(self) -> f32 {
            self.0.iter().zip(self.1).map(|(x, y)| x * y).sum()
        }
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let x: Vec<f32> = (0..1000).map(|i| (i as f32 * 0.37).sin()).collect();
        let expected = dispatch_on(Isa::Portable, Dot(&x, &x));
        for isa in Isa::available() {
            assert_eq!(dispatch_on(isa, Dot(&x, &x)).to_bits(), expected.to_bits(), "{isa:?}");
        }
    }

    #[test]
    fn the_current_set_is_available() {
        assert!(Isa::available().any(|isa| isa == Isa::current()));
    }
}
