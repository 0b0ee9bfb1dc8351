//! Normalisation to mean 0 and variance 1.

mod batch_norm;
mod group_norm;
mod layer_norm;

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
