//! Sums that go up a level now and then, in torch's order: for what has to have the bits of a sum of torch's.

use crate::kernels::number::Float;

/// Accumulators that run side by side, and the levels of each.
const CHAINS: usize = 4;
const LEVELS: usize = 4;

/// The sum of all of `x`, as torch makes it of elements that lie together: in the lanes of a vector of 32
/// bytes, which are added to the sum of what fills no vector at the end.
///
/// ```
/// use tensor::kernels::rounding::row_sum;
///
/// assert_eq!(row_sum(&[0.5f32, 1.5, 2.0]), 4.0);
/// ```
pub fn row_sum<T: Float>(x: &[T]) -> T {
    match size_of::<T>() {
        4 => in_lanes::<T, 8>(x),
        _ => in_lanes::<T, 4>(x),
    }
}

/// The sum in the order of torch's mean loss: at every sixteenth element what has been summed goes up a
/// level, and at every sixteenth time that a level receives something, it goes up in turn.
///
/// ```
/// use tensor::kernels::rounding::sum_in_levels;
///
/// assert_eq!(sum_in_levels(&[0.5f32, 1.5, 2.0]), 4.0);
/// ```
pub fn sum_in_levels<T: Float>(x: &[T]) -> T {
    let mut levels = [T::ZERO; 8];
    for (i, &x) in x.iter().enumerate() {
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

fn in_lanes<T: Float, const LANES: usize>(x: &[T]) -> T {
    if x.len() < LANES {
        return cascade(x.as_chunks::<1>().0)[0];
    }
    let (vectors, tail) = x.as_chunks::<LANES>();
    let tail = tail.iter().fold(T::ZERO, |sum, &x| sum + x);
    cascade(vectors).iter().fold(tail, |sum, &lane| sum + lane)
}

/// The sum of vectors: vector `i` goes to chain `i` mod 4; after 2^`power` additions a chain's sum goes up a
/// level, after as many of these another one.
fn cascade<T: Float, const LANES: usize>(x: &[[T; LANES]]) -> [T; LANES] {
    let (steps, rest) = x.as_chunks::<CHAINS>();
    let power = (steps.len().max(2).next_power_of_two().ilog2() / LEVELS as u32).max(4);
    let mask = (1 << power) - 1;
    let mut sums = [[[T::ZERO; LANES]; CHAINS]; LEVELS];
    for (i, step) in (1usize..).zip(steps) {
        add(&mut sums[0], step);
        let mut level = 1;
        while level < LEVELS && i & (mask << (power * (level as u32 - 1))) == 0 {
            let lower = std::mem::replace(&mut sums[level - 1], [[T::ZERO; LANES]; CHAINS]);
            add(&mut sums[level], &lower);
            level += 1;
        }
    }
    let [mut chains, upper @ ..] = sums;
    upper.iter().for_each(|level| add(&mut chains, level));
    let [mut sum, others @ ..] = chains;
    for x in rest.iter().chain(&others) {
        add(std::slice::from_mut(&mut sum), std::slice::from_ref(x));
    }
    sum
}

fn add<T: Float, const LANES: usize>(sums: &mut [[T; LANES]], x: &[[T; LANES]]) {
    for (sum, x) in sums.iter_mut().flatten().zip(x.iter().flatten()) {
        *sum += *x;
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
            let x = Generator::new(0).rand([n], DType::F64);
            assert_eq!(row_sum(x.as_slice::<f64>()).to_bits(), f64, "{n}");
        }
    }
}
