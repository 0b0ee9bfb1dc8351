//! One vector with each row of a matrix: [`Few::Row`] and [`Few::Vector`].

use super::super::x86::Product;
use super::{Rows, past_boundary, split};
use crate::kernels::simd::{Kernel, dispatch};

/// Rows that a vector's position at a boundary is shared by.
pub(super) const GROUP: usize = 4;

/// The products of `x` with the rows of `w`; `place` tells the row and column of C for each.
///
/// # Safety
///
/// The places are elements of the product's C, which has none of them twice.
pub(super) unsafe fn run(
    p: &Product,
    x: Rows<'_>,
    w: Rows<'_>,
    rows: usize,
    place: impl Fn(usize) -> (usize, usize) + Sync,
) {
    let x = x.row(0);
    let grouped = rows / GROUP * GROUP;
    let store = |y: usize, sum: f32| {
        let (i, j) = place(y);
        // SAFETY: the caller's promise; each row is in one task.
        unsafe { p.finish.store(sum, p.c.at(i, j), j) };
    };
    split(grouped, 2 * GROUP, rows * p.k, |part| {
        let mut y = part.start;
        while y < part.end {
            let behind = GROUP - past_boundary(w.row(y + GROUP - 1).as_ptr());
            if y + 2 * GROUP <= part.end {
                // The fourth rows of two groups lie alike: they are four rows apart.
                let w = std::array::from_fn(|c| w.row(y + c));
                let sums: [f32; 2 * GROUP] = dispatch(Fours { x, w, behind });
                (y..).zip(sums).for_each(|(y, sum)| store(y, sum));
                y += 2 * GROUP;
            } else {
                let sums: [f32; GROUP] =
                    dispatch(Fours { x, w: std::array::from_fn(|c| w.row(y + c)), behind });
                (y..).zip(sums).for_each(|(y, sum)| store(y, sum));
                y += GROUP;
            }
        }
    });
    let behind = GROUP - past_boundary(x.as_ptr());
    for y in grouped..rows {
        let w = w.row(y);
        if y - grouped == 1 {
            store(y, dispatch(Halves { x, w, behind }));
        } else {
            let [sum] = dispatch(Eights { x: [x], w, behind });
            store(y, sum);
        }
    }
}

/// `x` and `w` behind their first `count` elements, whose products added one after the other come first.
#[inline(always)]
fn begin<'a>(x: &'a [f32], w: &'a [f32], count: usize) -> (f32, &'a [f32], &'a [f32]) {
    let (x, w) = (&x[..x.len()], &w[..x.len()]);
    let ((x_first, x), (w_first, w)) = (x.split_at(count.min(x.len())), w.split_at(count.min(x.len())));
    // Nothing is lost by adding the first product to −0.
    (x_first.iter().zip(w_first).fold(-0.0, |sum, (x, w)| sum + x * w), x, w)
}

/// `sum` and the products of what is left, one after the other.
#[inline(always)]
pub(super) fn end(sum: f32, x: &[f32], w: &[f32]) -> f32 {
    x.iter().zip(w).fold(sum, |sum, (x, w)| sum + x * w)
}

/// Four lanes, which every processor of the target has.
#[derive(Clone, Copy)]
pub(super) struct Quad(std::arch::x86_64::__m128);

impl Quad {
    pub(super) const ZERO: Quad = Quad(
        // SAFETY: a vector of floats, of which all bits may be 0.
        unsafe { std::mem::zeroed() },
    );

    /// `x` in the first lane, 0 in the others.
    #[inline(always)]
    pub(super) fn first(x: f32) -> Quad {
        // SAFETY: here and below, x86-64 has SSE.
        Quad(unsafe { std::arch::x86_64::_mm_set_ss(x) })
    }

    #[inline(always)]
    pub(super) fn of(lanes: [f32; 4]) -> Quad {
        // SAFETY: four floats are there.
        unsafe { Quad::load(lanes.as_ptr()) }
    }

    /// `x` in all lanes.
    #[inline(always)]
    pub(super) fn splat(x: f32) -> Quad {
        // SAFETY: as above.
        Quad(unsafe { std::arch::x86_64::_mm_set1_ps(x) })
    }

    /// # Safety
    ///
    /// Four floats are readable there.
    #[inline(always)]
    pub(super) unsafe fn load(from: *const f32) -> Quad {
        // SAFETY: the caller's promise.
        Quad(unsafe { std::arch::x86_64::_mm_loadu_ps(from) })
    }

    #[inline(always)]
    pub(super) fn add(self, y: Quad) -> Quad {
        // SAFETY: as above.
        Quad(unsafe { std::arch::x86_64::_mm_add_ps(self.0, y.0) })
    }

