use autograd::{Variable, cat};
use tensor::Tensor;

use crate::Parameter;

/// All numbers of the parameters in one vector, which is differentiable:
/// `torch.nn.utils.parameters_to_vector`.
///
/// ```
/// use nn::utils::{parameters_to_vector, vector_to_parameters};
/// use nn::{Linear, Module};
///
/// let layer = Linear::new(3, 2);
/// let vector = parameters_to_vector(&layer.parameters());
/// assert_eq!(vector.shape(), [8]);
/// vector_to_parameters(&(vector.data() * 0.0), &layer.parameters());
/// assert_eq!(layer.weight.data().abs().sum().item(), 0.0);
/// ```
///
/// # Panics
/// If there are none, or they are of several dtypes.
#[track_caller]
pub fn parameters_to_vector(parameters: &[Parameter]) -> Variable {
    let rows: Vec<_> = parameters.iter().map(|parameter| parameter.reshape([parameter.numel()])).collect();
    cat(&rows, 0)
}

/// Gives the parameters the numbers of a vector, in order: `torch.nn.utils.vector_to_parameters`. Numbers
/// that are left over are not used, as there.
///
/// # Panics
/// If there are too few; nothing has been changed.
#[track_caller]
pub fn vector_to_parameters(vector: &Tensor, parameters: &[Parameter]) {
    let needed: usize = parameters.iter().map(|parameter| parameter.numel()).sum();
    assert!(
        vector.ndim() == 1 && vector.numel() >= needed,
        "vector_to_parameters: {needed} numbers are needed, in one axis; got {:?}",
        vector.shape()
    );
    let mut at = 0;
    for parameter in parameters {
        let numbers = vector.narrow(0, at as isize, parameter.numel());
        parameter.set_data(numbers.reshape(parameter.shape()).to_dtype(parameter.dtype()));
        at += parameter.numel();
    }
}
