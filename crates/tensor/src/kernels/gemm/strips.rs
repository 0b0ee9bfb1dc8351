//! The same B in many products by a few rows each: it may be packed once, and rows go past it on one thread.

use super::Operands;
#[cfg(target_arch = "x86_64")]
use super::tile::{Finish, Kernels, Tile, cut};
#[cfg(target_arch = "x86_64")]
use super::x86;
use super::{check, gemm_on, portable};
use crate::kernels::mat::{Mat, MatMut};
use crate::kernels::rounding::Products;
#[cfg(target_arch = "x86_64")]
use crate::kernels::scratch::{Line, with_scratch};
use crate::kernels::simd::Isa;
#[cfg(target_arch = "x86_64")]
use crate::kernels::simd::{Kernel, dispatch_on};
#[cfg(target_arch = "x86_64")]
use std::ops::Range;

/// `B: [k, n]`, packed where our kernels run: strips as wide as a tile, one after the other, whose rows are
/// consecutive.
pub(in crate::kernels) struct Strips<'a> {
    isa: Isa,
    order: Products,
    b: Mat<'a, f32>,
    #[cfg(target_arch = "x86_64")]
    packed: Option<Packed<'a>>,
}

#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Packed<'a> {
    kernels: &'static Kernels,
    space: &'a [f32],
    /// The floats from a row of a strip to the next.
    width: usize,
}

impl<'a> Strips<'a> {
    /// The floats that a packed `B` of this shape takes.
    pub(in crate::kernels) fn len(isa: Isa, [k, n]: [usize; 2]) -> usize {
        #[cfg(target_arch = "x86_64")]
        if let Some(kernels) = x86::kernels(isa) {
            let width = kernels.vectors() * kernels.lanes;
            return n.div_ceil(width) * k * width;
        }
        let _ = (isa, k, n);
        0
    }

    /// `b`, whose products are summed in this `order`, to be multiplied where it lies.
    ///
    /// # Panics
    ///
    /// If this machine lacks `isa`.
    pub(in crate::kernels) fn unpacked(isa: Isa, b: Mat<'a, f32>, order: Products) -> Self {
        isa.assert_available();
        Strips {
            isa,
            order,
            b,
            #[cfg(target_arch = "x86_64")]
            packed: None,
        }
    }

    /// The same packed at the beginning of `space`.
    ///
    /// # Panics
    ///
    /// If this machine lacks `isa`, or there are fewer than [`Strips::len`] floats.
    pub(in crate::kernels) fn pack(isa: Isa, b: Mat<'a, f32>, order: Products, space: &'a mut [f32]) -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(kernels) = x86::kernels(isa) {
            let (k, width) = (b.shape[0], kernels.vectors() * kernels.lanes);
            for (s, columns) in strips(kernels, b.shape[1]).enumerate() {
                pack_strip(isa, b, columns, width, &mut space[s * k * width..(s + 1) * k * width]);
            }
            return Strips {
                packed: Some(Packed { kernels, space, width }),
                ..Strips::unpacked(isa, b, order)
            };
        }
        let _ = space;
        Strips::unpacked(isa, b, order)
    }

    /// `C ← A·B + β·C + bias`, both matrices with columns side by side; on this thread if it is packed.
    ///
    /// # Panics
    ///
    /// If the shapes do not fit each other, or columns do not lie side by side.
    pub(in crate::kernels) fn multiply(&self, a: Mat<f32>, beta: f32, bias: Option<&[f32]>, c: MatMut<f32>) {
        let operands = Operands { alpha: 1.0, a, b: self.b, beta, bias, c, batched: false };
        let [m, n] = check(&operands);
        if m == 0 || n == 0 {
            return;
        }
        assert!(n == 1 || operands.c.strides[1] == 1, "strips: columns of C side by side");
        #[cfg(target_arch = "x86_64")]
        if let Some(packed) = self.packed {
            // SAFETY: the operands fit each other; the columns of C lie side by side; the processor has the
            // instruction set, as `unpacked` asserted.
            return unsafe { packed.multiply(self.order, operands) };
        }
        match self.order {
            Products::Mkl(_) => gemm_on(self.isa, operands),
            // SAFETY: checked above; `unpacked` asserted the instruction set.
            order => unsafe { in_order(self.isa, order, operands) },
        }
    }

    /// `y ← x·B + y`, one chain of fused multiply-adds for each element, which goes on from what is there.
    ///
    /// # Panics
    ///
    /// If the lengths do not fit.
    pub(in crate::kernels) fn continue_row(&self, x: &[f32], y: &mut [f32]) {
        let [k, n] = self.b.shape;
        assert!(x.len() == k && y.len() == n, "strips: a row of {k} by {k}×{n}");
        #[cfg(target_arch = "x86_64")]
        if let Some(kernels) = x86::kernels(self.isa) {
            let width = kernels.vectors() * kernels.lanes;
            for (s, columns) in strips(kernels, n).enumerate() {
                let y = &mut y[columns.clone()];
                match self.packed {
                    Some(Packed { space, .. }) => {
                        let strip = &space[s * k * width..(s + 1) * k * width];
                        dispatch_on(self.isa, RowByStrip { x, strip, width, y });
                    }
                    None => with_scratch(k * width, |strip| {
                        pack_strip(self.isa, self.b, columns, width, strip);
                        dispatch_on(self.isa, RowByStrip { x, strip, width, y });
                    }),
                }
            }
            return;
        }
        for (p, &x) in x.iter().enumerate() {
            for (j, y) in y.iter_mut().enumerate() {
                *y = x.mul_add(self.b.at(p, j), *y);
            }
        }
    }
}