    #[inline(always)]
    pub(super) fn mul(self, y: Quad) -> Quad {
        // SAFETY: as above.
        Quad(unsafe { std::arch::x86_64::_mm_mul_ps(self.0, y.0) })
    }

    #[inline(always)]
    pub(super) fn get(self) -> [f32; 4] {
        let mut lanes = [0.0; 4];
        // SAFETY: there is room for four.
        unsafe { std::arch::x86_64::_mm_storeu_ps(lanes.as_mut_ptr(), self.0) };
        lanes
    }
}

/// Four lanes as one.
#[inline(always)]
pub(super) fn fold(lanes: [f32; 4]) -> f32 {
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// Dot products of `x` with some rows in four lanes each, behind the first few elements.
pub(super) struct Fours<'a, const N: usize> {
    pub(super) x: &'a [f32],
    pub(super) w: [&'a [f32]; N],
    pub(super) behind: usize,
}

impl<const N: usize> Kernel for Fours<'_, N> {
    type Output = [f32; N];

    #[inline(always)]
    fn run(self) -> [f32; N] {
        let mut lanes = [Quad::ZERO; N];
        let mut tails = [(self.x, self.x); N];
        let mut starts = [self.x.as_ptr(); N];
        let mut x = self.x;
        for c in 0..N {
            let (first, x_rest, w) = begin(self.x, self.w[c], self.behind);
            (lanes[c], starts[c], x) = (Quad::first(first), w.as_ptr(), x_rest);
            let whole = x.len() / 4 * 4;
            tails[c] = (&x[whole..], &w[whole..]);
        }
        for l in (0..x.len() / 4 * 4).step_by(4) {
            // SAFETY: `x` and each of the rows have four elements from here on.
            unsafe {
                let x = Quad::load(x.as_ptr().add(l));
                for c in 0..N {
                    lanes[c] = lanes[c].add(x.mul(Quad::load(starts[c].add(l))));
                }
            }
        }
        let mut sums = [0.0; N];
        for c in 0..N {
            sums[c] = end(fold(lanes[c].get()), tails[c].0, tails[c].1);
        }
        sums
    }
}

/// Dot products of some vectors with one row in eight lanes each, behind the first few elements.
pub(super) struct Eights<'a, const N: usize> {
    pub(super) x: [&'a [f32]; N],
    pub(super) w: &'a [f32],
    pub(super) behind: usize,
}

impl<const N: usize> Kernel for Eights<'_, N> {
    type Output = [f32; N];

    #[inline(always)]
    fn run(self) -> [f32; N] {
        let mut lanes = [[Quad::ZERO; 2]; N];
        let mut tails = [(self.w, self.w); N];
        let mut starts = [self.w.as_ptr(); N];
        let mut w = self.w;
        for r in 0..N {
            let (first, x, w_rest) = begin(self.x[r], self.w, self.behind);
            (lanes[r][0], starts[r], w) = (Quad::first(first), x.as_ptr(), w_rest);
            let whole = w.len() / 8 * 8;
            tails[r] = (&x[whole..], &w[whole..]);
        }
        for l in (0..w.len() / 8 * 8).step_by(8) {
            // SAFETY: `w` and each of the vectors have eight elements from here on.
            unsafe {
                let (low, high) = (Quad::load(w.as_ptr().add(l)), Quad::load(w.as_ptr().add(l + 4)));
                for r in 0..N {
                    lanes[r][0] = lanes[r][0].add(Quad::load(starts[r].add(l)).mul(low));
                    lanes[r][1] = lanes[r][1].add(Quad::load(starts[r].add(l + 4)).mul(high));
                }
            }
        }
        let mut sums = [0.0; N];
        for r in 0..N {
            let [low, high] = lanes[r];
            sums[r] = end(fold(low.add(high).get()), tails[r].0, tails[r].1);
        }
        sums
    }
}

/// A dot product in four lanes, which take both halves of each block of eight, behind the first few elements.
struct Halves<'a> {
    x: &'a [f32],
    w: &'a [f32],
    behind: usize,
}

impl Kernel for Halves<'_> {
    type Output = f32;

    #[inline(always)]
    fn run(self) -> f32 {
        let (first, x, w) = begin(self.x, self.w, self.behind);
        let mut lanes = [first, 0.0, 0.0, 0.0];
        let ((x, x_rest), (w, w_rest)) = (x.as_chunks::<8>(), w.as_chunks::<8>());
        for (x, w) in x.iter().zip(w) {
            for l in 0..8 {
                lanes[l % 4] += x[l] * w[l];
            }
        }
        end(fold(lanes), x_rest, w_rest)
    }
}
