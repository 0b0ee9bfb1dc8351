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
    /// `self·y + z`, rounded once where the processor can.
    unsafe fn mul_add(self, y: Self, z: Self) -> Self;

    /// Asks for the cache line at `_at`, which need not be memory of ours.
    #[inline(always)]
    unsafe fn prefetch(_at: *const T) {}
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
        $splat:ident $load:ident $store:ident $add:ident $mul_add:ident;)*) => {$(
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
                let mut lanes = [0.0; $lanes];
                unsafe {
                    std::arch::x86_64::$store(lanes.as_mut_ptr(), self.0);
                    to.copy_from_nonoverlapping(lanes.as_ptr(), n.min($lanes));
                }
            }

            #[inline(always)]
            unsafe fn add(self, y: Self) -> Self {
                $vector(unsafe { std::arch::x86_64::$add(self.0, y.0) })
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
    Avx2(__m256, 8): _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_add_ps _mm256_fmadd_ps;
    /// Sixteen floats, with AVX-512.
    Avx512(__m512, 16): _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_add_ps _mm512_fmadd_ps;
}
