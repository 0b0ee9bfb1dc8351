use autograd::Variable;
use tensor::Generator;

use super::{Draw, Rule, overwrite};

/// Fills the matrix `w` with ones on the diagonal and zeros elsewhere, as `torch.nn.init.eye_`: a `Linear`
/// with these weights hands on as many of its inputs as it can.
///
/// ```
/// let w = autograd::Variable::new(tensor::ones([2, 3]));
/// nn::init::eye(&w);
/// assert_eq!(w.data().to_vec::<f32>(), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
/// ```
///
/// # Panics
/// If `w` has not exactly two axes.
#[track_caller]
pub fn eye(w: &Variable) {
    let shape = w.shape();
    let [rows, cols] = shape[..] else {
        panic!("eye: only tensors with 2 dimensions are supported, got {shape:?}")
    };
    overwrite("eye", w, Eye { rows, cols });
}

struct Eye {
    rows: usize,
    cols: usize,
}

impl Rule for Eye {
    const ANY_PLACE: bool = false;

    fn write<T: Draw>(self, w: &mut [T], _: bool, _: &mut Generator) {
        w.fill(T::ZERO);
        for i in 0..self.rows.min(self.cols) {
            w[i * self.cols + i] = T::ONE;
        }
    }
}
