//! The cell of a long short-term memory as oneDNN computes it, with gates in torch's order i, f, g, o.

use super::functions::{sigmoid, tanh};
use super::{Cell, Row};
use crate::kernels::parallel::for_each_chunk_mut;
use crate::kernels::rounding::Products;
use crate::kernels::simd::{Isa, Kernel, dispatch_on};

/// `bias` is the sum of both biases, which is added to the products.
pub(crate) struct Lstm<'a> {
    pub(crate) bias: Option<&'a [f32]>,
}

impl Cell for Lstm<'_> {
    const GATES: usize = 4;
    const PRODUCTS: Option<Products> = Some(Products::OneDnn);
    const CARRIES: bool = false;

    /// What is kept is the new `c`.
    fn forward(&self, isa: Isa, gates: &mut [f32], _: &[f32], [h, c]: [&mut [f32]; 2], kept: &mut [f32]) {
        if let Some(bias) = self.bias {
            super::add(isa, gates, bias);
        }
        let n = h.len();
        let (i_f, g_o) = gates.split_at_mut(2 * n);
        let (g, o) = g_o.split_at_mut(n);
        sigmoid(isa, i_f);
        tanh(isa, g);
        sigmoid(isa, o);
        let (i, f) = i_f.split_at(n);
        dispatch_on(isa, Remember { i, f, g, c, kept, h });
        tanh(isa, h);
        dispatch_on(isa, Tell { o, h });
    }

    fn backward(
        &self,
        isa: Isa,
        saved: Row<'_>,
        before: &[f32],
        [dh, dc]: [&mut [f32]; 2],
        [gates, _]: [&mut [f32]; 2],
    ) {
        // The tangent of `c` waits where the gradient of the last gate comes.
        let n = dh.len();
        let t = &mut gates[3 * n..];
        t.copy_from_slice(saved.kept);
        tanh(isa, t);
        dispatch_on(isa, Back { saved: saved.gates, before, dh, dc, gates });
    }
}

/// `c' = i·g + c·f`, which `kept` and `h` get, too.
struct Remember<'a> {
    i: &'a [f32],
    f: &'a [f32],
    g: &'a [f32],
    c: &'a mut [f32],
    kept: &'a mut [f32],
    h: &'a mut [f32],
}

impl Kernel for Remember<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let n = self.h.len();
        let (i, f, g) = (&self.i[..n], &self.f[..n], &self.g[..n]);
        let (c, kept) = (&mut self.c[..n], &mut self.kept[..n]);
        for j in 0..n {
            c[j] = i[j].mul_add(g[j], c[j] * f[j]);
            kept[j] = c[j];
            self.h[j] = c[j];
        }
    }
}

/// `h' = o·tanh c'`.
struct Tell<'a> {
    o: &'a [f32],
    h: &'a mut [f32],
}

impl Kernel for Tell<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (h, &o) in self.h.iter_mut().zip(self.o) {
            *h *= o;
        }
    }
}

struct Back<'a> {
    saved: &'a [f32],
    before: &'a [f32],
    dh: &'a mut [f32],
    dc: &'a mut [f32],
    gates: &'a mut [f32],
}

impl Kernel for Back<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let n = self.dh.len();
        let (i, rest) = self.saved.split_at(n);
        let (f, rest) = rest.split_at(n);
        let (g, o) = rest.split_at(n);
        let (di, rest) = self.gates.split_at_mut(n);
        let (df, rest) = rest.split_at_mut(n);
        let (dg, d_o) = rest.split_at_mut(n);
        let (o, dg, d_o) = (&o[..n], &mut dg[..n], &mut d_o[..n]);
        let (before, dh, dc) = (&self.before[..n], &self.dh[..n], &mut self.dc[..n]);
        for j in 0..n {
            let (i, f, g, o, t, dh) = (i[j], f[j], g[j], o[j], d_o[j], dh[j]);
            let d = dc[j] + (-t).mul_add(t, 1.0) * dh * o;
            d_o[j] = (-o).mul_add(o, o) * dh * t;
            di[j] = (-i).mul_add(i, i) * d * g;
            df[j] = (-f).mul_add(f, f) * d * before[j];
            dg[j] = (-g).mul_add(g, 1.0) * (i * d);
            dc[j] = d * f;
        }
    }
}

/// The gradient of a bias from that of the gates, `[rows, columns]`: one sum after the other, the last step
/// first, and in each its sequences in order.
pub(crate) fn bias_gradient(isa: Isa, batch_sizes: &[usize], gates: &[f32], bias: &mut [f32]) {
    let columns = bias.len();
    for_each_chunk_mut(bias, COLUMNS, |from, bias| {
        dispatch_on(isa, Bias { batch_sizes, gates, columns, from, bias });
    });
}

/// Columns that are summed at once.
const COLUMNS: usize = 64;

struct Bias<'a> {
    batch_sizes: &'a [usize],
    gates: &'a [f32],
    columns: usize,
    from: usize,
    bias: &'a mut [f32],
}

impl Kernel for Bias<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (mut end, n) = (self.gates.len(), self.bias.len());
        let mut sums = [0.0f32; COLUMNS];
        for batch in self.batch_sizes.iter().rev() {
            let first = end - batch * self.columns;
            for row in self.gates[first..end].chunks_exact(self.columns) {
                for (sum, &d) in sums[..n].iter_mut().zip(&row[self.from..]) {
                    *sum += d;
                }
            }
            end = first;
        }
        self.bias.copy_from_slice(&sums[..n]);
    }
}
