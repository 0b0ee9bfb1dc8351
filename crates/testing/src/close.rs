use std::fmt::Display;

use tensor::{DType, Tensor};

/// How far an element may be from the expected one.
///
/// ```
/// # use testing::Within;
/// Within::relative(1e-6);               // 1e-6·|e|
/// Within::relative(1e-6).plus(1e-7);    // 1e-7 + 1e-6·|e|, as numpy's allclose
/// Within::relative(1e-6).at_least(1e-7) // the larger of 1e-6·|e| and 1e-7
/// # ;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Within {
    relative: f64,
    of_largest: f64,
    plus: f64,
    at_least: f64,
}

impl Within {
    /// Relative to the expected element.
    pub fn relative(bound: f64) -> Within {
        Within { relative: bound, ..Within::default() }
    }

    /// Relative to the largest finite one of the expected elements.
    pub fn of_largest(bound: f64) -> Within {
        Within { of_largest: bound, ..Within::default() }
    }

    /// And `bound` more.
    pub fn plus(self, bound: f64) -> Within {
        Within { plus: bound, ..self }
    }

    /// And never less than `bound`.
    pub fn at_least(self, bound: f64) -> Within {
        Within { at_least: bound, ..self }
    }

    fn bound(self, expected: f64, largest: f64) -> f64 {
        (self.relative * expected.abs() + self.of_largest * largest + self.plus).max(self.at_least)
    }
}

/// Compares dtypes, shapes and elements; NaN is equal to NaN, and infinities are equal to themselves.
///
/// # Panics
///
/// If they differ, naming `what`, the first element that differs, both values and how far they are apart.
#[track_caller]
pub fn assert_close(what: impl Display, got: &Tensor, expected: &Tensor, within: Within) {
    if let Some(why) = difference(got, expected, Some(within)) {
        panic!("{what}: {why}");
    }
}

/// Compares dtypes, shapes and every bit; any NaN is equal to any other.
///
/// # Panics
///
/// As [`assert_close`].
#[track_caller]
pub fn assert_bits(what: impl Display, got: &Tensor, expected: &Tensor) {
    if let Some(why) = difference(got, expected, None) {
        panic!("{what}: {why}");
    }
}

/// The sum of a tensor's bits, 32 at a time, times 1, 3, 5 …, as `checksum` in `recording.py`: what a
/// recording has of a tensor that is too large for it.
pub fn checksum(t: &Tensor) -> String {
    let bits: Vec<u32> = match t.dtype() {
        DType::F64 => {
            let halves = |x: f64| [x.to_bits() as u32, (x.to_bits() >> 32) as u32];
            t.to_vec::<f64>().into_iter().flat_map(halves).collect()
        }
        _ => t.to_vec::<f32>().into_iter().map(f32::to_bits).collect(),
    };
    let bits = bits.into_iter().map(u64::from);
    let sum =
        bits.enumerate().fold(0u64, |sum, (i, bits)| sum.wrapping_add(bits.wrapping_mul(2 * i as u64 + 1)));
    format!("{sum:016x}")
}

/// The message of [`assert_close`], or without a bound of [`assert_bits`]; `None` if there is no difference.
pub fn difference(got: &Tensor, expected: &Tensor, within: Option<Within>) -> Option<String> {
    let kind = |x: &Tensor| format!("{} {:?}", x.dtype(), x.shape());
    if kind(got) != kind(expected) {
        return Some(format!("{}, torch has {}", kind(got), kind(expected)));
    }
    if within.is_none() && !got.dtype().is_float() {
        // Not every integer is a float.
        return (got.bytes() != expected.bytes()).then(|| format!("{got}, torch has {expected}"));
    }
    let pairs: Vec<(f64, f64)> = elements(got).into_iter().zip(elements(expected)).collect();
    let largest = pairs.iter().map(|(_, e)| e.abs()).filter(|e| e.is_finite()).fold(0.0, f64::max);
    let same = |x: f64, e: f64| match within {
        _ if x.is_nan() && e.is_nan() => true,
        None => x.to_bits() == e.to_bits(),
        Some(within) => x == e || (x - e).abs() <= within.bound(e, largest),
    };
    let mut wrong = pairs.iter().enumerate().filter(|(_, (x, e))| !same(*x, *e));
    let (at, &(x, e)) = wrong.next()?;
    let (index, apart) = (index(at, got.shape()), ulps(x, e, got.dtype()));
    let (wrong, n) = (1 + wrong.count(), pairs.len());
    Some(format!("element {index:?} is {x:?}, torch has {e:?}{apart}; {wrong} of {n} differ"))
}

fn elements(x: &Tensor) -> Vec<f64> {
    x.to_dtype(DType::F64).to_vec()
}

/// Where the element at `at` of all stands.
fn index(mut at: usize, shape: &[usize]) -> Vec<usize> {
    let mut index: Vec<usize> = Vec::new();
    for n in shape.iter().rev() {
        index.insert(0, at % n);
        at /= n;
    }
    index
}

/// How many floats of the dtype lie between the two.
fn ulps(x: f64, e: f64, dtype: DType) -> String {
    // Floats are ordered as their bits are, but for the sign.
    let place = |x: f64| match dtype {
        DType::F32 => i128::from((x as f32).abs().to_bits()) * x.signum() as i128,
        _ => i128::from(x.abs().to_bits()) * x.signum() as i128,
    };
    match dtype {
        DType::F32 | DType::F64 if x.is_finite() && e.is_finite() => {
            format!(", {} ulps apart", (place(x) - place(e)).abs())
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal;

    #[test]
    fn a_difference_is_named_with_its_place_and_size() {
        let expected = Tensor::from([[1.0f32, 2.0], [f32::NAN, 4.0]]);
        let mut got = expected.clone();
        assert_bits("itself", &got, &expected);
        got = &got + Tensor::from([[0.0f32, f32::EPSILON * 4.0], [0.0, 1.0]]);
        let close = |within| refusal(|| assert_close("sums", &got, &expected, within));
        assert_eq!(
            close(Within::relative(1e-9)),
            "sums: element [0, 1] is 2.000000476837158, torch has 2.0, 2 ulps apart; 2 of 4 differ"
        );
        assert!(close(Within::relative(1e-6)).contains("element [1, 1] is 5.0, torch has 4.0, 2097152 ulps"));
        assert_close("sums", &got, &expected, Within::relative(1e-6).plus(1.0));
        assert_close("sums", &got, &expected, Within::relative(1e-6).at_least(1.0));
        assert_close("sums", &got, &expected, Within::of_largest(0.25));
    }

    #[test]
    fn signs_of_zeros_shapes_dtypes_and_large_integers_are_bits() {
        let bits = |got: Tensor, expected: Tensor| refusal(|| assert_bits("it", &got, &expected));
        assert!(
            bits(Tensor::from([-0.0f64]), Tensor::from([0.0])).contains("is -0.0, torch has 0.0, 0 ulps")
        );
        assert!(
            bits(Tensor::from([1i64 << 53]), Tensor::from([(1i64 << 53) + 1])).starts_with("it: tensor(")
        );
        assert_eq!(
            bits(Tensor::from([1.0f32]), Tensor::from([1.0])),
            "it: torch.float32 [1], torch has torch.float64 [1]"
        );
        assert!(
            bits(Tensor::from([[1.0]]), Tensor::from([1.0])).contains("[1, 1], torch has torch.float64 [1]")
        );
    }
}
