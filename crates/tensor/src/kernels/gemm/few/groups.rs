//! Dot products of some rows with groups of four columns: four lanes for each, behind the first few elements.

#![allow(clippy::needless_range_loop)] // counted loops over registers are what the compiler unrolls

use std::arch::x86_64::*;

use super::super::tile::Finish;
use super::super::x86::Raw;
use super::vectors::{Quads, Set, Task};
use super::{GROUP, Rows};

/// Where sums go.
#[derive(Clone, Copy)]
pub(super) struct Out {
    pub(super) c: Raw<*mut f32>,
    pub(super) finish: Finish,
    /// Whether C is turned round, so that its rows have the bias.
    pub(super) turned: bool,
}

// SAFETY: it stands for one exclusive slice and a shared one, which are `Sync`; what writes to C divides its
// elements between the threads.
unsafe impl Sync for Out {}

impl Out {
    /// # Safety
    ///
    /// Element `(i, j)` of C is there, and not written by others.
    #[inline(always)]
    pub(super) unsafe fn store(&self, i: usize, j: usize, sum: f32) {
        // SAFETY: the caller's promise.
        unsafe { self.finish.store(sum, self.c.at(i, j), if self.turned { i } else { j }) };
    }

    /// The same for four elements of a row.
    ///
    /// # Safety
    ///
    /// As [`Out::store`].
    #[inline(always)]
    unsafe fn store_group(&self, i: usize, j: usize, sums: __m128) {
        let Finish { alpha, beta, bias } = self.finish;
        // SAFETY: the caller's promise; every x86-64 processor has these vectors.
        unsafe {
            if self.c.cs != 1 || (self.turned && !bias.is_null()) {
                let mut each = [0.0; GROUP];
                _mm_storeu_ps(each.as_mut_ptr(), sums);
                return (j..).zip(each).for_each(|(j, sum)| self.store(i, j, sum));
            }
            let c = self.c.at(i, j);
            let mut y = _mm_mul_ps(_mm_set1_ps(alpha), sums);
            if beta != 0.0 {
                y = _mm_add_ps(y, _mm_mul_ps(_mm_set1_ps(beta), _mm_loadu_ps(c)));
            }
            if !bias.is_null() {
                y = _mm_add_ps(y, _mm_loadu_ps(bias.wrapping_add(j)));
            }
            _mm_storeu_ps(c, y);
        }
    }
}

/// Some rows, every `step`th of a matrix: those that lie alike at a boundary.
#[derive(Clone, Copy)]
pub(super) struct Alike<'a> {
    pub(super) rows: Rows<'a>,
    pub(super) first: usize,
    pub(super) step: usize,
    pub(super) count: usize,
    /// How many elements come before those in lanes.
    pub(super) behind: usize,
}

impl Alike<'_> {
    /// Which row of the matrix is the `r`th.
    #[inline(always)]
    pub(super) fn place(&self, r: usize) -> usize {
        self.first + r * self.step
    }

    #[inline(always)]
    pub(super) fn several<const R: usize>(&self, r: usize) -> [*const f32; R] {
        let mut rows = [std::ptr::null(); R];
        for i in 0..R {
            rows[i] = self.rows.row(self.place(r + i)).as_ptr();
        }
        rows
    }
}

/// Four columns.
trait Group: Copy {
    /// Element `l` of each.
    ///
    /// # Safety
    ///
    /// Here and below, the elements are there, and the processor has the vector.
    unsafe fn each(self, l: usize) -> __m128;
    /// Four elements of each from `behind + 4·q` on.
    unsafe fn quad<Q: Quads>(self, behind: usize, q: usize) -> Q;
    /// The same for [`Quads::TURNED`] quads from `q` on.
    unsafe fn quads<Q: Quads>(self, behind: usize, q: usize) -> [Q; 4];
}

/// Columns where they lie.
impl Group for [*const f32; GROUP] {
    #[inline(always)]
    unsafe fn each(self, l: usize) -> __m128 {
        // SAFETY: the caller's promise, here and below.
        unsafe { _mm_setr_ps(*self[0].add(l), *self[1].add(l), *self[2].add(l), *self[3].add(l)) }
    }

    #[inline(always)]
    unsafe fn quad<Q: Quads>(self, behind: usize, q: usize) -> Q {
        let l = behind + 4 * q;
        unsafe { Q::gather([self[0].add(l), self[1].add(l), self[2].add(l), self[3].add(l)]) }
    }

    #[inline(always)]
    unsafe fn quads<Q: Quads>(self, behind: usize, q: usize) -> [Q; 4] {
        let l = behind + 4 * q;
        unsafe { Q::turned([self[0].add(l), self[1].add(l), self[2].add(l), self[3].add(l)]) }
    }
}

