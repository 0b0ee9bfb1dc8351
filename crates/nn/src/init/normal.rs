use autograd::Variable;
use tensor::Generator;

use super::{Draw, Rule, overwrite};

/// Fills `w` with values from the normal distribution N(`mean`, `std`²), as `torch.nn.init.normal_`, whose
/// defaults are 0 and 1.
///
/// ```
/// let w = autograd::Variable::new(tensor::zeros([100, 100]));
/// nn::init::normal(&w, 1.0, 0.5);
/// assert!((w.data().mean().item() - 1.0).abs() < 0.02);
/// ```
///
/// # Panics
/// If `std` is negative, or `w` is not of a float dtype.
#[track_caller]
pub fn normal(w: &Variable, mean: f64, std: f64) {
    assert!(std >= 0.0, "normal: expects std >= 0.0, but found std {std}");
    overwrite("normal", w, Normal { mean, std });
}

pub(super) struct Normal {
    pub(super) mean: f64,
    pub(super) std: f64,
}

impl Rule for Normal {
    const ANY_PLACE: bool = true;

    fn write<T: Draw>(self, w: &mut [T], rows: bool, g: &mut Generator) {
        T::normal(g, w, rows, self.mean, self.std);
    }
}
