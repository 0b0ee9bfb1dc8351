//! The order in which torch adds up products of two rows: MKL's on processors of AMD.

use tensor::Float;
use tensor::kernels::simd::{Kernel, dispatch};

/// Writes the product of row `i` of `x` and row `j` of `y` to place `k` for each step `(k, i, j)`.
pub(super) fn dots<T: Float>(
    steps: impl Iterator<Item = (usize, usize, usize)>,
    x: &[T],
    y: &[T],
    out: &mut [T],
    width: usize,
) {
    dispatch(Dots { steps, x, y, out, width });
}

struct Dots<'a, T, I> {
    steps: I,
    x: &'a [T],
    y: &'a [T],
    out: &'a mut [T],
    width: usize,
}

impl<T: Float, I: Iterator<Item = (usize, usize, usize)>> Kernel for Dots<'_, T, I> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Dots { steps, x, y, out, width } = self;
        for (k, i, j) in steps {
            let [i, j] = [i, j].map(|row| row * width);
            let (x, y) = (&x[i..i + width], &y[j..j + width]);
            out[k] = if size_of::<T>() == 4 { dot::<T, 4>(x, y, [i, j]) } else { dot::<T, 2>(x, y, [i, j]) };
        }
    }
}

/// The product of two vectors that begin `offsets` elements behind a place where 16 bytes, `W` elements, may
/// be loaded at once. Elements before the first such place of `y` go to lane 0 one by one; then blocks to
/// four sums, what is left of them to the first ones, and the last elements to lane 0 again. In single
/// precision there is but one vector if `x` lies otherwise than `y`, and the rest goes one by one.
#[inline(always)]
fn dot<T: Float, const W: usize>(x: &[T], y: &[T], offsets: [usize; 2]) -> T {
    let mut sums = [[T::ZERO; W]; 4];
    let mut at = ((W - offsets[1] % W) % W).min(x.len());
    let one_by_one = |sum: &mut T, from: usize, to: usize| {
        x[from..to].iter().zip(&y[from..to]).for_each(|(&x, &y)| *sum += x * y);
    };
    one_by_one(&mut sums[0][0], 0, at);
    let block = |sums: &mut [[T; W]], at: usize| {
        let vectors = x[at..].chunks_exact(W).zip(y[at..].chunks_exact(W));
        for (sum, (x, y)) in sums.iter_mut().zip(vectors) {
            (0..W).for_each(|lane| sum[lane] += x[lane] * y[lane]);
        }
    };
    let alike = W == 2 || offsets[0] % W == offsets[1] % W;
    // How many vectors a block has, and how often there may be one.
    let blocks = match (alike, W) {
        (false, _) => [(1, 1), (0, 0), (0, 0)],
        (true, 2) => [(4, usize::MAX), (1, usize::MAX), (0, 0)],
        (true, _) => [(4, usize::MAX), (2, usize::MAX), (1, usize::MAX)],
    };
    for (vectors, mut often) in blocks {
        while often > 0 && at + vectors * W <= x.len() {
            block(&mut sums[..vectors], at);
            (at, often) = (at + vectors * W, often - 1);
        }
    }
    one_by_one(&mut sums[0][0], at, x.len());
    let lane = |lane: usize| ((sums[0][lane] + sums[1][lane]) + sums[2][lane]) + sums[3][lane];
    if W == 2 { lane(0) + lane(1) } else { (lane(0) + lane(2)) + (lane(1) + lane(3)) }
}