/// Columns as [`Pack`] lays them: their quads, and then the single elements before and behind those.
#[derive(Clone, Copy)]
struct Packed {
    quads: *const f32,
    /// Where the single elements are, by their place in a column; those behind the quads come four a quad
    /// too late.
    singles: *const f32,
    behind: usize,
    count: usize,
}

impl Packed {
    fn new(packed: *const f32, k: usize, behind: usize) -> Packed {
        let count = (k - behind) / 4;
        Packed { quads: packed, singles: packed.wrapping_add(4 * GROUP * count), behind, count }
    }
}

impl Group for Packed {
    #[inline(always)]
    unsafe fn each(self, l: usize) -> __m128 {
        let single = if l < self.behind { l } else { l - 4 * self.count };
        // SAFETY: the caller's promise, here and below.
        unsafe { _mm_loadu_ps(self.singles.add(GROUP * single)) }
    }

    #[inline(always)]
    unsafe fn quad<Q: Quads>(self, _: usize, q: usize) -> Q {
        unsafe { Q::load(self.quads.add(4 * GROUP * q)) }
    }

    #[inline(always)]
    unsafe fn quads<Q: Quads>(self, behind: usize, q: usize) -> [Q; 4] {
        unsafe {
            let mut quads = [Q::zero(); 4];
            for s in 0..Q::TURNED {
                quads[s] = self.quad(behind, q + s);
            }
            quads
        }
    }
}

/// `R` rows with `G` groups of columns.
///
/// # Safety
///
/// Rows and columns have `k` elements, of which `behind` come before those in lanes, and the processor has
/// the vector.
#[inline(always)]
unsafe fn multiply<Q: Quads, W: Group, const R: usize, const G: usize>(
    x: [*const f32; R],
    w: [W; G],
    k: usize,
    behind: usize,
) -> [[__m128; G]; R] {
    let quads = (k - behind) / 4;
    // SAFETY: the caller's promise.
    unsafe {
        let mut lanes = [[Q::zero(); G]; R];
        if behind > 0 {
            // Nothing is lost by adding the first product to −0.
            let mut firsts = [[_mm_set1_ps(-0.0); G]; R];
            singles(x, w, 0..behind, &mut firsts);
            for r in 0..R {
                for g in 0..G {
                    lanes[r][g] = Q::first(firsts[r][g]);
                }
            }
        }
        let whole = quads / Q::TURNED * Q::TURNED;
        for q in (0..whole).step_by(Q::TURNED) {
            for g in 0..G {
                let y: [Q; 4] = w[g].quads(behind, q);
                for s in 0..Q::TURNED {
                    for r in 0..R {
                        let x = Q::spread(x[r].add(behind + 4 * (q + s)));
                        lanes[r][g] = lanes[r][g].add(x.mul(y[s]));
                    }
                }
            }
        }
        for q in whole..quads {
            for g in 0..G {
                let y: Q = w[g].quad(behind, q);
                for r in 0..R {
                    let x = Q::spread(x[r].add(behind + 4 * q));
                    lanes[r][g] = lanes[r][g].add(x.mul(y));
                }
            }
        }
        let mut sums = [[_mm_setzero_ps(); G]; R];
        for r in 0..R {
            for g in 0..G {
                sums[r][g] = lanes[r][g].fold();
            }
        }
        singles(x, w, behind + 4 * quads..k, &mut sums);
        sums
    }
}

/// Adds some products one after the other.
///
/// # Safety
///
/// As [`multiply`].
#[inline(always)]
unsafe fn singles<W: Group, const R: usize, const G: usize>(
    x: [*const f32; R],
    w: [W; G],
    steps: std::ops::Range<usize>,
    sums: &mut [[__m128; G]; R],
) {
    for l in steps {
        for g in 0..G {
            // SAFETY: the caller's promise.
            unsafe {
                let y = w[g].each(l);
                for r in 0..R {
                    sums[r][g] = _mm_add_ps(sums[r][g], _mm_mul_ps(_mm_set1_ps(*x[r].add(l)), y));
                }
            }
        }
    }
}

/// A few rows with some groups of columns, which are read where they lie.
pub(super) struct AFew<'a> {
    pub(super) x: Alike<'a>,
    pub(super) w: Rows<'a>,
    pub(super) columns: std::ops::Range<usize>,
    pub(super) out: Out,
}

impl Task for AFew<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Set>(self) {
        let mut j = self.columns.start;
        while j < self.columns.end {
            let groups = (self.columns.end - j) / GROUP;
            // SAFETY: groups and rows that are there; the caller promises the processor.
            unsafe {
                j += GROUP
                    * match (groups, self.x.count) {
                        (3.., 1) => self.groups::<S, 3>(j),
                        (2.., _) => self.groups::<S, 2>(j),
                        _ => self.groups::<S, 1>(j),
                    };
            }
        }
    }
}

