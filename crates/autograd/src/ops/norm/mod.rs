//! Normalisation to mean 0 and variance 1.

mod batch_norm;
mod group_norm;
mod instance_norm;
mod layer_norm;
mod local_response_norm;
mod rms_norm;

pub use batch_norm::BatchNormFuncOptions;
pub use instance_norm::InstanceNormFuncOptions;
pub use local_response_norm::LocalResponseNormOptions;

use tensor::Tensor;

use crate::{Differentiable, Saver, Variable};

/// The inputs of a norm: what it normalises, and its scale and shift where there are any.
#[derive(Clone, Copy)]
struct Affine {
    weight: bool,
    bias: bool,
}

impl Affine {
    fn of(weight: Option<&Variable>, bias: Option<&Variable>) -> Affine {
        Affine { weight: weight.is_some(), bias: bias.is_some() }
    }

    /// The inputs there are.
    fn inputs<'a>(
        x: &'a Variable,
        weight: Option<&'a Variable>,
        bias: Option<&'a Variable>,
    ) -> Vec<&'a Variable> {
        [x].into_iter().chain(weight).chain(bias).collect()
    }

    /// Saves what is normalised, its scale, its mean and its `1/√(variance + eps)`.
    fn save(self, save: &mut Saver<'_>, [mean, inverse]: [Tensor; 2]) {
        save.input(0);
        save.input_if(self.weight, 1);
        save.constant(|| mean);
        save.constant(|| inverse);
    }

    /// Scale and shift among the inputs.
    fn split(self, x: &[Tensor]) -> [Option<&Tensor>; 2] {
        [self.weight.then(|| &x[1]), self.bias.then(|| &x[1 + usize::from(self.weight)])]
    }

    /// What all three could need, from what the inputs there are need.
    fn needs(self, needs: &[bool]) -> [bool; 3] {
        let bias = 1 + usize::from(self.weight);
        [needs[0], self.weight && needs[1], self.bias && needs[bias]]
    }

    /// The gradients of the inputs there are.
    fn gradients<V>(self, [x, weight, bias]: [Option<V>; 3]) -> crate::Grads<V> {
        let there = [(true, x), (self.weight, weight), (self.bias, bias)];
        there.into_iter().filter_map(|(there, gradient)| there.then_some(gradient)).collect()
    }
}

/// `x̂ = (x − mean)·inverse` with the statistics as functions of `x`: what a recorded pass needs.
struct Normalized<V> {
    x_hat: V,
    /// `1/√(variance + eps)`.
    inverse: V,
    /// The axes that the statistics were taken over.
    dims: Vec<isize>,
}

impl<V: Differentiable> Normalized<V> {
    fn of(x: &V, dims: Vec<isize>, eps: f64) -> Self {
        let centred = x.clone() - &x.mean_dim(&dims, true);
        let inverse = ((centred.clone() * &centred).mean_dim(&dims, true) + eps).powf(-0.5);
        Normalized { x_hat: centred * &inverse, inverse, dims }
    }

    /// The gradient of `x` from that of `x̂`.
    fn back(&self, d: V) -> V {
        let along = (d.clone() * &self.x_hat).mean_dim(&self.dims, true);
        let mean = d.mean_dim(&self.dims, true);
        (d - &mean - self.x_hat.clone() * &along) * &self.inverse
    }
}

/// `[C]` as `[1, C, 1, …]`, which goes with `ndim` axes.
fn by_channel<V: Differentiable>(v: &V, ndim: usize) -> V {
    let mut shape = vec![1; ndim];
    shape[1] = v.value().numel();
    v.reshape(&shape)
}

/// The axes of a tensor but the second.
fn all_but_channels(ndim: usize) -> Vec<isize> {
    (0..ndim as isize).filter(|&dim| dim != 1).collect()
}
