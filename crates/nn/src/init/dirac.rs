use autograd::Variable;
use tensor::Generator;

use super::{Draw, Rule, overwrite};

/// Fills a convolution's weight with Dirac deltas, as `torch.nn.init.dirac_`: each output channel hands on
/// the input channel of the same number, as far as there are any.
///
/// # Shapes
/// - `w`: `[out_channels, in_channels, …kernel]` with one to three kernel axes
///
/// ```
/// let w = autograd::Variable::new(tensor::ones([3, 2, 3]));
/// nn::init::dirac(&w);
/// assert_eq!(w.data().to_vec::<f32>(), [
///     0.0, 1.0, 0.0, /**/ 0.0, 0.0, 0.0,
///     0.0, 0.0, 0.0, /**/ 0.0, 1.0, 0.0,
///     0.0, 0.0, 0.0, /**/ 0.0, 0.0, 0.0,
/// ]);
/// ```
///
/// # Panics
/// If `w` has not three to five axes.
#[track_caller]
pub fn dirac(w: &Variable) {
    dirac_with(w, 1);
}

/// As [`dirac`], for a convolution in `groups`: each group of output channels hands on its own inputs.
///
/// # Panics
/// If `w` has not three to five axes, or `out_channels` cannot be divided by `groups`.
#[track_caller]
pub fn dirac_with(w: &Variable, groups: usize) {
    let shape = w.shape();
    assert!(
        (3..=5).contains(&shape.len()),
        "dirac: only tensors with 3, 4, or 5 dimensions are supported, got {shape:?}"
    );
    assert!(
        groups > 0 && shape[0].is_multiple_of(groups),
        "dirac: dim 0 of {shape:?} must be divisible by groups ({groups})"
    );
    overwrite("dirac", w, Dirac { shape, groups });
}

struct Dirac {
    shape: Vec<usize>,
    groups: usize,
}

impl Rule for Dirac {
    const ANY_PLACE: bool = false;

    fn write<T: Draw>(self, w: &mut [T], _: bool, _: &mut Generator) {
        w.fill(T::ZERO);
        let (out_channels, in_channels, kernel) = (self.shape[0], self.shape[1], &self.shape[2..]);
        let area: usize = kernel.iter().product();
        if area == 0 {
            return;
        }
        let middle = kernel.iter().fold(0, |at, &k| at * k + k / 2);
        let per_group = out_channels / self.groups;
        for group in 0..self.groups {
            for d in 0..per_group.min(in_channels) {
                w[((group * per_group + d) * in_channels + d) * area + middle] = T::ONE;
            }
        }
    }
}
