use crate::kernels::number::Float;

/// Torch takes so many vectors together.
const CHUNK: usize = 16;

/// More than 2³² chunks in no row.
const LEVELS: usize = 33;

/// Mean and `Σ(x − mean)²` so far, of `count` elements each in `N` lanes.
#[derive(Clone, Copy)]
struct Moments<T, const N: usize> {
    count: usize,
    mean: [T; N],
    squares: [T; N],
}

/// The mean and the biased variance of a row, not of none, as torch's layer norm computes them: in each lane
/// of vectors of 32 bytes (Welford, *Note on a method for calculating corrected sums of squares and
/// products*, 1962), merged by pairs as a binary counter counts.
#[inline(always)]
pub(super) fn moments<T: Float>(x: &[T]) -> (T, T) {
    let (mean, squares) = match size_of::<T>() {
        4 => in_lanes::<T, 8>(x),
        _ => in_lanes::<T, 4>(x),
    };
    (mean, squares / T::from_f64(x.len() as f64))
}

#[inline(always)]
fn in_lanes<T: Float, const N: usize>(x: &[T]) -> (T, T) {
    let (vectors, tail) = x.as_chunks::<N>();
    let chunks = vectors.len().div_ceil(CHUNK);
    // ⌈log₂ chunks⌉, and one where there is one chunk.
    let depth = (chunks.next_power_of_two().trailing_zeros() as usize).max(1);
    let none = Moments { count: 0, mean: [T::ZERO; N], squares: [T::ZERO; N] };
    let mut levels = [none; LEVELS];
    for (i, chunk) in vectors.chunks(CHUNK).enumerate() {
        levels[0].merge(&of_chunk(chunk));
        let mut chunks = i + 1;
        for j in 1..depth {
            if chunks % 2 == 1 {
                break;
            }
            let below = std::mem::replace(&mut levels[j - 1], none);
            levels[j].merge(&below);
            chunks /= 2;
        }
    }
    for j in 1..depth {
        let level = levels[j];
        levels[0].merge(&level);
    }
    let mut count = 0;
    let (mut mean, mut squares) = (T::ZERO, T::ZERO);
    for &x in tail {
        count += 1;
        let d = x - mean;
        mean += d / T::from_f64(count as f64);
        squares += d * (x - mean);
    }
    if vectors.is_empty() {
        return (mean, squares);
    }
    let n = T::from_f64(vectors.len() as f64);
    for (&lane, &lane_squares) in levels[0].mean.iter().zip(&levels[0].squares) {
        let before = T::from_f64(count as f64);
        count += vectors.len();
        let share = n / T::from_f64(count as f64);
        let d = lane - mean;
        mean = share.mul_add(d, mean);
        squares += (d * d * share).mul_add(before, lane_squares);
    }
    (mean, squares)
}

#[inline(always)]
fn of_chunk<T: Float, const N: usize>(vectors: &[[T; N]]) -> Moments<T, N> {
    let mut all = Moments { count: vectors.len(), mean: [T::ZERO; N], squares: [T::ZERO; N] };
    for (j, vector) in vectors.iter().enumerate() {
        let share = T::ONE / T::from_f64((j + 1) as f64);
        for ((mean, squares), &x) in all.mean.iter_mut().zip(&mut all.squares).zip(vector) {
            let d = x - *mean;
            *mean = share.mul_add(d, *mean);
            *squares = d.mul_add(x - *mean, *squares);
        }
    }
    all
}

impl<T: Float, const N: usize> Moments<T, N> {
    /// Adds those of other elements (Chan, Golub and LeVeque, *Updating formulae and a pairwise algorithm for
    /// computing sample variances*, 1979).
    #[inline(always)]
    fn merge(&mut self, other: &Self) {
        let both = self.count + other.count;
        if both == 0 {
            return;
        }
        let (before, share) =
            (T::from_f64(self.count as f64), T::from_f64(other.count as f64) / T::from_f64(both as f64));
        for i in 0..N {
            let d = other.mean[i] - self.mean[i];
            self.mean[i] += share * d;
            self.squares[i] = (d * before).mul_add(share * d, self.squares[i] + other.squares[i]);
        }
        self.count = both;
    }
}
