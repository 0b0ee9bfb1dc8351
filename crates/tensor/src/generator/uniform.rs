//! Uniform draws.

use super::Generator;
use crate::kernels::simd::{Kernel, dispatch};

const UNIT_F32: f32 = 1.0 / (1u32 << 24) as f32;
const UNIT_F64: f64 = 1.0 / (1u64 << 53) as f64;

/// Draws that one pass converts: they stay in the first-level cache between the engine and the conversion.
const RUN: usize = 512;

impl Generator {
    /// A value in [0, 1) with 24 random bits, from one 32-bit draw: an element of `torch.rand(…)`.
    #[inline]
    pub fn uniform_f32(&mut self) -> f32 {
        unit_f32(self.next_u32())
    }

    /// A value in [0, 1) with 53 random bits, from one 64-bit draw: an element of
    /// `torch.rand(…, dtype=torch.float64)`.
    #[inline]
    pub fn uniform_f64(&mut self) -> f64 {
        unit_f64(self.next_u64())
    }

    /// Fills `out` from [`low`, `high`): `tensor.uniform_(low, high)`.
    ///
    /// Each value is `u·(high − low) + low` with one rounding; where that reaches `high`
    /// it becomes `low`, as in torch.
    ///
    /// ```
    /// let mut x = [0.0; 3];
    /// tensor::Generator::new(0).fill_uniform_f32(&mut x, -1.0, 1.0);
    /// assert_eq!(x, [-0.007486820220947266, 0.5364435911178589, -0.8230451345443726]);
    /// ```
    ///
    /// # Panics
    ///
    /// Unless `low <= high` and their difference is finite.
    #[track_caller]
    pub fn fill_uniform_f32(&mut self, out: &mut [f32], low: f32, high: f32) {
        check_range(low.into(), high.into(), (high - low).into());
        let mut draws = [0; RUN];
        for y in out.chunks_mut(RUN) {
            let draws = &mut draws[..y.len()];
            self.engine.fill(draws);
            dispatch(FillF32 { draws, y, low, high });
        }
    }

    /// [`fill_uniform_f32`](Self::fill_uniform_f32) in double precision, from 64-bit draws.
    ///
    /// # Panics
    ///
    /// Unless `low <= high` and their difference is finite.
    #[track_caller]
    pub fn fill_uniform_f64(&mut self, out: &mut [f64], low: f64, high: f64) {
        check_range(low, high, high - low);
        let mut draws = [0; RUN];
        for y in out.chunks_mut(RUN / 2) {
            let draws = &mut draws[..2 * y.len()];
            self.engine.fill(draws);
            dispatch(FillF64 { draws: draws.as_chunks().0, y, low, high });
        }
    }
}

#[inline(always)]
pub(super) fn unit_f32(draw: u32) -> f32 {
    // Through i32: every vector instruction set converts it.
    (draw & 0x00ff_ffff) as i32 as f32 * UNIT_F32
}

#[inline(always)]
pub(super) fn unit_f64(draw: u64) -> f64 {
    (draw & ((1 << 53) - 1)) as i64 as f64 * UNIT_F64
}

#[track_caller]
fn check_range(low: f64, high: f64, width: f64) {
    assert!(
        low <= high && width.is_finite(),
        "uniform: expects a finite range low <= high, got [{low}, {high})"
    );
}

struct FillF32<'a> {
    draws: &'a [u32],
    y: &'a mut [f32],
    low: f32,
    high: f32,
}

impl Kernel for FillF32<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let width = self.high - self.low;
        for (y, &draw) in self.y.iter_mut().zip(self.draws) {
            let v = unit_f32(draw).mul_add(width, self.low);
            *y = if v == self.high { self.low } else { v };
        }
    }
}

struct FillF64<'a> {
    draws: &'a [[u32; 2]],
    y: &'a mut [f64],
    low: f64,
    high: f64,
}

impl Kernel for FillF64<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let width = self.high - self.low;
        for (y, &[high, low]) in self.y.iter_mut().zip(self.draws) {
            let v = unit_f64((high as u64) << 32 | low as u64).mul_add(width, self.low);
            *y = if v == self.high { self.low } else { v };
        }
    }
}
