//! Torch's order of a row: in lanes, whose sums go up a level now and then.

use crate::kernels::number::{Float, Fold, Sum};
use crate::kernels::parallel::for_each_chunk_mut;
use crate::kernels::simd::{Kernel, dispatch};

/// Stretches of a long row that make a task: one takes less than a microsecond, too little to hand over
/// (`cargo xtask bench --sweep`, `x.sum()`).
const TASK: usize = 16;

/// Sums that run side by side, of every fourth vector each.
pub(super) const CHAINS: usize = 4;

/// Numbers in a vector of 32 bytes. Torch's sums have so many lanes, however wide the processor's vectors
/// are.
#[inline(always)]
pub(super) fn lanes<T>() -> usize {
    if size_of::<T>() == 8 { 4 } else { 8 }
}

/// How many of so many rows a level takes before it goes up into the next one, of four.
#[inline(always)]
pub(super) fn level(rows: usize) -> usize {
    1 << (rows.max(2).next_power_of_two().ilog2() / 4).max(4)
}

/// The sum of all of `x`, as torch makes it of elements that lie together.
///
/// ```
/// use tensor::kernels::rounding::row_sum;
///
/// assert_eq!(row_sum(&[0.5f32, 1.5, 2.0]), 4.0);
/// ```
pub fn row_sum<T: Float>(x: &[T]) -> T {
    fold_row::<Sum<T>>(x)
}

/// The sum in the order of torch's mean loss: at every sixteenth element what has been summed goes up a
/// level, and at every sixteenth time that a level receives something, it goes up in turn. Nothing goes up at
/// a place that is left out.
///
/// ```
/// use tensor::kernels::rounding::sum_in_levels;
///
/// assert_eq!(sum_in_levels([Some(0.5f32), None, Some(1.5), Some(2.0)]), 4.0);
/// ```
pub fn sum_in_levels<T: Float>(x: impl IntoIterator<Item = Option<T>>) -> T {
    let mut levels = [T::ZERO; 8];
    for (i, x) in x.into_iter().enumerate() {
        let Some(x) = x else { continue };
        levels[0] += x;
        for level in 1..levels.len() {
            if !i.is_multiple_of(1 << (4 * level)) {
                break;
            }
            let sum = std::mem::replace(&mut levels[level - 1], T::ZERO);
            levels[level] += sum;
        }
    }
    levels.into_iter().fold(T::ZERO, |sum, level| sum + level)
}

/// One element of each row of `n`.
pub(in crate::kernels) struct Rows<'a, F: Fold> {
    pub(in crate::kernels) x: &'a [F::T],
    pub(in crate::kernels) n: usize,
    pub(in crate::kernels) out: &'a mut [F::T],
}

impl<F: Fold> Kernel for Rows<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (x, out) in self.x.chunks_exact(self.n).zip(self.out) {
            *out = fold_row::<F>(x);
        }
    }
}

/// One element of each row of `n`, as torch multiplies them: in the lanes of [`CHAINS`] vectors, which are
/// joined in pairs, and then what fills no step of them.
pub(in crate::kernels) struct Products<'a, F: Fold> {
    pub(in crate::kernels) x: &'a [F::T],
    pub(in crate::kernels) n: usize,
    pub(in crate::kernels) out: &'a mut [F::T],
}

impl<F: Fold> Kernel for Products<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (x, out) in self.x.chunks_exact(self.n).zip(self.out) {
            *out = match lanes::<F::T>() {
                4 => product::<F, 4, 16>(x),
                _ => product::<F, 8, 32>(x),
            };
        }
    }
}

#[inline(always)]
fn product<F: Fold, const LANES: usize, const STEP: usize>(x: &[F::T]) -> F::T {
    let (steps, rest) = x.as_chunks::<STEP>();
    let mut chains = [F::EMPTY; STEP];
    steps.iter().for_each(|x| up::<F>(&mut chains, x));
    let lane = |l: usize| {
        let [a, b, c, d] = [0, 1, 2, 3].map(|chain| chains[chain * LANES + l]);
        F::combine(F::combine(a, b), F::combine(c, d))
    };
    let whole = (0..LANES).fold(F::EMPTY, |y, l| F::combine(y, lane(l)));
    rest.iter().fold(whole, |y, &x| F::combine(y, x))
}

/// All of `x` as one.
#[inline(always)]
fn fold_row<F: Fold>(x: &[F::T]) -> F::T {
    match lanes::<F::T>() {
        lanes if x.len() < lanes => in_lanes::<F, 1, CHAINS>(x),
        4 => in_lanes::<F, 4, 16>(x),
        _ => in_lanes::<F, 8, 32>(x),
    }
}

/// A vector goes to one of [`CHAINS`], a step of `STEP = CHAINS · LANES` numbers to all of them.
#[inline(always)]
fn in_lanes<F: Fold, const LANES: usize, const STEP: usize>(x: &[F::T]) -> F::T {
    let (steps, rest) = x.as_chunks::<STEP>();
    let level = level(steps.len());
    let stretches = steps.chunks(level * level).map(|x| two_levels::<F, STEP>(x, level));
    together::<F, LANES>(&upper_levels::<F, STEP>(stretches, level), rest)
}

