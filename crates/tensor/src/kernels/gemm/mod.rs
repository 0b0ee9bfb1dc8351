//! The matrix product `C ← α·A·B + β·C` with any strides.
//!
//! `matrixmultiply` is the portable kernel, and the one for f64. On x86-64 with AVX2 or AVX-512 ours replaces
//! it for f32. It knows four ways, chosen by shape and strides alone:
//!
//! - `few`: few rows or few columns, where torch has orders of its own for them;
//! - `dots`: a handful of rows against consecutive columns elsewhere, which is bound by reading them once;
//! - `across`: `X·Wᵀ` of a small batch, where packing W would cost more than turning the result round;
//! - `blocked`: everything else.
//!
//! `block` is for kernels that are made of small products, and know where the operands lie.
//!
//! `pairs` is the product of `bfloat16` matrices, in an order of its own.
//!
//! Each element is one sum in an order that depends on the shape alone, so results are the
//! same for any number of threads.

#[cfg(target_arch = "x86_64")]
mod across;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod block;
#[cfg(target_arch = "x86_64")]
mod blocked;
#[cfg(target_arch = "x86_64")]
mod dots;
#[cfg(target_arch = "x86_64")]
mod few;
mod pairs;
mod portable;
mod strips;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod tile;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use pairs::Bf16Product;
pub(super) use strips::Strips;
pub(crate) use strips::multiply_as_onednn;

use super::mat::{Mat, MatMut};
use super::number::{Float, Num};
use super::rounding::Products;
use super::simd::Isa;

/// A float that matrices are multiplied of: `f32` or `f64`.
pub trait Multiply: Float {
    /// The kernel of `matrixmultiply`.
    #[doc(hidden)]
    const PORTABLE: portable::Kernel<Self>;

    /// Computes the product with a kernel of our own, if there is one for it.
    ///
    /// # Safety
    ///
    /// The operands fit each other, none is empty except along `k`, no size computed from theirs overflows,
    /// and this machine has `isa`.
    #[doc(hidden)]
    unsafe fn with_vectors(_isa: Isa, _operands: &mut Operands<Self>) -> bool {
        false
    }

    /// As [`Multiply::with_vectors`], by [`multiply_block`].
    ///
    /// # Safety
    ///
    /// As there; the columns of B and of C lie side by side.
    #[doc(hidden)]
    unsafe fn block_with_vectors(_isa: Isa, _operands: &mut Operands<Self>, _whole: usize) -> bool {
        false
    }

    /// Copies `Y ← Xᵀ`, both with columns side by side, with a kernel of our own, if there is one for it.
    ///
    /// # Safety
    ///
    /// The shapes fit each other, and this machine has `isa`.
    #[doc(hidden)]
    unsafe fn transpose_with_vectors(_isa: Isa, _x: &Mat<Self>, _y: &mut MatMut<Self>) -> bool {
        false
    }

    /// Copies `Y ← X`, both with columns side by side, with a kernel of our own, if there is one for it.
    ///
    /// # Safety
    ///
    /// The shapes are the same, and this machine has `isa`.
    #[doc(hidden)]
    unsafe fn copy_with_vectors(_isa: Isa, _x: &Mat<Self>, _y: &mut MatMut<Self>) -> bool {
        false
    }
}

impl Multiply for f64 {
    const PORTABLE: portable::Kernel<f64> = matrixmultiply::dgemm;
}

impl Multiply for f32 {
    const PORTABLE: portable::Kernel<f32> = matrixmultiply::sgemm;

    #[cfg(target_arch = "x86_64")]
    unsafe fn with_vectors(isa: Isa, operands: &mut Operands<f32>) -> bool {
        // SAFETY: the caller's promise.
        unsafe { x86::multiply(isa, operands, Products::current()) }
    }

    #[cfg(target_arch = "x86_64")]
    unsafe fn block_with_vectors(isa: Isa, operands: &mut Operands<f32>, whole: usize) -> bool {
        // SAFETY: the caller's promise.
        unsafe { x86::multiply_block(isa, operands, whole) }
    }

