//! Sums of products of matrices: a long one is cut into stretches along `k`, each of which is one chain of
//! fused multiply-adds. The stretches' sums are added in order, the first one to β·C and the bias.

use std::ops::Range;

use super::Rounding;

impl Rounding {
    /// The longest sum of products that stays in registers.
    fn depth(self) -> usize {
        match self {
            Rounding::Intel | Rounding::Nearest => 384,
            Rounding::Amd => 192,
        }
    }

    /// How long a stretch of `k` is: half of it, where two hold all or, on AMD's way, all but the last of an
    /// odd number.
    fn length(self, k: usize) -> usize {
        let depth = self.depth();
        match self {
            _ if k <= depth || k > 2 * depth => depth,
            Rounding::Amd => k / 2,
            Rounding::Intel | Rounding::Nearest => k.div_ceil(2),
        }
    }

    /// Into how many stretches `k` is cut.
    pub(in crate::kernels) fn stretches(self, k: usize) -> usize {
        k.div_ceil(self.length(k)).max(1)
    }

    /// Stretch `i` of them.
    pub(in crate::kernels) fn stretch(self, k: usize, i: usize) -> Range<usize> {
        let len = self.length(k);
        i * len..k.min((i + 1) * len)
    }
}

/// Whose stretches a sum of products has: torch leaves most products to MKL, and the layers that oneDNN
/// computes to that library's own product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Products {
    Mkl(Rounding),
    OneDnn,
    /// oneDNN's product of `bfloat16` matrices.
    Bf16,
}

impl Products {
    /// The longest stretch of oneDNN's.
    const DEPTH: usize = 384;

    /// How long a stretch of `bfloat16` products is.
    fn bf16_depth(k: usize) -> usize {
        if k <= 1024 { 512 } else { 1024 }
    }

    /// MKL's on this processor.
    pub(in crate::kernels) fn current() -> Products {
        Products::Mkl(Rounding::current())
    }

    /// Into how many stretches `k` is cut.
    pub(in crate::kernels) fn stretches(self, k: usize) -> usize {
        match self {
            Products::Mkl(rounding) => rounding.stretches(k),
            Products::OneDnn => k.div_ceil(Products::DEPTH).max(1),
            Products::Bf16 => k.div_ceil(Products::bf16_depth(k)).max(1),
        }
    }

    /// Stretch `i` of them. oneDNN halves what is left once it is less than two depths.
    pub(in crate::kernels) fn stretch(self, k: usize, i: usize) -> Range<usize> {
        let count = self.stretches(k);
        let depth = Products::DEPTH;
        match self {
            Products::Mkl(rounding) => rounding.stretch(k, i),
            Products::Bf16 => {
                let depth = Products::bf16_depth(k);
                i * depth..k.min((i + 1) * depth)
            }
            Products::OneDnn if count == 1 => 0..k,
            Products::OneDnn => {
                let last_two = (count - 2) * depth;
                let middle = last_two + (k - last_two).div_ceil(2);
                match count - i {
                    1 => middle..k,
                    2 => last_two..middle,
                    _ => i * depth..(i + 1) * depth,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dnns_stretches_are_its() {
        let ends = |k| {
            let order = Products::OneDnn;
            (0..order.stretches(k)).map(|i| order.stretch(k, i).end).collect::<Vec<_>>()
        };
        assert_eq!(ends(0), [0]);
        assert_eq!(ends(384), [384]);
        assert_eq!(ends(385), [193, 385]);
        assert_eq!(ends(767), [384, 767]);
        assert_eq!(ends(768), [384, 768]);
        assert_eq!(ends(900), [384, 642, 900]);
        assert_eq!(ends(1536), [384, 768, 1152, 1536]);
    }

    #[test]
    fn stretches_of_bf16_are_one_dnns() {
        let order = Products::Bf16;
        let starts = |k| (0..order.stretches(k)).map(|i| order.stretch(k, i).start).collect::<Vec<_>>();
        assert_eq!(starts(0), [0]);
        assert_eq!(starts(512), [0]);
        assert_eq!(starts(1024), [0, 512]);
        assert_eq!(starts(1025), [0, 1024]);
    }

    #[test]
    fn stretches_are_torchs() {
        let starts = |r: Rounding, k| (0..r.stretches(k)).map(|i| r.stretch(k, i).start).collect::<Vec<_>>();
        assert_eq!(starts(Rounding::Intel, 384), [0]);
        assert_eq!(starts(Rounding::Intel, 385), [0, 193]);
        assert_eq!(starts(Rounding::Intel, 784), [0, 384, 768]);
        assert_eq!(starts(Rounding::Amd, 192), [0]);
        assert_eq!(starts(Rounding::Amd, 193), [0, 96, 192]);
        assert_eq!(starts(Rounding::Amd, 194), [0, 97]);
        assert_eq!(starts(Rounding::Amd, 385), [0, 192, 384]);
        assert_eq!(starts(Rounding::Amd, 784), [0, 192, 384, 576, 768]);
    }

    #[test]
    fn stretches_cover_k() {
        for rounding in Rounding::ALL {
            for k in 0..2000 {
                let mut end = 0;
                for i in 0..rounding.stretches(k) {
                    let stretch = rounding.stretch(k, i);
                    assert_eq!(stretch.start, end);
                    end = stretch.end;
                }
                assert_eq!(end, k, "{rounding}");
            }
        }
    }
}
