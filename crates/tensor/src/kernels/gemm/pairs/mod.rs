//! The product of `bfloat16` matrices: added up in float32, rounded once.
//!
//! The order is that of oneDNN, and so of torch, on processors with `vdpbf16ps`: `k` is taken in pairs, of
//! which the second product comes first, each of them fused to the sum; see [`Products::Bf16`] for where a
//! sum is cut. Here every processor with AVX2 has that order: `avx512` by the instruction, which multiplies
//! twice as many numbers as one of float32, the others in float32 with the neighbours of each pair exchanged.
//! The instruction takes what is below 2⁻¹²⁶ for 0, which is all that can differ.

#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(test)]
mod tests;

use half::bf16;

use super::strips::in_order;
use super::{Operands, check_work};
use crate::kernels::mat::{Mat, MatMut};
use crate::kernels::parallel::{GRAIN, for_each_chunk_mut};
use crate::kernels::rounding::Products;
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::{Isa, Kernel, dispatch_on};

/// `C ← α·A·B + β·D` of `bfloat16` matrices, with `A: [m, k]`, `B: [k, n]`, and `C` and `D: [m, n]`: what is
/// rounded to `bfloat16` is the whole, once.
///
/// ```
/// use tensor::dispatch::bf16;
/// use tensor::kernels::gemm::Bf16Product;
/// use tensor::kernels::mat::{Mat, MatMut};
///
/// let x = [1.0, 2.0, 3.0, 4.0].map(bf16::from_f32);
/// let x = Mat::rows(&x, [2, 2]);
/// let mut y = [bf16::ZERO; 4];
/// let product = Bf16Product { alpha: 0.5, plus: Some((2.0, x)), ..Bf16Product::new(x, x.t()) };
/// product.write(MatMut::rows(&mut y, [2, 2]));
/// assert_eq!(y.map(bf16::to_f32), [2.0 + 2.5, 4.0 + 5.5, 6.0 + 5.5, 8.0 + 12.5]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Bf16Product<'a> {
    /// A, whose rows lie side by side.
    pub a: Mat<'a, bf16>,
    /// B, whose rows or columns lie side by side.
    pub b: Mat<'a, bf16>,
    /// α.
    pub alpha: f32,
    /// β and D, whose rows lie side by side.
    pub plus: Option<(f32, Mat<'a, bf16>)>,
    /// Whether C equals its transpose to the bit, as it does for `B = Aᵀ`: it may be computed by half then.
    pub symmetric: bool,
}

impl<'a> Bf16Product<'a> {
    /// `A·B`.
    pub fn new(a: Mat<'a, bf16>, b: Mat<'a, bf16>) -> Self {
        Bf16Product { a, b, alpha: 1.0, plus: None, symmetric: false }
    }

    /// The shape of C.
    pub fn shape(&self) -> [usize; 2] {
        [self.a.shape[0], self.b.shape[1]]
    }

    /// Computes the product. No bit of it depends on the number of threads, nor on which of the processors
    /// with AVX2 it is, unless numbers below 2⁻¹²⁶ take part.
    ///
    /// # Panics
    /// If the shapes do not fit each other, or the elements of a row or column do not lie side by side.
    #[track_caller]
    pub fn write(self, c: MatMut<bf16>) {
        self.write_on(Isa::current(), c);
    }

    /// The same on a given instruction set.
    ///
    /// # Panics
    /// As [`Bf16Product::write`]; if this machine lacks `isa`.
    #[track_caller]
    pub fn write_on(self, isa: Isa, mut c: MatMut<bf16>) {
        let ([m, k], [l, n]) = (self.a.shape, self.b.shape);
        let fits = k == l && c.shape == [m, n] && self.plus.is_none_or(|(_, d)| d.shape == [m, n]);
        assert!(fits, "a product of {:?} by {:?} does not give {:?}", self.a.shape, self.b.shape, c.shape);
        assert!(!self.symmetric || m == n, "a matrix {:?} is not symmetric", c.shape);
        let side_by_side = |[_, columns]: [usize; 2], strides: [usize; 2]| columns <= 1 || strides[1] == 1;
        let lies = side_by_side(self.a.shape, self.a.strides)
            && side_by_side(c.shape, c.strides)
            && self.plus.is_none_or(|(_, d)| side_by_side(d.shape, d.strides))
            && (side_by_side(self.b.shape, self.b.strides) || k <= 1 || self.b.strides[0] == 1);
        assert!(lies, "a product of bfloat16 numbers that do not lie side by side");
        check_work(m, n, k);
        if m == 0 || n == 0 {
            return;
        }
        isa.assert_available();
        #[cfg(target_arch = "x86_64")]
        if isa == Isa::Avx512 && is_x86_feature_detected!("avx512bf16") {
            // SAFETY: all of it was asserted above.
            return unsafe { avx512::multiply(&self, &mut c) };
        }
        // SAFETY: as above.
        unsafe { self.in_float32(isa, &mut c) };
    }

