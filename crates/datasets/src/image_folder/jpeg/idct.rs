//! From coefficients to samples: the cosine transform in integers of Loeffler, Ligtenberg and Moschytz
//! (1989) that libjpeg calls "islow".

use std::num::Wrapping;

/// Fractional bits of the constants.
const BITS: u32 = 13;
/// Fractional bits kept between columns and rows.
const KEPT: u32 = 2;

/// A number with `BITS` fractional bits. No sum of an honest picture overflows; those of a damaged one wrap.
const fn fix(x: f64) -> Wrapping<i32> {
    Wrapping((x * (1 << BITS) as f64 + 0.5) as i32)
}

/// The samples of a block, row by row.
pub(super) fn samples(coefficients: &[i16; 64], quantisation: &[u16; 64]) -> [u8; 64] {
    let mut all = [0; 64];
    for (x, (c, q)) in all.iter_mut().zip(coefficients.iter().zip(quantisation)) {
        *x = i32::from(c.wrapping_mul(*q as i16));
    }
    for x in 0..8 {
        let column = eight([0, 1, 2, 3, 4, 5, 6, 7].map(|y| all[8 * y + x]));
        for (y, value) in column.into_iter().enumerate() {
            all[8 * y + x] = rounded(value, BITS - KEPT).clamp(i16::MIN.into(), i16::MAX.into());
        }
    }
    let mut samples = [0; 64];
    for (row, samples) in all.as_chunks().0.iter().zip(samples.chunks_exact_mut(8)) {
        for (value, sample) in eight(*row).into_iter().zip(samples) {
            *sample = (rounded(value, BITS + KEPT + 3) + 128).clamp(0, 255) as u8;
        }
    }
    samples
}

/// `x / 2ⁿ`, to the nearest.
fn rounded(x: i32, n: u32) -> i32 {
    x.wrapping_add(1 << (n - 1)) >> n
}

/// The transform of eight numbers, with `BITS` more fractional bits.
fn eight(c: [i32; 8]) -> [i32; 8] {
    let c = c.map(Wrapping);
    let turn = (c[2] + c[6]) * fix(0.541196100);
    let (low, high) = (turn - c[6] * fix(1.847759065), turn + c[2] * fix(0.765366865));
    let (sum, difference) = ((c[0] + c[4]) * fix(1.0), (c[0] - c[4]) * fix(1.0));
    let even = [sum + high, difference + low, difference - low, sum - high];

    let all = (c[7] + c[3] + c[5] + c[1]) * fix(1.175875602);
    let z1 = -(c[7] + c[1]) * fix(0.899976223);
    let z2 = -(c[5] + c[3]) * fix(2.562915447);
    let z3 = all - (c[7] + c[3]) * fix(1.961570560);
    let z4 = all - (c[5] + c[1]) * fix(0.390180644);
    let odd = [
        c[1] * fix(1.501321110) + z1 + z4,
        c[3] * fix(3.072711026) + z2 + z3,
        c[5] * fix(2.053119869) + z2 + z4,
        c[7] * fix(0.298631336) + z1 + z3,
    ];
    [0, 1, 2, 3, 4, 5, 6, 7].map(|k: usize| if k < 4 { even[k] + odd[k] } else { even[7 - k] - odd[7 - k] }.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_alone_is_the_same_everywhere_and_nothing_overflows() {
        let mut block = [0; 64];
        block[0] = 10;
        assert_eq!(samples(&block, &[8; 64]), [138; 64]);
        for extreme in [i16::MIN, i16::MAX, -1] {
            for quantisation in [1, 255, u16::MAX] {
                samples(&[extreme; 64], &[quantisation; 64]);
            }
        }
    }
}