    #[cfg(target_arch = "x86_64")]
    unsafe fn transpose_with_vectors(isa: Isa, x: &Mat<f32>, y: &mut MatMut<f32>) -> bool {
        if isa < Isa::Avx2 {
            return false;
        }
        let ([rows, cols], from, to) = (x.shape, x.data.as_ptr(), y.data.as_mut_ptr());
        // SAFETY: the caller's promise; `Mat` and `MatMut` reach no further than their slices.
        unsafe { avx2::transpose(rows, cols, from, x.strides[0], to, y.strides[0], &tile::Finish::PLAIN) };
        true
    }

    #[cfg(target_arch = "x86_64")]
    unsafe fn copy_with_vectors(isa: Isa, x: &Mat<f32>, y: &mut MatMut<f32>) -> bool {
        let copy = match isa {
            Isa::Avx512 => avx512::copy,
            Isa::Avx2 => avx2::copy,
            _ => return false,
        };
        let ([rows, cols], from, to) = (x.shape, x.data.as_ptr(), y.data.as_mut_ptr());
        // SAFETY: the caller's promise; `Mat` and `MatMut` reach no further than their slices.
        unsafe { copy(rows, cols, from, x.strides[0], to, y.strides[0]) };
        true
    }
}

/// The operands of `C ← α·A·B + β·C + bias`, with `A: [m, k]`, `B: [k, n]`, `C: [m, n]`.
#[derive(Debug)]
#[allow(missing_docs)] // the names are those of the equation
pub struct Operands<'a, T> {
    pub alpha: T,
    pub a: Mat<'a, T>,
    pub b: Mat<'a, T>,
    pub beta: T,
    /// `[n]`, added to every row.
    pub bias: Option<&'a [T]>,
    pub c: MatMut<'a, T>,
    /// Whether it is one of a batch of products, where torch adds up small ones in another order.
    pub batched: bool,
}

/// `C ← α·A·B + β·C`, with `A: [m, k]`, `B: [k, n]`, `C: [m, n]`.
///
/// With `beta == 0` `C` is written without being read (it may hold NaN). The order in which each element's
/// `k` products are added depends on the shape alone, never on the number of threads.
///
/// ```
/// use tensor::kernels::gemm::gemm;
/// use tensor::kernels::mat::{Mat, MatMut};
///
/// let (x, w) = (Mat::rows(&[1.0, 2.0], [1, 2]), Mat::rows(&[3.0, 4.0, 5.0, 6.0], [2, 2]));
/// let mut y = [f64::NAN; 2];
/// gemm(1.0, x, w.t(), 0.0, MatMut::rows(&mut y, [1, 2]));
/// assert_eq!(y, [11.0, 17.0]);
/// ```
///
/// # Panics
///
/// If the shapes do not fit each other.
#[track_caller]
pub fn gemm<T: Multiply>(alpha: T, a: Mat<T>, b: Mat<T>, beta: T, c: MatMut<T>) {
    gemm_on(Isa::current(), Operands { alpha, a, b, beta, bias: None, c, batched: false });
}

/// The affine layer `Y ← X·Wᵀ + b` in one pass, with `X: [m, k]`, `W: [n, k]`, `bias: [n]`, `Y: [m, n]`.
///
/// # Panics
///
/// As [`gemm`], and if the bias is not `[n]`.
#[track_caller]
pub fn linear<T: Multiply>(x: Mat<T>, w: Mat<T>, bias: Option<&[T]>, y: MatMut<T>) {
    gemm_on(
        Isa::current(),
        Operands { alpha: T::ONE, a: x, b: w.t(), beta: T::ZERO, bias, c: y, batched: false },
    );
}

/// The product on a given instruction set: how tests visit each of [`Isa::available`].
///
/// # Panics
///
/// As [`linear`]; if this machine lacks `isa`.
#[track_caller]
pub fn gemm_on<T: Multiply>(isa: Isa, mut operands: Operands<T>) {
    let [m, n] = check(&operands);
    if m == 0 || n == 0 {
        return;
    }
    isa.assert_available();
    // SAFETY: all of it was asserted above.
    unsafe {
        if !T::with_vectors(isa, &mut operands) {
            portable::multiply(&mut operands);
        }
    }
}

/// Panics unless the operands fit each other; the shape of C.
#[inline]
#[track_caller]
fn check<T>(operands: &Operands<T>) -> [usize; 2] {
    let Operands { a, b, bias, c, .. } = operands;
    let ([m, k], [_, n]) = (a.shape, b.shape);
    let fits = b.shape[0] == k && c.shape == [m, n] && bias.is_none_or(|bias| bias.len() == n);
    assert!(
        fits,
        "gemm: {:?} by {:?}{} does not give {:?}",
        a.shape,
        b.shape,
        bias.map_or(String::new(), |bias| format!(" and a bias of {}", bias.len())),
        c.shape
    );
    check_work(m, n, k);
    [m, n]
}