    /// The same in float32.
    ///
    /// # Safety
    ///
    /// The matrices fit each other and lie as [`Bf16Product`] says, C is not empty, no size computed from
    /// theirs overflows, and this machine has `isa`.
    unsafe fn in_float32(&self, isa: Isa, c: &mut MatMut<bf16>) {
        let ([m, k], n) = (self.a.shape, c.shape[1]);
        with_scratch(m * k + k * n + m * n, |space: &mut [f32]| {
            let (a, rest) = space.split_at_mut(m * k);
            let (b, sums) = rest.split_at_mut(k * n);
            widen(isa, self.a, false, a);
            let b = if self.b.strides[1] == 1 || n == 1 {
                widen(isa, self.b, true, b);
                Mat::rows(b, [k, n])
            } else {
                widen(isa, self.b.t(), false, b);
                Mat::rows(b, [n, k]).t()
            };
            let to = MatMut::rows(sums, [m, n]);
            let a = Mat::rows(a, [m, k]);
            let operands = Operands { alpha: 1.0, a, b, beta: 0.0, bias: None, c: to, batched: false };
            // SAFETY: the caller's promise; these are dense and of the same shapes.
            unsafe { in_order(isa, Products::Bf16, operands) };
            let row = c.strides[0];
            for (i, sums) in sums.chunks(n).enumerate() {
                let plus = self.plus.map(|(beta, d)| (beta, &d.data[i * d.strides[0]..][..n]));
                dispatch_on(isa, Round { sums, alpha: self.alpha, plus, y: &mut c.data[i * row..][..n] });
            }
        });
    }
}

/// Writes X, whose rows lie side by side, in float32, with the neighbours of each pair exchanged: in each
/// row, or, of `whole_rows`, the rows themselves. The last one of an odd number has no neighbour.
fn widen(isa: Isa, x: Mat<bf16>, whole_rows: bool, y: &mut [f32]) {
    let [rows, columns] = x.shape;
    if columns == 0 {
        return;
    }
    for_each_chunk_mut(y, GRAIN.div_ceil(columns) * columns, |start, y| {
        for (i, y) in y.chunks_mut(columns).enumerate() {
            let i = start / columns + i;
            let from = if whole_rows && i ^ 1 < rows { i ^ 1 } else { i };
            let x = &x.data[from * x.strides[0]..][..columns];
            dispatch_on(isa, Widen { x, exchange: !whole_rows, y });
        }
    });
}

struct Widen<'a> {
    x: &'a [bf16],
    exchange: bool,
    y: &'a mut [f32],
}

impl Kernel for Widen<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        if self.exchange {
            let (y, last) = self.y.as_chunks_mut();
            let (x, x_last) = self.x.as_chunks();
            for (y, &[first, second]) in y.iter_mut().zip(x) {
                *y = [wide(second), wide(first)];
            }
            last.iter_mut().zip(x_last).for_each(|(y, &x)| *y = wide(x));
        } else {
            self.y.iter_mut().zip(self.x).for_each(|(y, &x)| *y = wide(x));
        }
    }
}

#[inline(always)]
fn wide(x: bf16) -> f32 {
    f32::from_bits(u32::from(x.to_bits()) << 16)
}

/// A row of the result from one of sums.
struct Round<'a> {
    sums: &'a [f32],
    alpha: f32,
    plus: Option<(f32, &'a [bf16])>,
    y: &'a mut [bf16],
}

impl Kernel for Round<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        match self.plus {
            Some((beta, d)) => {
                for ((y, &sum), &d) in self.y.iter_mut().zip(self.sums).zip(d) {
                    *y = bf16::from_f32(beta.mul_add(wide(d), self.alpha * sum));
                }
            }
            None => {
                for (y, &sum) in self.y.iter_mut().zip(self.sums) {
                    *y = bf16::from_f32(self.alpha * sum);
                }
            }
        }
    }
}
