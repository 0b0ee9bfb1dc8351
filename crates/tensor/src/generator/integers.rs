//! Integers, permutations and coin flips.

use super::Generator;
use crate::error::out_of_memory;
use crate::kernels::simd::{Kernel, dispatch};
use crate::{DType, Shape};

/// Ranges from here on take a 64-bit draw, so that the skew of the remainder stays under a few per cent.
const WIDE_RANGE: u64 = 1 << 28;

/// Permutations from here on (u32::MAX / 20) are shuffled with 64-bit draws.
const LONG_PERMUTATION: usize = 214_748_364;

impl Generator {
    /// An integer in [`low`, `high`): an element of `torch.randint(low, high, …)`.
    ///
    /// # Panics
    ///
    /// Unless `low < high`.
    #[inline]
    #[track_caller]
    pub fn randint(&mut self, low: i64, high: i64) -> i64 {
        assert!(low < high, "randint: expects low < high, got [{low}, {high})");
        let range = high.wrapping_sub(low) as u64;
        let offset = if range >= WIDE_RANGE {
            self.next_u64() % range
        } else {
            (self.next_u32() % range as u32).into()
        };
        low.wrapping_add(offset as i64)
    }

    /// The integers 0 … n − 1 in random order: `torch.randperm(n)`.
    ///
    /// ```
    /// assert_eq!(tensor::Generator::new(0).randperm(6), [2, 5, 3, 0, 1, 4]);
    /// ```
    ///
    /// # Panics
    ///
    /// If they would take more memory than there is.
    #[track_caller]
    pub fn randperm(&mut self, n: usize) -> Vec<i64> {
        let mut p: Vec<i64> = Vec::new();
        if p.try_reserve_exact(n).is_err() {
            let shape = Shape::from(n);
            out_of_memory(shape.bytes(DType::I64), &shape);
        }
        if n >= LONG_PERMUTATION {
            self.long_randperm(n, &mut p);
            return p;
        }
        p.extend(0..n as i64);
        let mut draws = [0; 512];
        // The last element has nowhere to go, and torch draws nothing for it.
        for start in (0..n.saturating_sub(1)).step_by(draws.len()) {
            let draws = &mut draws[..(n - 1 - start).min(512)];
            self.engine.fill(draws);
            for (i, draw) in (start..).zip(draws) {
                p.swap(i, i + (*draw % (n - i) as u32) as usize);
            }
        }
        p
    }

    /// Fisher and Yates from the inside out.
    fn long_randperm(&mut self, n: usize, p: &mut Vec<i64>) {
        for i in 0..n {
            let z = (self.next_u64() % (i as u64 + 1)) as usize;
            p.push(i as i64);
            p.swap(i, z);
        }
    }

    /// True with probability `p`: an element of `tensor.bernoulli_(p)`, one 64-bit draw.
    ///
    /// # Panics
    ///
    /// Unless 0 ≤ `p` ≤ 1.
    #[inline]
    #[track_caller]
    pub fn bernoulli(&mut self, p: f64) -> bool {
        check_probability(p);
        self.uniform_f64() < p
    }

    /// [`bernoulli`](Self::bernoulli) for a probability out of an `F32` tensor, for
    /// which torch takes one 32-bit draw.
    ///
    /// # Panics
    ///
    /// Unless 0 ≤ `p` ≤ 1.
    #[inline]
    #[track_caller]
    pub fn bernoulli_f32(&mut self, p: f32) -> bool {
        check_probability(p.into());
        self.uniform_f32() < p
    }

    /// Fills `out` with `hit` where [`bernoulli(p)`](Self::bernoulli) is true and `miss` elsewhere.
    ///
    /// `fill_bernoulli(out, 1 - p, 1 / (1 - p), 0.0)` is the scaled mask of `torch.nn.functional.dropout`.
    ///
    /// ```
    /// let mut x = [0; 8];
    /// tensor::Generator::new(0).fill_bernoulli(&mut x, 0.5, 1, 0);
    /// assert_eq!(x, [0, 0, 1, 0, 0, 0, 1, 1]);
    /// ```
    ///
    /// # Panics
    ///
    /// Unless 0 ≤ `p` ≤ 1.
    #[track_caller]
    pub fn fill_bernoulli<T: Copy>(&mut self, out: &mut [T], p: f64, hit: T, miss: T) {
        check_probability(p);
        let mut draws = [0; 512];
        // u·2⁻⁵³ < p exactly where the integer u is less than p·2⁵³, rounded up.
        let bound = (p * (1u64 << 53) as f64).ceil() as i64;
        for y in out.chunks_mut(draws.len() / 2) {
            let draws = &mut draws[..2 * y.len()];
            self.engine.fill(draws);
            dispatch(Flip { draws: draws.as_chunks().0, y, bound, hit, miss });
        }
    }
}

struct Flip<'a, T> {
    draws: &'a [[u32; 2]],
    y: &'a mut [T],
    bound: i64,
    hit: T,
    miss: T,
}

impl<T: Copy> Kernel for Flip<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (y, &[high, low]) in self.y.iter_mut().zip(self.draws) {
            let u = ((high as u64) << 32 | low as u64) & ((1 << 53) - 1);
            *y = if (u as i64) < self.bound { self.hit } else { self.miss };
        }
    }
}

#[track_caller]
fn check_probability(p: f64) {
    assert!((0.0..=1.0).contains(&p), "bernoulli: expects 0 <= p <= 1, got {p}");
}
