//! The engine: MT19937 (Matsumoto & Nishimura, *Mersenne Twister*, ACM TOMACS 8, 1998).

pub(crate) const N: usize = 624;
const M: usize = 397;
const MATRIX_A: u32 = 0x9908_b0df;
const UPPER: u32 = 0x8000_0000;
const LOWER: u32 = 0x7fff_ffff;

/// 624 words of state and how many of them have been handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mt19937 {
    pub(crate) state: [u32; N],
    /// Words of `state` already used; `N` asks for a new block.
    pub(crate) next: usize,
}

impl Mt19937 {
    /// The reference `init_genrand`.
    pub(crate) fn new(seed: u32) -> Mt19937 {
        let mut state = [0; N];
        state[0] = seed;
        for i in 1..N {
            let x = state[i - 1];
            state[i] = 1_812_433_253u32.wrapping_mul(x ^ (x >> 30)).wrapping_add(i as u32);
        }
        Mt19937 { state, next: N }
    }

    #[inline]
    pub(crate) fn next_u32(&mut self) -> u32 {
        if self.next == N {
            self.twist();
        }
        let y = temper(self.state[self.next]);
        self.next += 1;
        y
    }

    /// The next `out.len()` draws: whole runs of a block at a time, so that the loop vectorises.
    pub(crate) fn fill(&mut self, mut out: &mut [u32]) {
        while !out.is_empty() {
            if self.next == N {
                self.twist();
            }
            let n = out.len().min(N - self.next);
            let (run, rest) = out.split_at_mut(n);
            for (y, x) in run.iter_mut().zip(&self.state[self.next..]) {
                *y = temper(*x);
            }
            self.next += n;
            out = rest;
        }
    }

    /// Replaces the block by the next: `x[k] ← x[k + M] ⊕ f(x[k], x[k + 1])`, indices modulo N.
    ///
    /// The three runs write where none of them reads afterwards, which lets each be vectorised.
    fn twist(&mut self) {
        const D: usize = N - M;
        let x = &mut self.state;
        let (low, high) = x.split_at_mut(M);
        mix(&mut low[..=D], high);
        let (low, high) = x.split_at_mut(2 * D);
        let (low, mid) = low.split_at_mut(D);
        let seam = high[0];
        mix(mid, &low[..D - 1]);
        mid[D - 1] = low[D - 1] ^ f(mid[D - 1], seam);
        mix(high, mid);
        x[N - 1] = x[M - 1] ^ f(x[N - 1], x[0]);
        self.next = 0;
    }
}

/// `x[k] ← far[k] ⊕ f(x[k], x[k + 1])` for every `k` that has a successor in `x`.
fn mix(x: &mut [u32], far: &[u32]) {
    let n = x.len() - 1;
    let far = &far[..n];
    for k in 0..n {
        x[k] = far[k] ^ f(x[k], x[k + 1]);
    }
}

#[inline(always)]
fn f(a: u32, b: u32) -> u32 {
    let y = (a & UPPER) | (b & LOWER);
    (y >> 1) ^ (MATRIX_A & (b & 1).wrapping_neg())
}

#[inline(always)]
fn temper(mut y: u32) -> u32 {
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c_5680;
    y ^= (y << 15) & 0xefc6_0000;
    y ^ (y >> 18)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_thousandth_draw_of_seed_5489_is_the_published_one() {
        let mut g = Mt19937::new(5489);
        let last = (0..10_000).map(|_| g.next_u32()).last();
        assert_eq!(last, Some(4_123_659_995));
    }

    #[test]
    fn filling_equals_drawing_one_by_one_across_blocks() {
        let (mut one, mut many) = (Mt19937::new(7), Mt19937::new(7));
        for n in [0, 1, 3, 620, 5, 1300, 2, 624] {
            let mut out = vec![0; n];
            many.fill(&mut out);
            assert!(out.iter().all(|&y| y == one.next_u32()));
        }
        assert_eq!(one, many);
    }
}
