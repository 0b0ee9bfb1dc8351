use autograd::Variable;
use tensor::Generator;

use super::{Draw, Rule, overwrite};

/// Fills `w` with values from the uniform distribution U(`a`, `b`), as `torch.nn.init.uniform_`, whose
/// defaults are 0 and 1.
///
/// ```
/// let w = autograd::Variable::new(tensor::zeros([3, 5]));
/// nn::init::uniform(&w, -2.0, 3.0);
/// assert!(w.data().to_vec::<f32>().iter().all(|w| (-2.0..3.0).contains(w)));
/// ```
///
/// # Panics
/// If `a > b`, or `w` is not of a float dtype.
#[track_caller]
pub fn uniform(w: &Variable, a: f64, b: f64) {
    assert!(a <= b, "uniform: expects to return a [from, to) range, but found from={a} > to={b}");
    overwrite("uniform", w, Uniform { a, b });
}

struct Uniform {
    a: f64,
    b: f64,
}

impl Rule for Uniform {
    const ANY_PLACE: bool = true;

    fn write<T: Draw>(self, w: &mut [T], _: bool, g: &mut Generator) {
        T::uniform(g, w, self.a, self.b);
    }
}
