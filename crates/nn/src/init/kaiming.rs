use autograd::Variable;
use serde::{Deserialize, Serialize};

use super::fan::fan_in_and_out;
use super::{Nonlinearity, calculate_gain, normal, uniform};
use crate::Options;

/// Which direction keeps its variance: [`KaimingOptions::mode`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FanMode {
    /// Forward: activations keep theirs.
    #[default]
    FanIn,
    /// Backward: gradients keep theirs.
    FanOut,
}

tensor::option_value!(FanMode);

/// The options of [`kaiming_uniform_with`] and [`kaiming_normal_with`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct KaimingOptions {
    /// Negative slope of the leaky ReLU that follows; other nonlinearities ignore it. Default 0.
    pub a: f64,
    /// Which fan scales the weights. Default fan in.
    pub mode: FanMode,
    /// The activation behind the layer. Default leaky ReLU, which with `a = 0` is ReLU.
    #[option(default = Nonlinearity::LeakyReLU)]
    pub nonlinearity: Nonlinearity,
}

/// Fills `w` from U(−bound, bound), `bound = gain·√(3 / fan)` with ReLU's gain √2 and fan in: Kaiming or He
/// initialisation (He et al., *Delving deep into rectifiers*, 2015), as `torch.nn.init.kaiming_uniform_`.
///
/// A weight without elements is left as it is.
///
/// # Shapes
/// - `w`: `[out, in, …kernel]`; fan in is `in` times the kernel's size, fan out `out` times
///
/// # Panics
/// If `w` has fewer than two axes.
#[track_caller]
pub fn kaiming_uniform(w: &Variable) {
    kaiming_uniform_with(w, KaimingOptions::default());
}

/// As [`kaiming_uniform`], with torch's options. `Linear` starts its weight with `a = √5`:
///
/// ```
/// use nn::init::{KaimingOptions, kaiming_uniform_with};
/// let w = autograd::Variable::new(tensor::zeros([2, 100]));
/// kaiming_uniform_with(&w, KaimingOptions { a: 5f64.sqrt(), ..Default::default() });
/// assert!(w.data().abs().max().item() <= 0.1); // 1 / √100
/// ```
///
/// # Panics
/// If `w` has fewer than two axes.
#[track_caller]
pub fn kaiming_uniform_with(w: &Variable, options: KaimingOptions) {
    if let Some(std) = std("kaiming_uniform", w, options) {
        let bound = 3f64.sqrt() * std;
        uniform(w, -bound, bound);
    }
}

/// Fills `w` from N(0, σ²), `σ = gain / √fan`: the normal form of [`kaiming_uniform`], as
/// `torch.nn.init.kaiming_normal_`.
///
/// # Panics
/// If `w` has fewer than two axes.
#[track_caller]
pub fn kaiming_normal(w: &Variable) {
    kaiming_normal_with(w, KaimingOptions::default());
}

/// As [`kaiming_normal`], with torch's options.
///
/// # Panics
/// If `w` has fewer than two axes.
#[track_caller]
pub fn kaiming_normal_with(w: &Variable, options: KaimingOptions) {
    if let Some(std) = std("kaiming_normal", w, options) {
        normal(w, 0.0, std);
    }
}

/// The standard deviation to draw with; none for a weight without elements.
#[track_caller]
fn std(op: &str, w: &Variable, options: KaimingOptions) -> Option<f64> {
    let KaimingOptions { a, mode, nonlinearity } = options;
    let shape = w.shape();
    let (fan_in, fan_out) = fan_in_and_out(op, &shape);
    let fan = match mode {
        FanMode::FanIn => fan_in,
        FanMode::FanOut => fan_out,
    };
    (!shape.contains(&0)).then(|| calculate_gain(nonlinearity, Some(a)) / (fan as f64).sqrt())
}
