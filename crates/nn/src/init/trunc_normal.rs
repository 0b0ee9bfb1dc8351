use autograd::Variable;
use tensor::{Generator, Tensor};

use super::{Draw, Rule, overwrite};

/// Fills `w` from the normal distribution N(`mean`, `std`²) cut off outside [`a`, `b`], as
/// `torch.nn.init.trunc_normal_`, whose defaults are 0, 1, −2 and 2.
///
/// Where [`a`, `b`] holds more than 0.3 of the distribution, values outside are drawn again until none is
/// left; otherwise uniform candidates are accepted with the density's probability. Both draw whole tensors,
/// as torch's do, so that the stream stays torch's.
///
/// ```
/// let w = autograd::Variable::new(tensor::zeros([100, 100]));
/// nn::init::trunc_normal(&w, 0.0, 0.02, -0.04, 0.04);
/// assert!(w.data().abs().max().item() <= 0.04f32 as f64);
/// ```
///
/// # Panics
/// If `std` is not positive, `a > b`, or `w` is not of a float dtype.
#[track_caller]
pub fn trunc_normal(w: &Variable, mean: f64, std: f64, a: f64, b: f64) {
    assert!(std > 0.0, "trunc_normal: expects std > 0.0, but found std {std}");
    assert!(a <= b, "trunc_normal: expects a <= b, but found a={a} > b={b}");
    overwrite("trunc_normal", w, TruncNormal { mean, std, a, b });
}

struct TruncNormal {
    mean: f64,
    std: f64,
    a: f64,
    b: f64,
}

impl Rule for TruncNormal {
    const ANY_PLACE: bool = true;

    fn write<T: Draw>(self, w: &mut [T], rows: bool, g: &mut Generator) {
        let TruncNormal { mean, std, a, b } = self;
        if cdf((b - mean) / std) - cdf((a - mean) / std) > 0.3 {
            redraw_outside(w, rows, g, self);
        } else {
            accept_by_density(w, g, self);
        }
    }
}

/// Normal values, those outside [a, b] drawn again.
fn redraw_outside<T: Draw>(w: &mut [T], rows: bool, g: &mut Generator, rule: TruncNormal) {
    let TruncNormal { mean, std, a, b } = rule;
    let (a, b) = (T::from_f64(a), T::from_f64(b));
    let outside = |w: T| w < a || w > b;
    T::normal(g, w, rows, mean, std);
    let mut again = vec![T::ZERO; w.len()];
    while w.iter().any(|&w| outside(w)) {
        T::normal(g, &mut again, rows, mean, std);
        for (w, &again) in w.iter_mut().zip(&again) {
            if outside(*w) {
                *w = again;
            }
        }
    }
}

/// Uniform candidates in [a, b], each accepted with the probability `pdf(candidate) / max pdf`.
fn accept_by_density<T: Draw>(w: &mut [T], g: &mut Generator, TruncNormal { mean, std, a, b }: TruncNormal) {
    let mode = mean.min(b).max(a);
    let log_peak = T::from_f64(-0.5 * ((mode - mean) / std).powi(2));
    let (mean, std) = (T::from_f64(mean), T::from_f64(std));
    let log_density = |w: T| {
        let z = (w - mean) / std;
        z * z * T::from_f64(-0.5) - log_peak
    };
    let mut candidates = vec![T::ZERO; w.len()];
    let mut chances = vec![T::ZERO; w.len()];
    let mut pending = vec![true; w.len()];
    while pending.contains(&true) {
        T::uniform(g, &mut candidates, a, b);
        T::uniform(g, &mut chances, 0.0, 1.0);
        for (((w, pending), &candidate), &chance) in
            w.iter_mut().zip(&mut pending).zip(&candidates).zip(&chances)
        {
            if *pending {
                *w = candidate;
                *pending = chance.ln() > log_density(candidate);
            }
        }
    }
}

/// The share of the standard normal distribution below `x`.
fn cdf(x: f64) -> f64 {
    (1.0 + Tensor::from(x / 2f64.sqrt()).erf().item()) / 2.0
}
