//! Convolutions and transposed convolutions, each over one, two or three axes.

#[allow(clippy::module_inception)] // the layer of the folder's name
mod conv;
mod conv_transpose;

pub use tensor::Padding;

use tensor::{OptionValue, Shape};

use crate::Parameter;
use crate::init::{self, KaimingOptions};

crate::build::modules! {
    register;
    conv: Conv1d, Conv, ConvOptions;
    conv: Conv2d;
    conv: Conv3d;
    conv_transpose: ConvTranspose1d, ConvTranspose, ConvTransposeOptions;
    conv_transpose: ConvTranspose2d;
    conv_transpose: ConvTranspose3d;
}

/// The weight and the bias of a convolution, drawn in torch's order: Kaiming's uniform with `a = √5`, and
/// U(±1/√fan) with as many numbers in `fan` as the weight has behind its first axis.
#[track_caller]
fn start(shape: Shape, bias: Option<usize>) -> (Parameter, Option<Parameter>) {
    let fan: usize = shape[1..].iter().product();
    let weight = Parameter::new(tensor::zeros(shape));
    init::kaiming_uniform_with(&weight, KaimingOptions { a: 5f64.sqrt(), ..Default::default() });
    let bias = bias.map(|channels| {
        let bias = Parameter::new(tensor::zeros([channels]));
        if fan > 0 {
            let bound = 1.0 / (fan as f64).sqrt();
            init::uniform(&bias, -bound, bound);
        }
        bias
    });
    (weight, bias)
}

/// Refuses parameters of other shapes.
fn check(weight: (&Parameter, &[usize]), bias: (Option<&Parameter>, usize)) -> Result<(), String> {
    if weight.0.shape() != weight.1 {
        return Err(format!("weight has shape {:?} instead of {:?}", weight.0.shape(), weight.1));
    }
    match bias.0 {
        Some(found) if found.shape() != [bias.1] => {
            Err(format!("bias has shape {:?} instead of {:?}", found.shape(), [bias.1]))
        }
        _ => Ok(()),
    }
}

/// The line that torch prints: channels and sizes, and of the rest what is not the default.
fn describe(channels: [usize; 2], always: [(&str, String); 2], rest: &[(&str, String, bool)]) -> String {
    let [inputs, outputs] = channels;
    let always = always.map(|(name, value)| format!(", {name}={value}")).concat();
    let changed = rest.iter().filter(|(.., changed)| *changed);
    let changed: String = changed.map(|(name, value, _)| format!(", {name}={value}")).collect();
    format!("{inputs}, {outputs}{always}{changed}")
}

/// A size for each axis as Python prints it: `(3, 3)`.
fn tuple<const D: usize>(sizes: tensor::PerAxis<D>) -> String {
    sizes.each().to_value().to_string()
}
