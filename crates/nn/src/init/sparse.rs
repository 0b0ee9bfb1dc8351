use autograd::Variable;
use tensor::Generator;

use super::normal::Normal;
use super::{Draw, Rule, overwrite};

/// Fills the matrix `w` from N(0, 0.01²) and then sets the share `sparsity` of each column, rounded up to
/// whole elements, to zero (Martens, *Deep learning via Hessian-free optimization*, 2010), as
/// `torch.nn.init.sparse_`. With [`tensor::use_generator`] all of it comes from that generator; torch's,
/// given one, chooses the zeros with the default one all the same.
///
/// ```
/// let w = autograd::Variable::new(tensor::zeros([10, 3]));
/// nn::init::sparse(&w, 0.75);
/// let zeros = w.data().to_vec::<f32>().iter().filter(|&&w| w == 0.0).count();
/// assert_eq!(zeros, 3 * 8);
/// ```
///
/// # Panics
/// If `w` has not exactly two axes.
#[track_caller]
pub fn sparse(w: &Variable, sparsity: f64) {
    sparse_with(w, sparsity, 0.01);
}

/// As [`sparse`], with the standard deviation of the values that stay.
///
/// # Panics
/// If `w` has not exactly two axes, or `std` is negative.
#[track_caller]
pub fn sparse_with(w: &Variable, sparsity: f64, std: f64) {
    let shape = w.shape();
    let [rows, cols] = shape[..] else {
        panic!("sparse: only tensors with 2 dimensions are supported, got {shape:?}")
    };
    assert!(std >= 0.0, "sparse: expects std >= 0.0, but found std {std}");
    overwrite("sparse", w, Normal { mean: 0.0, std });
    overwrite("sparse", w, Holes { rows, cols, zeros: (sparsity * rows as f64).ceil() as usize });
}

/// Zeros at random places of each column.
struct Holes {
    rows: usize,
    cols: usize,
    zeros: usize,
}

impl Rule for Holes {
    const ANY_PLACE: bool = false;

    fn write<T: Draw>(self, w: &mut [T], _: bool, g: &mut Generator) {
        for col in 0..self.cols {
            for &row in g.randperm(self.rows).iter().take(self.zeros) {
                w[row as usize * self.cols + col] = T::ZERO;
            }
        }
    }
}
