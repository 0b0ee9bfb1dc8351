//! The cell of a gated recurrent unit as ATen computes it, with gates in torch's order r, z, n.

use super::{Cell, Row};
use crate::kernels::math::Math;
use crate::kernels::rounding::{Products, block};
use crate::kernels::simd::{Isa, Kernel, dispatch_on};

pub(crate) struct Gru;

impl Cell for Gru {
    const GATES: usize = 3;
    const PRODUCTS: Option<Products> = None;
    const CARRIES: bool = true;

    /// What is kept is the product of the state for the gate n.
    fn forward(&self, isa: Isa, gates: &mut [f32], hh: &[f32], [h, _]: [&mut [f32]; 2], kept: &mut [f32]) {
        dispatch_on(isa, Forward { block: block(), gates, hh, h, kept });
    }

    fn backward(
        &self,
        isa: Isa,
        saved: Row<'_>,
        before: &[f32],
        [dh, _]: [&mut [f32]; 2],
        [d_ih, d_hh]: [&mut [f32]; 2],
    ) {
        dispatch_on(isa, Back { saved, before, dh, d_ih, d_hh });
    }
}

struct Forward<'a> {
    block: usize,
    gates: &'a mut [f32],
    hh: &'a [f32],
    h: &'a mut [f32],
    kept: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let n = self.h.len();
        let (rz, new) = self.gates.split_at_mut(2 * n);
        let (hh_rz, hh_n) = self.hh.split_at(2 * n);
        for (gate, hh) in rz.chunks_exact_mut(n.max(1)).zip(hh_rz.chunks_exact(n.max(1))) {
            // torch takes the two row by row, as they lie in longer rows.
            let whole = n / self.block * self.block;
            let ((gate, rest), (hh, hh_rest)) = (gate.split_at_mut(whole), hh.split_at(whole));
            for (x, &hh) in gate.iter_mut().zip(hh) {
                *x = Math::sigmoid_at(hh + *x, false);
            }
            for (x, &hh) in rest.iter_mut().zip(hh_rest) {
                *x = Math::sigmoid_at(hh + *x, true);
            }
        }
        let (r, z) = rz.split_at(n);
        let (z, new, hh, kept) = (&z[..n], &mut new[..n], &hh_n[..n], &mut self.kept[..n]);
        for j in 0..n {
            kept[j] = hh[j];
            new[j] = Math::tanh(new[j] + hh[j] * r[j]);
            self.h[j] = (self.h[j] - new[j]) * z[j] + new[j];
        }
    }
}

struct Back<'a> {
    saved: Row<'a>,
    before: &'a [f32],
    dh: &'a mut [f32],
    d_ih: &'a mut [f32],
    d_hh: &'a mut [f32],
}

impl Kernel for Back<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let n = self.dh.len();
        let (r, rest) = self.saved.gates.split_at(n);
        let (z, new) = rest.split_at(n);
        let (new, hh, before) = (&new[..n], &self.saved.kept[..n], &self.before[..n]);
        let (dr, rest) = self.d_ih.split_at_mut(n);
        let (dz, dn) = rest.split_at_mut(n);
        let (dr_hh, rest) = self.d_hh.split_at_mut(n);
        let (dz_hh, dn_hh) = rest.split_at_mut(n);
        let (dn, dn_hh) = (&mut dn[..n], &mut dn_hh[..n]);
        for j in 0..n {
            let (r, z, new, d) = (r[j], z[j], new[j], self.dh[j]);
            let past = d * z;
            dn[j] = (d - past) * (-new).mul_add(new, 1.0);
            dn_hh[j] = dn[j] * r;
            dr[j] = dn[j] * hh[j] * (1.0 - r) * r;
            dz[j] = d * (before[j] - new) * (1.0 - z) * z;
            (dr_hh[j], dz_hh[j]) = (dr[j], dz[j]);
            self.dh[j] = past;
        }
    }
}
