//! Convolutions and transposed convolutions, each over one, two or three axes.

#[allow(clippy::module_inception)] // the layer of the folder's name
mod conv;
mod conv_transpose;
mod padding_mode;

pub use padding_mode::PaddingMode;
pub use tensor::Padding;

use tensor::{OptionValue, PerAxis};

use super::check_shapes;
use crate::init::{self, KaimingOptions};
use crate::{Module, Parameter};

crate::build::modules! {
    register;
    conv: Conv1d, Conv, ConvOptions;
    conv: Conv2d;
    conv: Conv3d;
    conv_transpose: ConvTranspose1d, ConvTranspose, ConvTransposeOptions;
    conv_transpose: ConvTranspose2d;
    conv_transpose: ConvTranspose3d;
}

/// What the parameters of a convolution depend on.
struct Sizes<const D: usize> {
    inputs: usize,
    outputs: usize,
    kernel: PerAxis<D>,
    groups: usize,
    transposed: bool,
}

impl<const D: usize> Sizes<D> {
    /// The shape of the weight: the first axis has all channels of the output or, transposed, of the input.
    fn weight(&self) -> Vec<usize> {
        let (first, second) =
            if self.transposed { (self.inputs, self.outputs) } else { (self.outputs, self.inputs) };
        [first, second / self.groups].into_iter().chain(self.kernel.axes()).collect()
    }

    fn check_groups(&self) -> Result<(), String> {
        for (name, channels) in [("in_channels", self.inputs), ("out_channels", self.outputs)] {
            if !channels.is_multiple_of(self.groups) {
                return Err(format!("{name} must be divisible by groups"));
            }
        }
        Ok(())
    }

    /// The weight and the bias, drawn in torch's order: Kaiming's uniform with `a = √5`, and U(±1/√fan) with
    /// as many numbers in `fan` as the weight has behind its first axis.
    ///
    /// # Panics
    /// If the groups do not divide the channels of the layer `kind`.
    #[track_caller]
    fn start(&self, kind: &str, bias: bool) -> (Parameter, Option<Parameter>) {
        if let Err(problem) = self.check_groups() {
            panic!("{kind}: {problem}");
        }
        let shape = self.weight();
        let fan: usize = shape[1..].iter().product();
        let weight = Parameter::new(tensor::zeros(shape));
        init::kaiming_uniform_with(&weight, KaimingOptions { a: 5f64.sqrt(), ..Default::default() });
        if !bias {
            return (weight, None);
        }
        let bias = Parameter::new(tensor::zeros([self.outputs]));
        if fan > 0 {
            let bound = 1.0 / (fan as f64).sqrt();
            init::uniform(&bias, -bound, bound);
        }
        (weight, Some(bias))
    }

    /// Refuses parameters of other shapes.
    fn check(&self, layer: &dyn Module) -> Result<(), String> {
        self.check_groups()?;
        check_shapes(layer, |name| if name == "weight" { self.weight() } else { vec![self.outputs] })
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
fn tuple<const D: usize>(sizes: PerAxis<D>) -> String {
    sizes.each().to_value().to_string()
}