/// [`fold_row`] in parallel: a stretch that fills two levels does not depend on the others.
pub(in crate::kernels) fn fold_long_row<F: Fold>(x: &[F::T]) -> F::T {
    match lanes::<F::T>() {
        4 => in_stretches::<F, 4, 16>(x),
        _ => in_stretches::<F, 8, 32>(x),
    }
}

fn in_stretches<F: Fold, const LANES: usize, const STEP: usize>(x: &[F::T]) -> F::T {
    let (steps, rest) = x.as_chunks::<STEP>();
    let level = level(steps.len());
    let mut stretches = vec![[F::EMPTY; STEP]; steps.len().div_ceil(level * level)];
    for_each_chunk_mut(&mut stretches, TASK, |start, stretches| {
        dispatch(Stretches::<F, STEP> { steps: &steps[start * level * level..], level, stretches });
    });
    together::<F, LANES>(&upper_levels::<F, STEP>(stretches.into_iter(), level), rest)
}

struct Stretches<'a, F: Fold, const STEP: usize> {
    steps: &'a [[F::T; STEP]],
    level: usize,
    stretches: &'a mut [[F::T; STEP]],
}

impl<F: Fold, const STEP: usize> Kernel for Stretches<'_, F, STEP> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (x, out) in self.steps.chunks(self.level * self.level).zip(self.stretches) {
            *out = two_levels::<F, STEP>(x, self.level);
        }
    }
}

#[inline(always)]
fn two_levels<F: Fold, const STEP: usize>(x: &[[F::T; STEP]], level: usize) -> [F::T; STEP] {
    let mut upper = [F::EMPTY; STEP];
    for x in x.chunks(level) {
        let mut lower = [F::EMPTY; STEP];
        x.iter().for_each(|x| up::<F>(&mut lower, x));
        up::<F>(&mut upper, &lower);
    }
    upper
}

#[inline(always)]
fn upper_levels<F: Fold, const STEP: usize>(
    stretches: impl Iterator<Item = [F::T; STEP]>,
    level: usize,
) -> [F::T; STEP] {
    let (mut upper, mut lower) = ([F::EMPTY; STEP], [F::EMPTY; STEP]);
    for (i, x) in (1usize..).zip(stretches) {
        up::<F>(&mut lower, &x);
        if i.is_multiple_of(level) {
            up::<F>(&mut upper, &lower);
            lower = [F::EMPTY; STEP];
        }
    }
    up::<F>(&mut upper, &lower);
    upper
}

/// The four chains, what is left of a step, the lanes, and what fills no vector.
#[inline(always)]
fn together<F: Fold, const LANES: usize>(chains: &[F::T], rest: &[F::T]) -> F::T {
    let (chains, _) = chains.as_chunks::<LANES>();
    let (vectors, tail) = rest.as_chunks::<LANES>();
    let mut lanes = chains[0];
    vectors.iter().chain(&chains[1..]).for_each(|x| up::<F>(&mut lanes, x));
    let tail = tail.iter().fold(F::EMPTY, |y, &x| F::combine(y, x));
    lanes.iter().fold(tail, |y, &lane| F::combine(y, lane))
}

#[inline(always)]
pub(super) fn up<F: Fold>(y: &mut [F::T], x: &[F::T]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = F::combine(*y, x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DType, Generator};

    /// `torch.rand(n).sum()` of torch 2.15 after `torch.manual_seed(0)`, on one thread.
    #[test]
    fn bits_are_torchs() {
        for (n, f32, f64) in [
            (0, 0x0, 0x0),
            (3, 0x3fad2da8, 0x4001191992e2327b),
            (7, 0x403aa944, 0x4012b0edae5446ee),
            (8, 0x4074089f, 0x401418767024dea9),
            (31, 0x4164a06f, 0x402faf890ef82f1b),
            (33, 0x41765a6e, 0x4030ab589f1ccbaa),
            (100, 0x42435e29, 0x404816cef4b4ea6d),
            (1000, 0x43fa7662, 0x407f34d4c9d3c9f8),
            (70001, 0x4708be85, 0x40e119b5ec3d5d77),
            (3000017, 0x49b72cd8, 0x4136e32680e25d1f),
        ] {
            let x = Generator::new(0).rand([n], DType::F32);
            assert_eq!(row_sum(x.as_slice::<f32>()).to_bits(), f32, "{n}");
            assert_eq!(x.sum().item() as f32, f32::from_bits(f32), "{n}");
            let x = Generator::new(0).rand([n], DType::F64);
            assert_eq!(row_sum(x.as_slice::<f64>()).to_bits(), f64, "{n}");
            assert_eq!(x.sum().item(), f64::from_bits(f64), "{n}");
        }
    }
}
