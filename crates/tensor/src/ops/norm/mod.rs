//! Normalisation to mean 0 and variance 1.

mod batch_norm;
mod group_norm;
mod layer_norm;
mod rms_norm;

use crate::kernels::norm::Affine;
use crate::{Float, Tensor};

/// The scale and shift of a norm, each in one piece of memory.
struct Parameters {
    weight: Option<Tensor>,
    bias: Option<Tensor>,
}

impl Parameters {
    /// Those of a norm of `x`.
    ///
    /// # Panics
    /// If their dtype is not that of `x`.
    #[track_caller]
    fn of(op: &str, x: &Tensor, weight: Option<&Tensor>, bias: Option<&Tensor>) -> Parameters {
        for parameter in [weight, bias].into_iter().flatten() {
            assert!(
                parameter.dtype() == x.dtype(),
                "{op}: mixed dtype (CPU): all inputs must share same datatype."
            );
        }
        Parameters { weight: weight.map(Tensor::contiguous), bias: bias.map(Tensor::contiguous) }
    }

    fn affine<T: Float>(&self) -> Affine<'_, T> {
        Affine {
            weight: self.weight.as_ref().map(Tensor::as_slice),
            bias: self.bias.as_ref().map(Tensor::as_slice),
        }
    }
}

impl Tensor {
    /// How many rows the last axes make, which have this shape.
    #[track_caller]
    fn rows_of(&self, op: &str, normalized_shape: &[usize]) -> usize {
        assert!(
            !normalized_shape.is_empty(),
            "{op}: Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []"
        );
        let Some(rows) = self.shape().strip_suffix(normalized_shape) else {
            let mut sizes = normalized_shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
            if op == "layer_norm" {
                sizes.insert_str(0, ", "); // which torch leaves out in `rms_norm`
            }
            panic!(
                "{op}: Given normalized_shape={normalized_shape:?}, expected input with shape [*{sizes}], but got input of size{:?}",
                self.shape()
            );
        };
        rows.iter().product()
    }
}

/// Scale and shift of the shape that is normalised over.
#[track_caller]
fn shaped(
    op: &str,
    x: &Tensor,
    shape: &[usize],
    weight: Option<&Tensor>,
    bias: Option<&Tensor>,
) -> Parameters {
    for (name, tensor) in [("weight", weight), ("bias", bias)] {
        if let Some(found) = tensor.map(Tensor::shape).filter(|&found| found != shape) {
            panic!(
                "{op}: Expected {name} to be of same shape as normalized_shape, but got {name} of shape {found:?} and normalized_shape = {shape:?}"
            );
        }
    }
    Parameters::of(op, x, weight, bias)
}