/// The columns of each strip of `n`.
#[cfg(target_arch = "x86_64")]
fn strips(kernels: &'static Kernels, n: usize) -> impl Iterator<Item = Range<usize>> {
    let count = n.div_ceil(kernels.vectors() * kernels.lanes);
    (0..count).map(move |s| cut(n, kernels.lanes, count, s)..cut(n, kernels.lanes, count, s + 1))
}

/// Copies columns of `b` so that their rows are consecutive, `width` apart.
#[cfg(target_arch = "x86_64")]
fn pack_strip(isa: Isa, b: Mat<f32>, columns: Range<usize>, width: usize, strip: &mut [f32]) {
    let (shape, from) = ([b.shape[0], columns.len()], columns.start * b.strides[1]);
    let x = Mat { data: &b.data[from.min(b.data.len())..], shape, ..b };
    let y = MatMut::strided(strip, shape, [width, 1]);
    if x.strides[0] == 1 && x.strides[1] != 1 {
        return super::transpose(isa, x.t(), y);
    }
    for i in 0..shape[0] {
        for j in 0..shape[1] {
            y.data[i * width + j] = x.at(i, j);
        }
    }
}

#[cfg(target_arch = "x86_64")]
impl Packed<'_> {
    /// # Safety
    ///
    /// The operands are those of [`Strips::multiply`] and fit each other, the columns of C lie side by side,
    /// and the processor has the kernels' instruction set.
    unsafe fn multiply(self, order: Products, operands: Operands<f32>) {
        let Packed { kernels, width, space } = self;
        let Operands { alpha, a, beta, bias, c, .. } = operands;
        let ([m, n], k) = (c.shape, a.shape[1]);
        let finish = Finish { alpha, beta, bias: bias.map_or(std::ptr::null(), <[f32]>::as_ptr) };
        for d in 0..order.stretches(k) {
            let depth = order.stretch(k, d);
            for (s, columns) in strips(kernels, n).enumerate() {
                let tile = Tile {
                    k: depth.len(),
                    a: a.data.as_ptr().wrapping_add(depth.start * a.strides[1]),
                    rsa: a.strides[0],
                    csa: a.strides[1],
                    b: space.as_ptr().wrapping_add((s * k + depth.start) * width),
                    rsb: width,
                    c: c.data.as_mut_ptr().wrapping_add(columns.start),
                    rsc: c.strides[0],
                    cols: columns.len(),
                    finish: finish.part(d == 0).at_column(columns.start),
                };
                // SAFETY: `Mat` and `MatMut` asserted that every element addressed lies inside its slice, and
                // that those of C have places of their own; the strip was packed by `pack`; the caller's
                // promise.
                unsafe { kernels.column_of_tiles(m, tile) };
            }
        }
    }
}

/// `y ← x·B + y` for one strip.
#[cfg(target_arch = "x86_64")]
struct RowByStrip<'a> {
    x: &'a [f32],
    strip: &'a [f32],
    width: usize,
    y: &'a mut [f32],
}

#[cfg(target_arch = "x86_64")]
impl Kernel for RowByStrip<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // What lies behind the last column of a strip is there, and left out of `y`.
        const COLUMNS: usize = Line::LEN;
        for (j, y) in self.y.chunks_mut(COLUMNS).enumerate() {
            let mut sums = [0.0f32; COLUMNS];
            sums[..y.len()].copy_from_slice(y);
            for (&x, row) in self.x.iter().zip(self.strip.chunks_exact(self.width)) {
                let row: &[f32; COLUMNS] = row[j * COLUMNS..][..COLUMNS].try_into().expect("that many");
                for (sum, b) in sums.iter_mut().zip(row) {
                    *sum = x.mul_add(*b, *sum);
                }
            }
            y.copy_from_slice(&sums[..y.len()]);
        }
    }
}

