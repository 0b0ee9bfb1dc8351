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
fn end(sum: f32, x: &[f32], w: &[f32]) -> f32 {
    x.iter().zip(w).fold(sum, |sum, (x, w)| sum + x * w)
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
        let mut lanes = [[0.0f32; 4]; N];
        let begun = self.w.map(|w| begin(self.x, w, self.behind));
        let (x, x_rest) = begun[0].1.as_chunks::<4>();
        let w = begun.map(|(_, _, w)| &w.as_chunks::<4>().0[..x.len()]);
        for (lanes, (first, ..)) in lanes.iter_mut().zip(begun) {
            lanes[0] = first;
        }
        for (q, x) in x.iter().enumerate() {
            for c in 0..N {
                for l in 0..4 {
                    lanes[c][l] += x[l] * w[c][q][l];
                }
            }
        }
        std::array::from_fn(|c| end(fold(lanes[c]), x_rest, begun[c].2.as_chunks::<4>().1))
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
        let mut lanes = [[0.0f32; 8]; N];
        let begun = self.x.map(|x| begin(x, self.w, self.behind));
        let (w, w_rest) = begun[0].2.as_chunks::<8>();
        let x = begun.map(|(_, x, _)| &x.as_chunks::<8>().0[..w.len()]);
        for (lanes, (first, ..)) in lanes.iter_mut().zip(begun) {
            lanes[0] = first;
        }
        for (q, w) in w.iter().enumerate() {
            for r in 0..N {
                for l in 0..8 {
                    lanes[r][l] += x[r][q][l] * w[l];
                }
            }
        }
        std::array::from_fn(|r| {
            let sum = fold(std::array::from_fn(|l| lanes[r][l] + lanes[r][l + 4]));
            end(sum, begun[r].1.as_chunks::<8>().1, w_rest)
        })
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
