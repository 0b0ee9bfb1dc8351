//! The simple recurrent cell as ATen computes it.

use super::{Cell, Row};
use crate::kernels::math::Math;
use crate::kernels::rounding::Products;
use crate::kernels::simd::{Isa, Kernel, dispatch_on};

/// `TANH`, or the positive part.
pub(crate) struct Rnn<const TANH: bool>;

impl<const TANH: bool> Cell for Rnn<TANH> {
    const GATES: usize = 1;
    const PRODUCTS: Option<Products> = None;
    const CARRIES: bool = false;

    fn forward(&self, isa: Isa, gates: &mut [f32], hh: &[f32], [h, _]: [&mut [f32]; 2], _: &mut [f32]) {
        dispatch_on(isa, Forward::<TANH> { gates, hh, h });
    }

    fn backward(
        &self,
        isa: Isa,
        saved: Row<'_>,
        _: &[f32],
        [dh, _]: [&mut [f32]; 2],
        [gates, _]: [&mut [f32]; 2],
    ) {
        dispatch_on(isa, Back::<TANH> { y: saved.gates, dh, gates });
    }
}

struct Forward<'a, const TANH: bool> {
    gates: &'a mut [f32],
    hh: &'a [f32],
    h: &'a mut [f32],
}

impl<const TANH: bool> Kernel for Forward<'_, TANH> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for ((x, &hh), h) in self.gates.iter_mut().zip(self.hh).zip(self.h) {
            let sum = hh + *x;
            // A NaN stays one.
            let relu = if sum < 0.0 { 0.0 } else { sum };
            *x = if TANH { Math::tanh(sum) } else { relu };
            *h = *x;
        }
    }
}

struct Back<'a, const TANH: bool> {
    y: &'a [f32],
    dh: &'a [f32],
    gates: &'a mut [f32],
}

impl<const TANH: bool> Kernel for Back<'_, TANH> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for ((d, &y), &dh) in self.gates.iter_mut().zip(self.y).zip(self.dh) {
            let relu = if y > 0.0 { dh } else { 0.0 };
            *d = if TANH { dh * (-y).mul_add(y, 1.0) } else { relu };
        }
    }
}
