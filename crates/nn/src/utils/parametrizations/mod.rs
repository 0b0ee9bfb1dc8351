//! Weights that are computed from others at every call, as `torch.nn.utils.parametrizations`.
//!
//! What torch does to a module in its place makes a module of another type here: [`weight_norm`] takes a
//! [`Linear`], a [`Conv`](crate::Conv) or a [`ConvTranspose`](crate::ConvTranspose), and gives a
//! [`Parametrized`] layer with torch's parameters and their names. [`Parametrized::remove`] gives the layer
//! back, with the weight as it is.
//!
//! ```
//! use autograd::Variable;
//! use nn::utils::parametrizations::weight_norm;
//! use nn::{Forward, Linear, Module};
//!
//! let layer = weight_norm(Linear::new(3, 2));
//! let names: Vec<_> = layer.named_parameters().into_iter().map(|(name, _)| name).collect();
//! let originals = ["parametrizations.weight.original0", "parametrizations.weight.original1"];
//! assert_eq!(names, ["bias", originals[0], originals[1]]);
//! layer.forward(&Variable::new(tensor::ones([1, 3]))).sum().backward();
//! assert_eq!(layer.get_parameter(originals[0]).grad().unwrap().shape(), [2, 1]);
//! ```
//!
//! A net with such a layer saves its state dict as any other; it cannot be saved whole.

mod orthogonal;
mod spectral_norm;
mod weight_norm;

pub use orthogonal::{Orthogonal, OrthogonalMap, orthogonal, orthogonal_with};
pub use spectral_norm::{SpectralNorm, SpectralNormOptions, spectral_norm, spectral_norm_with};
pub use weight_norm::{WeightNorm, weight_norm, weight_norm_with};

use autograd::Variable;

use crate::{Field, Forward, Linear, Members, Module, Parameter, Training, hooks};

/// A layer whose weight can be another's result.
pub trait Weighted: Module + Forward + Sized {
    /// The name of its parametrized form.
    #[doc(hidden)]
    const PARAMETRIZED: &'static str;

    /// The axis of the outputs in the weight.
    #[doc(hidden)]
    const OUTPUTS: isize;

    /// The weight.
    fn weight(&self) -> &Parameter;

    /// The output for the input `x` with another weight.
    fn forward_with(&self, x: &Variable, weight: &Variable) -> Variable;
}

impl Weighted for Linear {
    const PARAMETRIZED: &'static str = "ParametrizedLinear";
    const OUTPUTS: isize = 0;

    fn weight(&self) -> &Parameter {
        &self.weight
    }

    #[track_caller]
    fn forward_with(&self, x: &Variable, weight: &Variable) -> Variable {
        autograd::linear(x, weight, self.bias.as_deref())
    }
}

/// A layer whose weight is computed from parameters of another kind.
pub struct Parametrized<L, R> {
    layer: L,
    parametrizations: Dict<R>,
}

/// How a weight is computed.
pub trait Parametrization: Field + Module {
    /// The weight from the layer's own parameter, and the other that there may be.
    #[doc(hidden)]
    fn weight(&self, original: &Parameter, other: Option<&Parameter>) -> Variable;
}

/// Named and printed as torch's `ModuleDict` of one entry.
#[derive(Module)]
#[module(name = "ModuleDict")]
struct Dict<R> {
    weight: List<R>,
}

#[derive(Module)]
#[module(name = "ParametrizationList")]
struct List<R> {
    original: Option<Parameter>,
    original0: Option<Parameter>,
    original1: Option<Parameter>,
    #[module(name = "0")]
    rule: R,
}

impl<L: Weighted, R: Parametrization> Parametrized<L, R> {
    /// With the layer's own parameter under the name `original`.
    fn of_one(layer: L, rule: R) -> Parametrized<L, R> {
        let original = Some(layer.weight().clone());
        let list = List { original, original0: None, original1: None, rule };
        Parametrized { layer, parametrizations: Dict { weight: list } }
    }

    /// The weight as it is computed now.
    #[track_caller]
    pub fn weight(&self) -> Variable {
        let List { original0, rule, .. } = &self.parametrizations.weight;
        rule.weight(self.layer.weight(), original0.as_ref())
    }

    /// The layer, with the weight as it is now: `torch.nn.utils.parametrize.remove_parametrizations`.
    #[track_caller]
    pub fn remove(self) -> L {
        let weight = self.weight().data();
        self.layer.weight().set_data(weight);
        self.layer
    }
}

#[hooks]
impl<L: Weighted, R: Parametrization> Forward for Parametrized<L, R> {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        self.layer.forward_with(x, &self.weight())
    }
}

impl<L: Weighted, R: Parametrization> Module for Parametrized<L, R> {
    fn kind_name() -> &'static str {
        L::PARAMETRIZED
    }

    fn is_hooked(&self) -> bool {
        true
    }

    fn members(&self) -> Members<'_> {
        let mut members = self.layer.members();
        members.remove("weight");
        members.add("parametrizations", &self.parametrizations);
        members
    }

    fn extra_repr(&self) -> String {
        self.layer.extra_repr()
    }
}

impl<L: Weighted, R: Parametrization> std::fmt::Display for Parametrized<L, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.repr())
    }
}

impl<L: Weighted, R: Parametrization> std::fmt::Debug for Parametrized<L, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.repr())
    }
}

/// The axis of a weight that `dim` names, counting from the end when negative.
#[track_caller]
fn axis(operation: &str, dim: isize, weight: &Parameter) -> isize {
    let n = weight.ndim() as isize;
    assert!(
        (-n..n).contains(&dim),
        "{operation}: Dimension out of range (expected to be in range of [-{n}, {}] but got {dim})",
        n - 1
    );
    dim.rem_euclid(n)
}

fn training_of(layer: &dyn Module) -> Training {
    Training::new(layer.is_training())
}
