//! In which order sums are added up, and how what is not exact is rounded: as in torch, so that a run's
//! losses are torch's to the last bit (`docs/fidelity.md`).
//!
//! torch leaves products of matrices and square roots to a library, Intel's MKL, which goes other ways on
//! other makers' processors: shorter stretches, and coarser estimates that are refined in more steps. By
//! default we go the way that torch goes on the processor at hand, a [`Rounding`].
//!
//! - `stretch`: sums of products, and `products`: those with few rows or columns;
//! - [`root`]: square roots;
//! - `cascade`, `columns`, `lanes`: sums of rows, of columns, and of what fits few vectors;
//! - `rows`: our own order of a row, for what is not a sum and where nothing asks for torch's.
//!
//! These orders were found by probing torch 2.15 on one thread: both ways with AVX-512, and AMD's with
//! AVX2, where the orders of products are the same. On Intel's processors without AVX-512 torch sums some
//! products in orders that are not followed. Every order is as good as any other; none depends on the number
//! of threads.

pub(super) mod cascade;
pub(super) mod columns;
mod lanes;
mod products;
pub mod root;
pub(crate) mod rows;
mod stretch;

pub use cascade::{row_sum, sum_in_levels};
pub use lanes::sum_of_squares;
pub(super) use lanes::{Lanes, dot_in_lanes, products_in_lanes, sum_in_lanes};
pub(super) use products::{Few, Form};
pub(crate) use stretch::Products;

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use super::simd::Isa;

/// Whose orders of sums and roundings the kernels follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Rounding {
    /// Torch's on Intel's processors.
    Intel = 1,
    /// Torch's on everyone else's.
    Amd,
    /// Nobody's: sums as on Intel's, roots correctly rounded. Training then gives the same bits on all
    /// processors with AVX2 or AVX-512, whoever made them.
    Nearest,
}

/// How many elements torch hands to its elementwise functions at once, in two vectors; those left over have
/// other functions.
pub fn block() -> usize {
    match (Rounding::current(), Isa::current()) {
        (Rounding::Nearest, _) | (_, Isa::Portable | Isa::Neon) => 1,
        (_, Isa::Avx2) => 16,
        (_, Isa::Avx512) => 32,
    }
}

/// 0 until first asked.
static CURRENT: AtomicU8 = AtomicU8::new(0);

impl Rounding {
    const ALL: [Rounding; 3] = [Rounding::Intel, Rounding::Amd, Rounding::Nearest];

    /// The rounding in use: that of the processor, [`Rounding::of_processor`], unless [`Rounding::select`] or
    /// the environment variable `RUSHLIGHT_ROUNDING` (`intel`, `amd`, `nearest`) chose another. The
    /// variable's earlier form, `RUSHLIGHT_MKL` (`intel`, `other`, `absent`), counts where it is not set.
    ///
    /// # Panics
    ///
    /// If the variable has another value.
    #[inline]
    pub fn current() -> Rounding {
        match CURRENT.load(Relaxed) {
            1 => Rounding::Intel,
            2 => Rounding::Amd,
            3 => Rounding::Nearest,
            _ => Rounding::first(),
        }
    }

    /// Follows this one from now on, in every thread: how to get another machine's numbers, or the same on
    /// all of them.
    pub fn select(self) {
        CURRENT.store(self as u8, Relaxed);
    }

    #[cold]
    fn first() -> Rounding {
        let named = Rounding::named(|variable| std::env::var(variable).ok());
        let rounding = named.unwrap_or_else(Rounding::of_processor);
        rounding.select();
        rounding
    }

    /// The one that the environment names, if it does.
    fn named(read: impl Fn(&str) -> Option<String>) -> Option<Rounding> {
        let find = |variable: &str, names: [&str; 3]| {
            let name = read(variable).filter(|name| !name.is_empty())?;
            let at = names.iter().position(|&known| known == name);
            let [a, b, c] = names;
            let at = at.unwrap_or_else(|| panic!("{variable}={name}: neither `{a}` nor `{b}` nor `{c}`"));
            Some(Rounding::ALL[at])
        };
        find("RUSHLIGHT_ROUNDING", Rounding::ALL.map(Rounding::name))
            .or_else(|| find("RUSHLIGHT_MKL", ["intel", "other", "absent"]))
    }

    /// Torch's on this processor, and `Nearest` if our kernels use neither AVX2 nor AVX-512.
    #[cfg(target_arch = "x86_64")]
    pub fn of_processor() -> Rounding {
        if !matches!(Isa::current(), Isa::Avx2 | Isa::Avx512) {
            return Rounding::Nearest;
        }
        let maker = std::arch::x86_64::__cpuid(0);
        let intel =
            [maker.ebx, maker.edx, maker.ecx] == [*b"Genu", *b"ineI", *b"ntel"].map(u32::from_le_bytes);
        if intel { Rounding::Intel } else { Rounding::Amd }
    }

    /// Torch's on this processor, whose sums and roots are its own here.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn of_processor() -> Rounding {
        Rounding::Nearest
    }

    /// The name that `RUSHLIGHT_ROUNDING` takes.
    pub fn name(self) -> &'static str {
        match self {
            Rounding::Intel => "intel",
            Rounding::Amd => "amd",
            Rounding::Nearest => "nearest",
        }
    }
}

impl fmt::Display for Rounding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(variables: &[(&str, &str)]) -> Option<Rounding> {
        let value =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, x)| x.to_string());
        Rounding::named(value)
    }

    #[test]
    fn the_environment_names_a_rounding_in_its_new_or_its_old_form() {
        assert_eq!(named(&[]), None);
        assert_eq!(named(&[("RUSHLIGHT_ROUNDING", ""), ("RUSHLIGHT_MKL", "")]), None);
        assert_eq!(named(&[("RUSHLIGHT_ROUNDING", "amd")]), Some(Rounding::Amd));
        assert_eq!(named(&[("RUSHLIGHT_MKL", "other")]), Some(Rounding::Amd));
        assert_eq!(named(&[("RUSHLIGHT_MKL", "absent")]), Some(Rounding::Nearest));
        let both = [("RUSHLIGHT_ROUNDING", "intel"), ("RUSHLIGHT_MKL", "absent")];
        assert_eq!(named(&both), Some(Rounding::Intel));
    }

    #[test]
    #[should_panic(expected = "RUSHLIGHT_ROUNDING=other: neither `intel` nor `amd` nor `nearest`")]
    fn an_unknown_rounding_is_refused() {
        named(&[("RUSHLIGHT_ROUNDING", "other")]);
    }
}
