//! Vectors of AVX2 and AVX-512: one body of a kernel, compiled for both. A product is rounded before it is
//! added, so both give the same bits.

use std::arch::x86_64::*;

use crate::kernels::simd::Isa;
use crate::kernels::vector::{Avx2, Avx512, Masked};

/// The vectors of an instruction set: one for elements that do not depend on each other, and quads.
///
/// # Safety
///
/// Whatever is called of them needs a processor with the set.
pub(super) trait Set: Masked {
    type Quads: Quads;
}

impl Set for Avx512 {
    type Quads = __m512;
}

impl Set for Avx2 {
    type Quads = [__m256; 2];
}

/// Four vectors of four lanes.
///
/// # Safety
///
/// Every method needs the processor's instruction set, and memory that may be read or written.
#[allow(clippy::missing_safety_doc)] // the usual operations, under one promise
pub(super) trait Quads: Copy {
    unsafe fn zero() -> Self;
    /// Each lane of `x` in the first lane of one, 0 in the others.
    unsafe fn first(x: __m128) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    /// The same four numbers in all.
    unsafe fn spread(from: *const f32) -> Self;
    /// Four numbers from each place.
    unsafe fn gather(from: [*const f32; 4]) -> Self;
    /// How many quads a vector of each place has.
    const TURNED: usize;
    /// A vector from each place: the first four numbers of all, then the next four, as far as there are more.
    unsafe fn turned(from: [*const f32; 4]) -> [Self; 4];
    unsafe fn add(self, y: Self) -> Self;
    unsafe fn mul(self, y: Self) -> Self;
    /// The four lanes of each as one: `(l₀ + l₂) + (l₁ + l₃)`.
    unsafe fn fold(self) -> __m128;
}

/// A kernel's body. It and what it calls per element is `#[inline(always)]`.
pub(super) trait Task {
    type Output;

    /// # Safety
    ///
    /// The processor has the set.
    unsafe fn run<S: Set>(self) -> Self::Output;
}

