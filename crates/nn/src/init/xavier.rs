use autograd::Variable;

use super::fan::fan_in_and_out;
use super::{normal, uniform};

/// Fills `w` from U(−a, a), `a = √(6 / (fan_in + fan_out))`: Xavier or Glorot initialisation (Glorot &
/// Bengio, *Understanding the difficulty of training deep feedforward neural networks*, 2010), as
/// `torch.nn.init.xavier_uniform_`.
///
/// # Shapes
/// - `w`: `[out, in, …kernel]`; fan in is `in` times the kernel's size, fan out `out` times
///
/// ```
/// tensor::manual_seed(0);
/// let w = autograd::Variable::new(tensor::zeros([3, 4]));
/// nn::init::xavier_uniform(&w);
/// assert_eq!(w.data().to_vec::<f32>()[..2], [-0.006931449, 0.49665028]);
/// ```
///
/// # Panics
/// If `w` has fewer than two axes.
#[track_caller]
pub fn xavier_uniform(w: &Variable) {
    xavier_uniform_with(w, 1.0);
}

/// As [`xavier_uniform`], `gain` times as wide; [`calculate_gain`](super::calculate_gain) knows good ones.
///
/// # Panics
/// If `w` has fewer than two axes.
#[track_caller]
pub fn xavier_uniform_with(w: &Variable, gain: f64) {
    if let Some(std) = std("xavier_uniform", w, gain) {
        let a = 3f64.sqrt() * std;
        uniform(w, -a, a);
    }
}

/// Fills `w` from N(0, σ²), `σ = √(2 / (fan_in + fan_out))`: the normal form of [`xavier_uniform`], as
/// `torch.nn.init.xavier_normal_`.
///
/// # Panics
/// If `w` has fewer than two axes.
#[track_caller]
pub fn xavier_normal(w: &Variable) {
    xavier_normal_with(w, 1.0);
}

/// As [`xavier_normal`], `gain` times as wide.
///
/// # Panics
/// If `w` has fewer than two axes.
#[track_caller]
pub fn xavier_normal_with(w: &Variable, gain: f64) {
    if let Some(std) = std("xavier_normal", w, gain) {
        normal(w, 0.0, std);
    }
}

/// The standard deviation to draw with; none for a weight without elements.
#[track_caller]
fn std(op: &str, w: &Variable, gain: f64) -> Option<f64> {
    let shape = w.shape();
    let (fan_in, fan_out) = fan_in_and_out(op, &shape);
    (!shape.contains(&0)).then(|| gain * (2.0 / (fan_in + fan_out) as f64).sqrt())
}
