//! The functions that torch takes from Sleef (N. Shibata and F. Petrogalli, *SLEEF: a portable vectorized
//! library of C standard mathematical functions*, 2020), to 1 ulp, operation for operation: sigmoids,
//! softmaxes and what else has an exponential inside are torch's to the last bit. A [`Pair`] carries what a
//! rounding lost.

use super::{MAGIC, polynomial, pow2, scale, select};

/// ln 2 in parts whose products with an exponent are exact, as far as `eˣ` needs them.
const LN_2_PARTS: [f32; 2] = [0.693_145_75, 1.428_606_8e-6];

/// A number and what its rounding left.
#[derive(Clone, Copy)]
struct Pair(f32, f32);

/// ln 2
const LN_2: Pair = Pair(std::f32::consts::LN_2, -1.904_654_3e-9);

/// `eˣ`
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    // Beyond these the result is 0 or ∞ whatever x is; a NaN passes both tests.
    let inside = select(x > 104.0, 104.0, select(x < -104.0, -104.0, x));
    let (n, r, _) = reduce(inside);
    let y = 1.0 + (r * r).mul_add(exp_tail(r), r);
    select(x < -104.0, 0.0, scale(y, n))
}

/// `x = n·ln 2 + r`, and what the rounding of `r` left.
#[inline(always)]
pub(super) fn reduce(x: f32) -> (i32, f32, f32) {
    let (n, q) = nearest(x);
    let high = q.mul_add(-LN_2_PARTS[0], x);
    let r = q.mul_add(-LN_2_PARTS[1], high);
    (n, r, q.mul_add(-LN_2_PARTS[1], high - r))
}

/// `(e^r − 1 − r)/r²` for `|r| ≤ ½ ln 2`.
#[inline(always)]
pub(super) fn exp_tail(r: f32) -> f32 {
    polynomial(&[0.5, 0.166_666_67, 0.041_666_485, 0.008_333_361, 0.001_393_043_6, 0.000_198_527_62], r)
}

/// `eˣ − 1`
#[inline(always)]
pub(super) fn exp_m1(x: f32) -> f32 {
    const P: [f32; 4] = [0.041_666_374, 0.008_333_457, 0.001_394_256_5, 0.000_198_096_02];
    let inside = select(x > 104.0, 104.0, select(x < -104.0, -104.0, x));
    let (n, q) = nearest(inside);
    let s = Pair(inside, 0.0).plus(q * -LN_2_PARTS[0]).plus(q * -LN_2_PARTS[1]);
    let t = s.scaled(polynomial(&P, s.0)).plus(0.166_666_66);
    let t = s.times(t).plus(0.5);
    let t = s.add(s.square().times(t));
    let t = t.above(1.0);
    let t = Pair(scale(t.0, n), scale(t.1, n)).plus(-1.0);
    let y = select(x > 88.722_83, f32::INFINITY, t.0 + t.1);
    let y = select(x < -16.635_532, -1.0, y);
    select(x == 0.0, x, y) // −0 stays −0
}

/// `ln x` for `1 ≤ x < 2⁶⁴`.
#[inline(always)]
pub(super) fn ln_of_sum(x: f32) -> f32 {
    let e = exponent(x);
    let m = x * pow2(-e);
    let q = Pair::of(-1.0, m).divided_by(Pair::of(1.0, m));
    let s = LN_2.scaled(e as f32);
    let s = s.add_smaller(Pair(2.0 * q.0, 2.0 * q.1));
    let z = q.0 * q.0;
    let s = s.plus_smaller(z * q.0 * log_tail(z));
    s.0 + s.1
}