/// # Safety
///
/// The processor has `isa`, which is AVX2 or AVX-512.
pub(super) unsafe fn on<T: Task>(isa: Isa, task: T) -> T::Output {
    // SAFETY: the caller's promise.
    unsafe { if isa == Isa::Avx512 { avx512(task) } else { avx2(task) } }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
unsafe fn avx512<T: Task>(task: T) -> T::Output {
    // SAFETY: the processor has these.
    unsafe { task.run::<Avx512>() }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<T: Task>(task: T) -> T::Output {
    // SAFETY: as above.
    unsafe { task.run::<Avx2>() }
}

// SAFETY of all below: the caller promises the processor and the memory.

/// Neighbours and pairs of neighbours within four lanes, changed with each other.
const NEIGHBOURS: i32 = 0b10_11_00_01;
const PAIRS: i32 = 0b01_00_11_10;

impl Quads for __m512 {
    const TURNED: usize = 4;

    #[inline(always)]
    unsafe fn zero() -> Self {
        unsafe { _mm512_setzero_ps() }
    }

    #[inline(always)]
    unsafe fn first(x: __m128) -> Self {
        unsafe {
            let places = _mm512_setr_epi32(0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0);
            _mm512_maskz_permutexvar_ps(0x1111, places, _mm512_castps128_ps512(x))
        }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm512_storeu_ps(to, self) }
    }

    #[inline(always)]
    unsafe fn spread(from: *const f32) -> Self {
        unsafe { _mm512_broadcast_f32x4(_mm_loadu_ps(from)) }
    }

    #[inline(always)]
    unsafe fn gather([a, b, c, d]: [*const f32; 4]) -> Self {
        unsafe {
            let all = _mm512_castps128_ps512(_mm_loadu_ps(a));
            let all = _mm512_insertf32x4::<1>(all, _mm_loadu_ps(b));
            let all = _mm512_insertf32x4::<2>(all, _mm_loadu_ps(c));
            _mm512_insertf32x4::<3>(all, _mm_loadu_ps(d))
        }
    }

    #[inline(always)]
    unsafe fn turned(from: [*const f32; 4]) -> [Self; 4] {
        unsafe {
            let [a, b, c, d] = from;
            let (a, b) = (_mm512_loadu_ps(a), _mm512_loadu_ps(b));
            let (c, d) = (_mm512_loadu_ps(c), _mm512_loadu_ps(d));
            let (ab_low, ab_high) =
                (_mm512_shuffle_f32x4::<0b01_00_01_00>(a, b), _mm512_shuffle_f32x4::<0b11_10_11_10>(a, b));
            let (cd_low, cd_high) =
                (_mm512_shuffle_f32x4::<0b01_00_01_00>(c, d), _mm512_shuffle_f32x4::<0b11_10_11_10>(c, d));
            [
                _mm512_shuffle_f32x4::<0b10_00_10_00>(ab_low, cd_low),
                _mm512_shuffle_f32x4::<0b11_01_11_01>(ab_low, cd_low),
                _mm512_shuffle_f32x4::<0b10_00_10_00>(ab_high, cd_high),
                _mm512_shuffle_f32x4::<0b11_01_11_01>(ab_high, cd_high),
            ]
        }
    }

    #[inline(always)]
    unsafe fn add(self, y: Self) -> Self {
        unsafe { _mm512_add_ps(self, y) }
    }

    #[inline(always)]
    unsafe fn mul(self, y: Self) -> Self {
        unsafe { _mm512_mul_ps(self, y) }
    }

    #[inline(always)]
    unsafe fn fold(self) -> __m128 {
        unsafe {
            let pairs = _mm512_add_ps(self, _mm512_permute_ps::<PAIRS>(self));
            let all = _mm512_add_ps(pairs, _mm512_permute_ps::<NEIGHBOURS>(pairs));
            _mm512_castps512_ps128(_mm512_maskz_compress_ps(0x1111, all))
        }
    }
}

impl Quads for [__m256; 2] {
    const TURNED: usize = 2;

    #[inline(always)]
    unsafe fn zero() -> Self {
        unsafe { [_mm256_setzero_ps(); 2] }
    }

    #[inline(always)]
    unsafe fn first(x: __m128) -> Self {
        unsafe {
            let none = _mm_setzero_ps();
            let y = _mm_movehl_ps(x, x);
            let (a, b) = (_mm_move_ss(none, x), _mm_move_ss(none, _mm_movehdup_ps(x)));
            let (c, d) = (_mm_move_ss(none, y), _mm_move_ss(none, _mm_movehdup_ps(y)));
            [_mm256_set_m128(b, a), _mm256_set_m128(d, c)]
        }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { [_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))] }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe {
            _mm256_storeu_ps(to, self[0]);
            _mm256_storeu_ps(to.add(8), self[1]);
        }
    }

    #[inline(always)]
    unsafe fn spread(from: *const f32) -> Self {
        unsafe {
            let x = _mm_loadu_ps(from);
            [_mm256_set_m128(x, x); 2]
        }
    }

    #[inline(always)]
    unsafe fn gather([a, b, c, d]: [*const f32; 4]) -> Self {
        unsafe { [_mm256_loadu2_m128(b, a), _mm256_loadu2_m128(d, c)] }
    }

    #[inline(always)]
    unsafe fn turned([a, b, c, d]: [*const f32; 4]) -> [Self; 4] {
        unsafe {
            let (a, b) = (_mm256_loadu_ps(a), _mm256_loadu_ps(b));
            let (c, d) = (_mm256_loadu_ps(c), _mm256_loadu_ps(d));
            [
                [_mm256_permute2f128_ps::<0x20>(a, b), _mm256_permute2f128_ps::<0x20>(c, d)],
                [_mm256_permute2f128_ps::<0x31>(a, b), _mm256_permute2f128_ps::<0x31>(c, d)],
                Self::zero(),
                Self::zero(),
            ]
        }
    }

    #[inline(always)]
    unsafe fn add(self, y: Self) -> Self {
        unsafe { [_mm256_add_ps(self[0], y[0]), _mm256_add_ps(self[1], y[1])] }
    }

    #[inline(always)]
    unsafe fn mul(self, y: Self) -> Self {
        unsafe { [_mm256_mul_ps(self[0], y[0]), _mm256_mul_ps(self[1], y[1])] }
    }

    #[inline(always)]
    unsafe fn fold(self) -> __m128 {
        unsafe { _mm_movelh_ps(two_folded(self[0]), two_folded(self[1])) }
    }
}

#[inline(always)]
unsafe fn two_folded(x: __m256) -> __m128 {
    unsafe {
        let pairs = _mm256_add_ps(x, _mm256_permute_ps::<PAIRS>(x));
        let all = _mm256_add_ps(pairs, _mm256_permute_ps::<NEIGHBOURS>(pairs));
        _mm_unpacklo_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps::<1>(all))
    }
}