impl AFew<'_> {
    /// `G` groups from column `j` on with all rows.
    ///
    /// # Safety
    ///
    /// As [`Task::run`]; the columns are there.
    #[inline(always)]
    unsafe fn groups<S: Set, const G: usize>(&self, j: usize) -> usize {
        let mut r = 0;
        while r < self.x.count {
            // SAFETY: the caller's promise; as many rows are there.
            unsafe {
                r += match self.x.count - r {
                    4.. if G <= 2 => self.tile::<S, 4, G>(r, j),
                    3.. if G <= 2 => self.tile::<S, 3, G>(r, j),
                    2 if G <= 2 => self.tile::<S, 2, G>(r, j),
                    _ => self.tile::<S, 1, G>(r, j),
                };
            }
        }
        G
    }

    /// # Safety
    ///
    /// As [`AFew::groups`]; the rows are there.
    #[inline(always)]
    unsafe fn tile<S: Set, const R: usize, const G: usize>(&self, r: usize, j: usize) -> usize {
        let Self { x, w, .. } = self;
        let mut columns = [[std::ptr::null(); GROUP]; G];
        for g in 0..G {
            for c in 0..GROUP {
                columns[g][c] = w.row(j + GROUP * g + c).as_ptr();
            }
        }
        // SAFETY: the caller's promise.
        unsafe {
            let sums = multiply::<S::Quads, _, R, G>(x.several(r), columns, w.k, x.behind);
            for i in 0..R {
                for g in 0..G {
                    self.out.store_group(x.place(r + i), j + GROUP * g, sums[i][g]);
                }
            }
        }
        R
    }
}

/// Lays a group of columns as many rows read it: `4·k` numbers.
pub(super) struct Pack<'a> {
    pub(super) w: Rows<'a>,
    pub(super) j: usize,
    pub(super) behind: usize,
    pub(super) to: &'a mut [f32],
}

impl Task for Pack<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Set>(self) {
        let Pack { w, j, behind, to } = self;
        let k = w.k;
        assert!(to.len() == GROUP * k && behind <= k);
        let columns =
            [w.row(j).as_ptr(), w.row(j + 1).as_ptr(), w.row(j + 2).as_ptr(), w.row(j + 3).as_ptr()];
        let quads = (k - behind) / 4;
        let to = to.as_mut_ptr();
        // SAFETY: elements of the columns, and as many places; the caller promises the processor.
        unsafe {
            let turned = S::Quads::TURNED;
            let whole = quads / turned * turned;
            for q in (0..whole).step_by(turned) {
                let turned: [S::Quads; 4] = columns.quads(behind, q);
                for s in 0..S::Quads::TURNED {
                    turned[s].store(to.add(4 * GROUP * (q + s)));
                }
            }
            for q in whole..quads {
                columns.quad::<S::Quads>(behind, q).store(to.add(4 * GROUP * q));
            }
            for (single, l) in (0..behind).chain(behind + 4 * quads..k).enumerate() {
                _mm_storeu_ps(to.add(4 * GROUP * quads + GROUP * single), columns.each(l));
            }
        }
    }
}

/// Many rows with a group of columns, which [`Pack`] has laid.
pub(super) struct Many<'a> {
    pub(super) x: Alike<'a>,
    pub(super) w: &'a [f32],
    pub(super) j: usize,
    pub(super) out: Out,
}

impl Task for Many<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<S: Set>(self) {
        let most = if S::LANES == 16 { 8 } else { 4 };
        let mut r = 0;
        while r < self.x.count {
            // SAFETY: as many rows are there; the caller promises the processor.
            unsafe {
                r += match (self.x.count - r).min(most) {
                    8 => self.tile::<S, 8>(r),
                    4.. => self.tile::<S, 4>(r),
                    2.. => self.tile::<S, 2>(r),
                    _ => self.tile::<S, 1>(r),
                };
            }
        }
    }
}

impl Many<'_> {
    /// # Safety
    ///
    /// As [`Task::run`]; the rows are there.
    #[inline(always)]
    unsafe fn tile<S: Set, const R: usize>(&self, r: usize) -> usize {
        let (x, k) = (self.x, self.x.rows.k);
        assert!(self.w.len() == GROUP * k);
        let w = Packed::new(self.w.as_ptr(), k, x.behind);
        // SAFETY: the caller's promise.
        unsafe {
            let sums = multiply::<S::Quads, _, R, 1>(x.several(r), [w], k, x.behind);
            for i in 0..R {
                self.out.store_group(x.place(r + i), self.j, sums[i][0]);
            }
        }
        R
    }
}