/// `ln(1 + x)`
#[inline(always)]
pub(super) fn ln_1p(x: f32) -> f32 {
    let e = exponent(1.0 + x);
    let t = scale(1.0, -e);
    let m = x.mul_add(t, t - 1.0);
    let q = Pair(m, 0.0).divided_by(Pair::of_smaller(2.0, m));
    let s = LN_2.scaled(e as f32);
    let s = s.add_smaller(Pair(2.0 * q.0, 2.0 * q.1));
    let z = q.0 * q.0;
    let s = s.plus_smaller(z * q.0 * log_tail(z));
    let y = select(x == f32::INFINITY, x, s.0 + s.1);
    let y = select(x < -1.0, f32::NAN, y);
    let y = select(x == -1.0, f32::NEG_INFINITY, y);
    select(x == 0.0, x, y) // −0 stays −0
}

/// The integer nearest to `x/ln 2`, in both forms.
#[inline(always)]
fn nearest(x: f32) -> (i32, f32) {
    let shifted = x * std::f32::consts::LOG2_E + MAGIC;
    (shifted.to_bits().wrapping_sub(MAGIC.to_bits()) as i32, shifted - MAGIC)
}

/// The exponent that leaves of `x` a number from 0.75 to 1.5.
#[inline(always)]
fn exponent(x: f32) -> i32 {
    ((x * (1.0 / 0.75)).to_bits() >> 23 & 255) as i32 - 127
}

/// `(ln((1 + q)/(1 − q)) − 2q)/q³` with `z = q²`.
#[inline(always)]
fn log_tail(z: f32) -> f32 {
    polynomial(&[0.666_669_5, 0.399_610_82, 0.302_729_5], z)
}

impl Pair {
    /// `a + b`
    #[inline(always)]
    fn of(a: f32, b: f32) -> Pair {
        let sum = a + b;
        let b_part = sum - a;
        Pair(sum, (a - (sum - b_part)) + (b - b_part))
    }

    /// `a + b`, of which `b` is the smaller.
    #[inline(always)]
    fn of_smaller(a: f32, b: f32) -> Pair {
        let sum = a + b;
        Pair(sum, a - sum + b)
    }

    #[inline(always)]
    fn plus(self, b: f32) -> Pair {
        let Pair(sum, left) = Pair::of(self.0, b);
        Pair(sum, left + self.1)
    }

    #[inline(always)]
    fn plus_smaller(self, b: f32) -> Pair {
        let sum = self.0 + b;
        Pair(sum, self.0 - sum + b + self.1)
    }

    /// `a + self`, of which `a` is the larger.
    #[inline(always)]
    fn above(self, a: f32) -> Pair {
        let sum = a + self.0;
        Pair(sum, a - sum + self.0 + self.1)
    }

    #[inline(always)]
    fn add(self, b: Pair) -> Pair {
        let Pair(sum, left) = Pair::of(self.0, b.0);
        Pair(sum, left + (self.1 + b.1))
    }

    #[inline(always)]
    fn add_smaller(self, b: Pair) -> Pair {
        let sum = self.0 + b.0;
        Pair(sum, self.0 - sum + b.0 + self.1 + b.1)
    }

    #[inline(always)]
    fn scaled(self, b: f32) -> Pair {
        let product = self.0 * b;
        Pair(product, self.1.mul_add(b, self.0.mul_add(b, -product)))
    }

    #[inline(always)]
    fn times(self, b: Pair) -> Pair {
        let product = self.0 * b.0;
        Pair(product, self.0.mul_add(b.1, self.1.mul_add(b.0, self.0.mul_add(b.0, -product))))
    }

    #[inline(always)]
    fn square(self) -> Pair {
        let product = self.0 * self.0;
        Pair(product, (self.0 + self.0).mul_add(self.1, self.0.mul_add(self.0, -product)))
    }

    #[inline(always)]
    fn divided_by(self, d: Pair) -> Pair {
        let inverse = 1.0 / d.0;
        let q = self.0 * inverse;
        let left = (-d.1).mul_add(inverse, (-d.0).mul_add(inverse, 1.0));
        Pair(q, q.mul_add(left, self.1.mul_add(inverse, inverse.mul_add(self.0, -q))))
    }
}