/// The product of blocks that lie in the nearer caches, on the caller's thread and without a copy of either,
/// where the columns of B and of C lie side by side; as the part of a product along `whole ≥ k` whose other
/// factors are zeros, to the order in which that one adds.
///
/// # Panics
///
/// As [`gemm_on`]; if `whole` is less than `k`.
#[track_caller]
pub(in crate::kernels) fn multiply_block<T: Multiply>(isa: Isa, mut operands: Operands<T>, whole: usize) {
    let Operands { ref a, ref b, bias, ref c, .. } = operands;
    let ([m, k], [_, n]) = (a.shape, b.shape);
    assert!(b.shape[0] == k && c.shape == [m, n] && bias.is_none() && k <= whole, "multiply_block: shapes");
    check_work(m, n, whole);
    if m == 0 || n == 0 {
        return;
    }
    isa.assert_available();
    let side_by_side = n == 1 || (b.strides[1] == 1 && c.strides[1] == 1);
    // SAFETY: all of it was asserted above.
    unsafe {
        if !(side_by_side && T::block_with_vectors(isa, &mut operands, whole)) {
            portable::multiply(&mut operands);
        }
    }
}

/// `Y ← Xᵀ`.
///
/// # Panics
///
/// If the shapes do not fit each other; if this machine lacks `isa`.
pub(crate) fn transpose<T: Multiply>(isa: Isa, x: Mat<T>, mut y: MatMut<T>) {
    assert!(x.t().shape == y.shape, "transpose: {:?} into {:?}", x.shape, y.shape);
    isa.assert_available();
    let side_by_side = x.strides[1] == 1 && y.strides[1] == 1;
    // SAFETY: asserted above.
    if side_by_side && unsafe { T::transpose_with_vectors(isa, &x, &mut y) } {
        return;
    }
    for j in 0..y.shape[0] {
        for i in 0..y.shape[1] {
            y.data[j * y.strides[0] + i * y.strides[1]] = x.at(i, j);
        }
    }
}

/// `Y ← X`, for rows that are short: a call for each would take longer than what it does.
///
/// # Panics
///
/// If the shapes differ, or columns do not lie side by side; if this machine lacks `isa`.
pub(crate) fn copy<T: Multiply>(isa: Isa, x: Mat<T>, mut y: MatMut<T>) {
    assert!(
        x.shape == y.shape && [x.strides[1], y.strides[1]] == [1, 1],
        "copy: {:?} into {:?}",
        x.shape,
        y.shape
    );
    isa.assert_available();
    // SAFETY: asserted above.
    if unsafe { T::copy_with_vectors(isa, &x, &mut y) } {
        return;
    }
    let [rows, columns] = x.shape;
    for i in 0..rows {
        let x = &x.data[i * x.strides[0]..][..columns];
        y.data[i * y.strides[0]..][..columns].copy_from_slice(x);
    }
}

/// `C ← A·B` of integers, which wrap around, each element by its definition. The shapes fit each other.
pub(crate) fn exact<T: Num>(a: Mat<T>, b: Mat<T>, c: MatMut<T>) {
    for i in 0..c.shape[0] {
        for j in 0..c.shape[1] {
            c.data[i * c.strides[0] + j * c.strides[1]] =
                (0..a.shape[1]).fold(T::ZERO, |sum, l| sum.add(a.at(i, l).mul(b.at(l, j))));
        }
    }
}

/// Panics if a count of elements or multiply-adds overflows: with strides of 0 small slices hold large
/// matrices.
#[inline]
#[track_caller]
fn check_work(m: usize, n: usize, k: usize) {
    // The sizes may be padded to whole vectors, and a few such products added up, without an overflow:
    // three of 20 bits fit anyway.
    let work =
        || [m, n, k].into_iter().try_fold(4usize, |work, size| work.checked_mul(size.checked_add(64)?));
    let fits = (usize::BITS == 64 && (m | n | k) < 1 << 20) || work().is_some();
    assert!(fits, "gemm: a product of {m}×{n}×{k} is too large");
}
