//! Layers that normalise to mean 0 and variance 1.

mod batch_norm;
mod group_norm;
mod instance_norm;
mod layer_norm;
mod local_response_norm;
mod rms_norm;

pub use autograd::LocalResponseNormOptions;

use tensor::{OptionValue, Tensor};

use super::check_shapes;
use crate::{Buffer, Module, Options, Parameter};

crate::build::modules! {
    register;
    batch_norm: BatchNorm1d, BatchNorm, BatchNormOptions;
    batch_norm: BatchNorm2d;
    batch_norm: BatchNorm3d;
    group_norm: GroupNorm, GroupNormOptions;
    instance_norm: InstanceNorm1d, InstanceNorm, InstanceNormOptions;
    instance_norm: InstanceNorm2d;
    instance_norm: InstanceNorm3d;
    layer_norm: LayerNorm, LayerNormOptions;
    local_response_norm: LocalResponseNorm;
    rms_norm: RMSNorm, RMSNormOptions;
}

/// The scale and the shift, which start as ones and zeros: both if the norm is `affine`, the shift only with
/// `bias`.
#[track_caller]
fn start(shape: &[usize], affine: bool, bias: bool) -> [Option<Parameter>; 2] {
    let weight = affine.then(|| Parameter::new(tensor::ones(shape)));
    [weight, (affine && bias).then(|| Parameter::new(tensor::zeros(shape)))]
}

/// The running mean and variance and the number of batches behind them, if they are kept.
#[track_caller]
fn running(num_features: usize, tracked: bool) -> [Option<Buffer>; 3] {
    let all = || [tensor::zeros([num_features]), tensor::ones([num_features]), Tensor::from(0i64)];
    if tracked { all().map(|tensor| Some(Buffer::new(tensor))) } else { [None, None, None] }
}

/// Refuses parameters and statistics of other shapes.
fn check(layer: &dyn Module, shape: &[usize]) -> Result<(), String> {
    check_shapes(layer, |name| if name == "num_batches_tracked" { Vec::new() } else { shape.to_vec() })
}

/// The line that torch prints: sizes, then these options with their names; whether there is a shift.
fn describe(sizes: &[String], options: &impl Options, names: &[&str], bias: bool) -> String {
    let value = |name: &str| match name {
        "bias" => bias.to_value(),
        _ => options.get(name).expect("an option of this name"),
    };
    let named = names.iter().map(|name| format!("{name}={}", value(name)));
    sizes.iter().cloned().chain(named).collect::<Vec<_>>().join(", ")
}

/// Refuses an input of another number of axes than these.
#[track_caller]
fn check_axes(kind: &str, ndim: usize, expected: &[usize]) {
    let dimensions = expected.iter().map(|n| format!("{n}D")).collect::<Vec<_>>().join(" or ");
    assert!(expected.contains(&ndim), "{kind}: expected {dimensions} input (got {ndim}D input)");
}