/// `C ← A·B + β·C`, every element summed in oneDNN's order, on all threads. A single row is one chain that
/// goes on from what is there.
///
/// # Panics
///
/// If the shapes do not fit each other; if this machine lacks `isa`.
pub(crate) fn multiply_as_onednn(isa: Isa, a: Mat<f32>, b: Mat<f32>, beta: f32, c: MatMut<f32>) {
    let mut operands = Operands { alpha: 1.0, a, b, beta, bias: None, c, batched: false };
    let [m, n] = check(&operands);
    if m == 0 || n == 0 {
        return;
    }
    isa.assert_available();
    let Operands { a, c: MatMut { data, strides, .. }, .. } = &mut operands;
    if m == 1 && a.strides[1] == 1 && strides[1] == 1 {
        let y = &mut data[..n];
        if beta == 0.0 {
            y.fill(0.0);
        }
        return Strips::unpacked(isa, b, Products::OneDnn).continue_row(&a.data[..a.shape[1]], y);
    }
    // SAFETY: asserted above.
    unsafe { in_order(isa, Products::OneDnn, operands) };
}

/// The product in an order that may not be the one for its shape.
///
/// # Safety
///
/// The operands fit each other, none is empty except along `k`, no size computed from theirs overflows, and
/// this machine has `isa`.
pub(super) unsafe fn in_order(isa: Isa, order: Products, mut operands: Operands<f32>) {
    // SAFETY: the caller's promise.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        if x86::multiply(isa, &mut operands, order) {
            return;
        }
        let _ = (isa, order);
        portable::multiply(&mut operands);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: usize, from: f32) -> Vec<f32> {
        (0..n).map(|i| ((i as f32 + from) * 0.37).sin()).collect()
    }

    /// One chain of fused multiply-adds for each stretch, the stretches added up.
    fn expected(a: Mat<f32>, b: Mat<f32>, beta: f32, c: f32, bias: f32, [i, j]: [usize; 2]) -> f32 {
        let (order, k) = (Products::OneDnn, a.shape[1]);
        let mut sum = 0.0;
        for d in 0..order.stretches(k) {
            let chain = order.stretch(k, d).fold(0.0f32, |sum, p| a.at(i, p).mul_add(b.at(p, j), sum));
            sum = if d == 0 { chain + beta * c + bias } else { chain + sum };
        }
        sum
    }

    #[test]
    fn strips_add_up_in_the_order_asked_for() {
        for (m, n, k) in [(1, 1, 1), (3, 17, 5), (7, 64, 33), (6, 130, 400), (2, 65, 900), (4, 3, 0)] {
            let (x, w, bias) = (numbers(m * k, 0.0), numbers(n * k, 5.0), numbers(n, 9.0));
            let (a, straight) = (Mat::rows(&x, [m, k]), Mat::rows(&w, [k, n]));
            for b in [straight, Mat::rows(&w, [n, k]).t()] {
                for isa in Isa::available().filter(|isa| matches!(isa, Isa::Avx2 | Isa::Avx512)) {
                    let mut space = vec![0.0; Strips::len(isa, [k, n])];
                    for strips in [
                        Strips::unpacked(isa, b, Products::OneDnn),
                        Strips::pack(isa, b, Products::OneDnn, &mut space),
                    ] {
                        let start = numbers(m * n, 1.0);
                        let mut c = start.clone();
                        strips.multiply(a, 1.0, Some(&bias), MatMut::rows(&mut c, [m, n]));
                        let at = |i: usize| expected(a, b, 1.0, start[i], bias[i % n], [i / n, i % n]);
                        assert_eq!(c, (0..m * n).map(at).collect::<Vec<_>>(), "{m}×{n}×{k} on {isa:?}");
                        let mut row = start[..n].to_vec();
                        strips.continue_row(&x[..k], &mut row);
                        let chain = |j: usize| (0..k).fold(start[j], |sum, p| x[p].mul_add(b.at(p, j), sum));
                        assert_eq!(row, (0..n).map(chain).collect::<Vec<_>>(), "a row of {n}×{k} on {isa:?}");
                    }
                    let mut c = vec![f32::NAN; m * n];
                    multiply_as_onednn(isa, a, b, 0.0, MatMut::rows(&mut c, [m, n]));
                    let at = |i: usize| expected(a, b, 0.0, 0.0, 0.0, [i / n, i % n]);
                    assert_eq!(c, (0..m * n).map(at).collect::<Vec<_>>(), "{m}×{n}×{k} on {isa:?}");
                    let mut c = vec![0.0; n];
                    multiply_as_onednn(isa, Mat::rows(&x[..k], [1, k]), b, 1.0, MatMut::rows(&mut c, [1, n]));
                    let chain = |j: usize| (0..k).fold(0.0f32, |sum, p| x[p].mul_add(b.at(p, j), sum));
                    assert_eq!(c, (0..n).map(chain).collect::<Vec<_>>(), "a row of {n}×{k} on {isa:?}");
                }
            }
        }
    }
}
