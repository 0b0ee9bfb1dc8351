//! Shared by the innermost kernels of every instruction set.

use super::dots::COLUMNS;

/// One tile of C and its operands: `C ← α·A·B + β·C (+ bias)`.
///
/// `A` is read element by element with two strides, `B` a vector at a time along its rows.
#[derive(Clone, Copy)]
pub(super) struct Tile {
    pub(super) k: usize,
    pub(super) a: *const f32,
    pub(super) rsa: usize,
    pub(super) csa: usize,
    pub(super) b: *const f32,
    pub(super) rsb: usize,
    pub(super) c: *mut f32,
    pub(super) rsc: usize,
    /// Columns of the tile; its last vector is masked.
    pub(super) cols: usize,
    pub(super) finish: Finish,
}

/// The last steps of a sum of products on its way into C.
#[derive(Clone, Copy)]
pub(super) struct Finish {
    pub(super) alpha: f32,
    /// 0 means that C is not read.
    pub(super) beta: f32,
    /// Added to every row unless it is null.
    pub(super) bias: *const f32,
}

impl Finish {
    /// The sums as they are.
    pub(super) const PLAIN: Finish = Finish { alpha: 1.0, beta: 0.0, bias: std::ptr::null() };

    /// Whether the sums are stored as they are.
    #[inline(always)]
    pub(super) fn is_plain(&self) -> bool {
        self.alpha == 1.0 && self.beta == 0.0 && self.bias.is_null()
    }

    /// Whether the sums are added to what is there: a later stretch of `k`.
    #[inline(always)]
    pub(super) fn only_adds(&self) -> bool {
        self.alpha == 1.0 && self.beta == 1.0 && self.bias.is_null()
    }

    /// The part for one of several stretches of `k`: the first sum meets C and the bias.
    #[inline]
    pub(super) fn part(self, first: bool) -> Finish {
        if first { self } else { Finish { alpha: self.alpha, beta: 1.0, bias: std::ptr::null() } }
    }

    /// Finishes one element of C, in column `j`.
    ///
    /// # Safety
    ///
    /// `c` is readable and writable, and so is the bias at `j`, unless it is null.
    #[inline(always)]
    pub(super) unsafe fn store(&self, sum: f32, c: *mut f32, j: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            let mut y = self.alpha * sum;
            if self.beta != 0.0 {
                y += self.beta * *c;
            }
            if !self.bias.is_null() {
                y += *self.bias.wrapping_add(j);
            }
            *c = y;
        }
    }

    /// The same for columns that begin `j` further on.
    #[inline(always)]
    pub(super) fn at_column(self, j: usize) -> Finish {
        // Null stays null.
        let bias = if self.bias.is_null() { self.bias } else { self.bias.wrapping_add(j) };
        Finish { bias, ..self }
    }
}

/// Computes a tile of as many rows and vectors as it was compiled for.
///
/// # Safety
///
/// With `r` rows and `v` vectors of `l` lanes, `(v − 1)·l < cols ≤ v·l`; every element of `A [r, k]`,
/// `B [k, cols]` and the bias `[cols]` is readable, every element of `C [r, cols]` readable (unless
/// `beta` is 0) and writable by this thread alone, at the addresses that the strides give. The
/// processor has the instruction set.
pub(super) type TileFn = unsafe fn(&Tile);

/// The kernels of an instruction set.
pub(super) struct Kernels {
    /// Floats in a vector.
    pub(super) lanes: usize,
    /// Packed strips of B that lie side by side in a cache while the rows of A go past them.
    pub(super) block: usize,
    /// `tiles[v - 1][r - 1]` computes `r` rows of `v` vectors.
    pub(super) tiles: &'static [&'static [TileFn]],
    pub(super) transpose: TransposeFn,
    pub(super) copy: CopyFn,
    pub(super) dots: DotsFn,
    pub(super) pack: PackFn,
}

/// `Y[p, i] ← A[i, p]` for `A: [rows, k]` with at most 8 rows, side by side, and `Y: [k, rows]` without gaps.
///
/// # Safety
///
/// A is readable where its column stride says, `y` writable for `rows·k + 8` floats, and the
/// processor has the instruction set.
pub(super) type PackFn = unsafe fn(rows: usize, k: usize, a: *const f32, csa: usize, y: *mut f32);

/// `sums[j] ← A·B[:, j]` for a row `A: [k]` and the first `columns` columns of B, both consecutive along `k`.
///
/// # Safety
///
/// A and those columns, `csb` apart, are readable, and the processor has the instruction set.
pub(super) type DotsFn =
    unsafe fn(k: usize, a: *const f32, b: *const f32, csb: usize, columns: usize, sums: &mut [f32; COLUMNS]);

