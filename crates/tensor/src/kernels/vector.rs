//! Vectors of floats, for kernels that keep sums in registers: one body, compiled for every instruction set.

use super::number::Float;

/// A vector of [`LANES`](Self::LANES) floats.
///
/// # Safety
///
/// Every method needs a processor with the vector's instruction set; `load` and `store` need `LANES` floats
/// that they may read or write, `store_first` as many as it stores.
#[allow(missing_docs, clippy::missing_safety_doc)] // the usual operations, under one promise
pub(crate) trait Vector<T>: Copy {
    const LANES: usize;

    unsafe fn splat(x: T) -> Self;
    unsafe fn load(from: *const T) -> Self;
    unsafe fn store(self, to: *mut T);
    /// Stores the first `n` lanes, which are some but not all.
    unsafe fn store_first(self, n: usize, to: *mut T);
    unsafe fn add(self, y: Self) -> Self;
    unsafe fn mul(self, y: Self) -> Self;
    /// `self·y + z`, rounded once where the processor can.
    unsafe fn mul_add(self, y: Self, z: Self) -> Self;

    /// Asks for the cache line at `_at`, which need not be memory of ours.
    #[inline(always)]
    unsafe fn prefetch(_at: *const T) {}
}

/// A vector of which lanes can be chosen.
///
/// # Safety
///
/// As [`Vector`]; of memory, the lanes of the mask are read or written.
#[cfg(target_arch = "x86_64")]
#[allow(clippy::missing_safety_doc)] // as above
pub(crate) trait Masked: Vector<f32> {
    /// Some of the lanes.
    type Mask: Copy;

    /// The first `count` lanes, all of them if there are no more.
    unsafe fn first(count: usize) -> Self::Mask;
    /// `yes` in the lanes of the mask, `no` in the others.
    unsafe fn choose(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// The lanes of the mask from memory, 0 in the others.
    unsafe fn load_some(from: *const f32, mask: Self::Mask) -> Self;
    unsafe fn store_some(self, to: *mut f32, mask: Self::Mask);
}

/// The vector of any processor, which the compiler makes of what there is. With `FUSED` a product and a sum
/// are rounded once.
#[derive(Clone, Copy)]
pub(crate) struct Array<T, const N: usize, const FUSED: bool>([T; N]);

impl<T: Float, const N: usize, const FUSED: bool> Vector<T> for Array<T, N, FUSED> {
    const LANES: usize = N;

    #[inline(always)]
    unsafe fn splat(x: T) -> Self {
        Array([x; N])
    }

