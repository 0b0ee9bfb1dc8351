//! Whose roundings the kernels follow: torch's, which leaves sums of products and square roots to Intel's
//! MKL. A run's losses are then torch's to the last bit (`docs/fidelity.md`).
//!
//! MKL goes other ways on other makers' processors: shorter stretches, and coarser estimates that are refined
//! in more steps. By default we go the way that torch goes on the processor at hand.
//!
//! What is written here was found by probing torch 2.15 on one thread: both ways with AVX-512, and that of
//! other makers with AVX2, where the orders of products are the same. On Intel's processors without AVX-512
//! MKL sums some products in orders that are not followed. Every order is as good as any other; none
//! depends on the number of threads.

use super::simd::Isa;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// The way MKL goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mkl {
    /// On Intel's processors.
    Intel = 1,
    /// On everyone else's: AMD's.
    Other,
    /// Nowhere: sums as on Intel's, roots correctly rounded. Training then gives the same bits on all
    /// processors with AVX2 or AVX-512, whoever made them.
    Absent,
}

/// 0 until first asked.
static CURRENT: AtomicU8 = AtomicU8::new(0);

impl Mkl {
    /// The way in use: that of the processor, [`Mkl::of_processor`], unless [`Mkl::select`] or the
    /// environment variable `RUSHLIGHT_MKL` (`intel`, `other`, `absent`) chose another.
    ///
    /// # Panics
    ///
    /// If `RUSHLIGHT_MKL` is none of these.
    #[inline]
    pub fn current() -> Mkl {
        match CURRENT.load(Relaxed) {
            1 => Mkl::Intel,
            2 => Mkl::Other,
            3 => Mkl::Absent,
            _ => Mkl::first(),
        }
    }

    /// Goes this way from now on, in every thread: how to get another machine's
    /// numbers, or the same on all of them.
    pub fn select(self) {
        CURRENT.store(self as u8, Relaxed);
    }

    #[cold]
    fn first() -> Mkl {
        let mkl = match std::env::var("RUSHLIGHT_MKL").as_deref() {
            Ok("intel") => Mkl::Intel,
            Ok("other") => Mkl::Other,
            Ok("absent") => Mkl::Absent,
            Err(_) | Ok("") => Mkl::of_processor(),
            Ok(name) => panic!("RUSHLIGHT_MKL={name}: neither `intel` nor `other` nor `absent`"),
        };
        mkl.select();
        mkl
    }

    /// The way that torch goes on this processor, and `Absent` if our kernels use neither AVX2 nor AVX-512.
    #[cfg(target_arch = "x86_64")]
    pub fn of_processor() -> Mkl {
        if !matches!(Isa::current(), Isa::Avx2 | Isa::Avx512) {
            return Mkl::Absent;
        }
        let maker = std::arch::x86_64::__cpuid(0);
        let intel =
            [maker.ebx, maker.edx, maker.ecx] == [*b"Genu", *b"ineI", *b"ntel"].map(u32::from_le_bytes);
        if intel { Mkl::Intel } else { Mkl::Other }
    }

    /// The way that torch goes on this processor, where MKL is not at work.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn of_processor() -> Mkl {
        Mkl::Absent
    }

    /// The longest sum of products that stays in registers.
    fn depth(self) -> usize {
        match self {
            Mkl::Intel | Mkl::Absent => 384,
            Mkl::Other => 192,
        }
    }

    /// Into how many stretches `k` is cut. Their sums are added in order, the first one to β·C and the bias.
    pub(super) fn stretches(self, k: usize) -> usize {
        k.div_ceil(self.depth()).max(1)
    }

    /// Stretch `i` of them: halves of `k` if they are two, whole depths and what is left over otherwise.
    pub(super) fn stretch(self, k: usize, i: usize) -> Range<usize> {
        let count = self.stretches(k);
        let len = match (count, self) {
            (2, Mkl::Other) => k / 2,
            (2, _) => k.div_ceil(2),
            _ => self.depth(),
        };
        i * len..if i + 1 == count { k } else { (i + 1) * len }
    }
}

impl fmt::Display for Mkl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mkl::Intel => "intel",
            Mkl::Other => "other",
            Mkl::Absent => "absent",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_mkls() {
        let starts = |mkl: Mkl, k| (0..mkl.stretches(k)).map(|i| mkl.stretch(k, i).start).collect::<Vec<_>>();
        assert_eq!(starts(Mkl::Intel, 384), [0]);
        assert_eq!(starts(Mkl::Intel, 385), [0, 193]);
        assert_eq!(starts(Mkl::Intel, 784), [0, 384, 768]);
        assert_eq!(starts(Mkl::Other, 192), [0]);
        assert_eq!(starts(Mkl::Other, 193), [0, 96]);
        assert_eq!(starts(Mkl::Other, 784), [0, 192, 384, 576, 768]);
    }

    #[test]
    fn stretches_cover_k() {
        for mkl in [Mkl::Intel, Mkl::Other] {
            for k in 0..2000 {
                let mut end = 0;
                for i in 0..mkl.stretches(k) {
                    let stretch = mkl.stretch(k, i);
                    assert_eq!(stretch.start, end);
                    end = stretch.end;
                }
                assert_eq!(end, k, "{mkl:?}");
            }
        }
    }
}