/// `Y[j, i] ← finish(X[i, j])` for `X: [rows, cols]`; the bias belongs to the columns of Y.
///
/// # Safety
///
/// `X` is readable and `Y` writable (and readable, if β is not 0) at the addresses that the row strides give,
/// the bias has `rows` elements, and the processor has the instruction set.
pub(super) type TransposeFn =
    unsafe fn(rows: usize, cols: usize, x: *const f32, rsx: usize, y: *mut f32, rsy: usize, finish: &Finish);

/// `Y[i, j] ← X[i, j]` for `X: [rows, cols]`.
///
/// # Safety
///
/// As [`TransposeFn`].
pub(super) type CopyFn =
    unsafe fn(rows: usize, cols: usize, x: *const f32, rsx: usize, y: *mut f32, rsy: usize);

impl Kernels {
    /// The widest tile, in vectors.
    #[inline(always)]
    pub(super) fn vectors(&self) -> usize {
        self.tiles.len()
    }

    /// Computes `rows × cols` of C, whose columns fit one tile, in tiles of nearly equal height.
    ///
    /// # Safety
    ///
    /// As [`TileFn`] for a tile of `rows` rows.
    pub(super) unsafe fn column_of_tiles(&self, rows: usize, tile: Tile) {
        let tiles = self.tiles[tile.cols.div_ceil(self.lanes) - 1];
        let count = rows.div_ceil(tiles.len());
        for i in 0..count {
            let (start, end) = (cut(rows, 1, count, i), cut(rows, 1, count, i + 1));
            let (a, c) = (tile.a.wrapping_add(start * tile.rsa), tile.c.wrapping_add(start * tile.rsc));
            // SAFETY: a part of the caller's tile, of a height the table has.
            unsafe { tiles[end - start - 1](&Tile { a, c, ..tile }) };
        }
    }

    /// Computes `rows` rows of several strips, tile by tile along the rows of C: the strips share A, which
    /// lies packed by [`Kernels::pack_rows`] if it is `packed`.
    ///
    /// # Safety
    ///
    /// As [`TileFn`] for a tile of `rows` rows, but for A if it is packed.
    pub(super) unsafe fn rows_of_tiles(&self, rows: usize, packed: bool, strips: &[Tile]) {
        let tiles = |strip: &Tile| self.tiles[strip.cols.div_ceil(self.lanes) - 1];
        let height = strips.iter().map(|strip| tiles(strip).len()).min().unwrap_or(1);
        let count = rows.div_ceil(if packed { PACKED } else { height });
        for i in 0..count {
            let (start, end) = (cut(rows, 1, count, i), cut(rows, 1, count, i + 1));
            for strip in strips {
                let c = strip.c.wrapping_add(start * strip.rsc);
                let tile = if packed {
                    Tile { a: strip.a.wrapping_add(start * strip.k), rsa: 1, csa: end - start, c, ..*strip }
                } else {
                    Tile { a: strip.a.wrapping_add(start * strip.rsa), c, ..*strip }
                };
                // SAFETY: a part of the caller's tile; every table has tiles of this
                // height, and of at least PACKED rows.
                unsafe { tiles(strip)[end - start - 1](&tile) };
            }
        }
    }

    /// Packs `A: [rows, k]`, whose rows lie side by side, at `y`, one tile of
    /// [`PACKED`] rows or fewer after another.
    ///
    /// # Safety
    ///
    /// As [`PackFn`], with [`packed_len`] floats at `y`.
    pub(super) unsafe fn pack_rows(&self, rows: usize, k: usize, a: *const f32, csa: usize, y: *mut f32) {
        let count = rows.div_ceil(PACKED);
        for i in 0..count {
            let (start, end) = (cut(rows, 1, count, i), cut(rows, 1, count, i + 1));
            // SAFETY: rows of the caller's A; the spare floats of a part are the next part's, written after
            // it.
            unsafe { (self.pack)(end - start, k, a.wrapping_add(start), csa, y.wrapping_add(start * k)) };
        }
    }
}

/// The largest [`Kernels::block`].
pub(super) const MAX_BLOCK: usize = 16;

/// The height of the widest tiles, which packed rows come in.
pub(super) const PACKED: usize = 6;

/// The space that [`Kernels::pack_rows`] needs.
pub(super) fn packed_len(rows: usize, k: usize) -> usize {
    rows * k + 8
}

/// Where part `i` of `parts` begins when `0..len` is cut into parts as equal as multiples of `unit` can be.
#[inline]
pub(super) fn cut(len: usize, unit: usize, parts: usize, i: usize) -> usize {
    let units = len.div_ceil(unit);
    // Each of the first few has one more. No product here exceeds `len` by as much as a unit.
    ((units / parts * i + (units % parts).min(i)) * unit).min(len)
}
