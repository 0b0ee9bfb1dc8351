//! What a rule gives as a gradient, brought to the shape and dtype of what it is the gradient of.

use tensor::{DType, Tensor};

use crate::ops::sum_to;

/// The rule that gave a gradient, and of which of its inputs.
pub(crate) type Source = (&'static str, usize);

/// `gradient` in the shape and dtype of its input: repeats are summed, and the product of two dtypes comes back to each
/// factor in its own, as in torch.
///
/// # Panics
/// If the input does not broadcast to the gradient's shape.
#[inline]
#[track_caller]
pub(crate) fn fit(gradient: Tensor, shape: &[usize], dtype: DType, source: Source) -> Tensor {
    if dtype == gradient.dtype() && shape == gradient.shape() {
        return gradient;
    }
    convert(gradient, shape, dtype, source)
}

#[cold]
#[track_caller]
fn convert(gradient: Tensor, shape: &[usize], dtype: DType, (rule, index): Source) -> Tensor {
    let got = gradient.shape();
    let fits =
        got.len() >= shape.len() && shape.iter().rev().zip(got.iter().rev()).all(|(&x, &g)| x == g || x == 1);
    assert!(
        fits,
        "Function {rule} returned an invalid gradient at index {index} - got {got:?} but expected shape \
         compatible with {shape:?}"
    );
    sum_to(gradient, shape).to_dtype(dtype)
}