    #[inline(always)]
    unsafe fn load(from: *const T) -> Self {
        // SAFETY: the caller's promise; an array of floats has the alignment of one.
        Array(unsafe { from.cast::<[T; N]>().read() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut T) {
        // SAFETY: as above.
        unsafe { to.cast::<[T; N]>().write(self.0) }
    }

    #[inline(always)]
    unsafe fn store_first(self, n: usize, to: *mut T) {
        // SAFETY: as above, of `n`.
        unsafe { to.copy_from_nonoverlapping(self.0.as_ptr(), n.min(N)) }
    }

    #[inline(always)]
    unsafe fn add(self, y: Self) -> Self {
        Array(std::array::from_fn(|i| self.0[i] + y.0[i]))
    }

    #[inline(always)]
    unsafe fn mul(self, y: Self) -> Self {
        Array(std::array::from_fn(|i| self.0[i] * y.0[i]))
    }

    #[inline(always)]
    unsafe fn mul_add(self, y: Self, z: Self) -> Self {
        Array(std::array::from_fn(|i| {
            if FUSED { self.0[i].mul_add(y.0[i], z.0[i]) } else { self.0[i] * y.0[i] + z.0[i] }
        }))
    }
}

/// A vector of x86's, by its instructions.
#[cfg(target_arch = "x86_64")]
macro_rules! x86 {
    ($($(#[$doc:meta])* $vector:ident($register:ident, $lanes:literal):
        $splat:ident $load:ident $store:ident $add:ident $mul:ident $mul_add:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $vector(std::arch::x86_64::$register);

        impl Vector<f32> for $vector {
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn splat(x: f32) -> Self {
                // SAFETY: here and below, the caller promises the processor and the memory.
                $vector(unsafe { std::arch::x86_64::$splat(x) })
            }

            #[inline(always)]
            unsafe fn load(from: *const f32) -> Self {
                $vector(unsafe { std::arch::x86_64::$load(from) })
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut f32) {
                unsafe { std::arch::x86_64::$store(to, self.0) }
            }

            #[inline(always)]
            unsafe fn store_first(self, n: usize, to: *mut f32) {
                unsafe { self.store_some(to, Self::first(n)) }
            }

            #[inline(always)]
            unsafe fn add(self, y: Self) -> Self {
                $vector(unsafe { std::arch::x86_64::$add(self.0, y.0) })
            }

            #[inline(always)]
            unsafe fn mul(self, y: Self) -> Self {
                $vector(unsafe { std::arch::x86_64::$mul(self.0, y.0) })
            }

            #[inline(always)]
            unsafe fn mul_add(self, y: Self, z: Self) -> Self {
                $vector(unsafe { std::arch::x86_64::$mul_add(self.0, y.0, z.0) })
            }

            #[inline(always)]
            unsafe fn prefetch(at: *const f32) {
                unsafe { std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(at.cast()) }
            }
        }
    )*};
}

#[cfg(target_arch = "x86_64")]
x86! {
    /// Eight floats, with AVX2 and FMA.
    Avx2(__m256, 8): _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_add_ps _mm256_mul_ps
        _mm256_fmadd_ps;
    /// Sixteen floats, with AVX-512.
    Avx512(__m512, 16): _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_add_ps _mm512_mul_ps
        _mm512_fmadd_ps;
}

#[cfg(target_arch = "x86_64")]
impl Masked for Avx2 {
    type Mask = std::arch::x86_64::__m256i;

    #[inline(always)]
    unsafe fn first(count: usize) -> Self::Mask {
        use std::arch::x86_64::*;
        // SAFETY: here and below, the caller promises the processor and the memory.
        unsafe {
            let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
            _mm256_cmpgt_epi32(_mm256_set1_epi32(count.min(8) as i32), lanes)
        }
    }

    #[inline(always)]
    unsafe fn choose(mask: Self::Mask, yes: Self, no: Self) -> Self {
        use std::arch::x86_64::*;
        Avx2(unsafe { _mm256_blendv_ps(no.0, yes.0, _mm256_castsi256_ps(mask)) })
    }

    #[inline(always)]
    unsafe fn load_some(from: *const f32, mask: Self::Mask) -> Self {
        Avx2(unsafe { std::arch::x86_64::_mm256_maskload_ps(from, mask) })
    }

    #[inline(always)]
    unsafe fn store_some(self, to: *mut f32, mask: Self::Mask) {
        unsafe { std::arch::x86_64::_mm256_maskstore_ps(to, mask, self.0) }
    }
}

#[cfg(target_arch = "x86_64")]
impl Masked for Avx512 {
    type Mask = std::arch::x86_64::__mmask16;

    #[inline(always)]
    unsafe fn first(count: usize) -> Self::Mask {
        ((1u32 << count.min(16)) - 1) as u16
    }

    #[inline(always)]
    unsafe fn choose(mask: Self::Mask, yes: Self, no: Self) -> Self {
        // SAFETY: as above, here and below.
        Avx512(unsafe { std::arch::x86_64::_mm512_mask_blend_ps(mask, no.0, yes.0) })
    }

    #[inline(always)]
    unsafe fn load_some(from: *const f32, mask: Self::Mask) -> Self {
        Avx512(unsafe { std::arch::x86_64::_mm512_maskz_loadu_ps(mask, from) })
    }

    #[inline(always)]
    unsafe fn store_some(self, to: *mut f32, mask: Self::Mask) {
        unsafe { std::arch::x86_64::_mm512_mask_storeu_ps(to, mask, self.0) }
    }
}
