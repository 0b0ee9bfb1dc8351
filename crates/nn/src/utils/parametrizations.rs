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
//! `parametrizations.orthogonal` is not here.

use autograd::Variable;
use tensor::Tensor;

use crate::{
    Buffer, Field, Forward, Linear, Members, Module, Options, Parameter, Training, functional, hooks,
};

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

/// A weight `g·v/‖v‖`, with a norm for each output (Salimans and Kingma, *Weight normalization*, 2016).
#[derive(Module)]
#[module(name = "_WeightNorm")]
pub struct WeightNorm {
    /// The axis of the norms; all numbers have one if there is none.
    #[module(skip)]
    dim: Option<isize>,
    training: Training,
}

impl WeightNorm {
    fn norms(&self, v: &Variable) -> Variable {
        match self.dim {
            None => v.norm(2.0),
            Some(dim) => {
                let others: Vec<_> = (0..v.ndim() as isize).filter(|&other| other != dim).collect();
                v.norm_dim(2.0, &others, true)
            }
        }
    }
}

impl Parametrization for WeightNorm {
    fn weight(&self, v: &Parameter, g: Option<&Parameter>) -> Variable {
        let g = g.expect("there are lengths and directions");
        &**v * &(&**g / &self.norms(v))
    }
}

/// [`WeightNorm`] with a length for each output: `torch.nn.utils.parametrizations.weight_norm`. The parameter
/// `original0` has the lengths, `original1` the directions.
#[track_caller]
pub fn weight_norm<L: Weighted>(layer: L) -> Parametrized<L, WeightNorm> {
    weight_norm_with(layer, Some(0))
}

/// [`weight_norm`] with lengths along another axis of the weight, or with one for all (in torch `None`, or
/// −1).
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn weight_norm_with<L: Weighted>(layer: L, dim: Option<isize>) -> Parametrized<L, WeightNorm> {
    let dim = dim.map(|dim| axis("weight_norm", dim, layer.weight()));
    let rule = WeightNorm { dim, training: training_of(&layer) };
    let v = layer.weight();
    let original0 = Some(Parameter::new(rule.norms(v).data()));
    let list = List { original: None, original0, original1: Some(v.clone()), rule };
    Parametrized { layer, parametrizations: Dict { weight: list } }
}

/// A weight divided by its largest singular value (Miyato et al., *Spectral normalization for generative
/// adversarial networks*, 2018), which is approached by steps of the power method while training.
#[derive(Module)]
#[module(name = "_SpectralNorm")]
pub struct SpectralNorm {
    #[module(name = "_u")]
    u: Buffer,
    #[module(name = "_v")]
    v: Buffer,
    #[module(skip)]
    options: SpectralNormOptions,
    training: Training,
}

/// The options of [`spectral_norm_with`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct SpectralNormOptions {
    /// Steps of the power method for each call. Default 1.
    #[option(
        default = 1,
        check(
            n_power_iterations > 0,
            "Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
        )
    )]
    pub n_power_iterations: usize,
    /// Added to norms. Default 1e-12.
    #[option(default = 1e-12)]
    pub eps: f64,
    /// The axis of the weight's rows. Default 0, and 1 for a [`ConvTranspose`](crate::ConvTranspose).
    pub dim: Option<isize>,
}

impl SpectralNorm {
    fn matrix(&self, weight: &Variable) -> Variable {
        let dim = self.options.dim.expect("it was set");
        let others = (0..weight.ndim() as isize).filter(|&other| other != dim);
        weight.permute(std::iter::once(dim).chain(others).collect::<Vec<_>>()).flatten(1, -1)
    }

    /// Some steps of the power method.
    fn approach(&self, matrix: &Tensor, steps: usize) {
        let normal = |x: Tensor| {
            let x = Variable::new(x);
            functional::normalize_with(&x, 2.0, 0, self.options.eps).data()
        };
        for _ in 0..steps {
            self.u.set_data(normal(matrix.matmul(&self.v.data())));
            self.v.set_data(normal(matrix.t().matmul(&self.u.data())));
        }
    }
}

impl Parametrization for SpectralNorm {
    fn weight(&self, original: &Parameter, _: Option<&Parameter>) -> Variable {
        let matrix = self.matrix(original);
        if self.training.get() {
            self.approach(&matrix.data(), self.options.n_power_iterations);
        }
        let [u, v] = [&self.u, &self.v].map(|vector| Variable::new(vector.data()));
        &**original / &u.dot(&matrix.matmul(&v))
    }
}

/// [`SpectralNorm`] of a layer's weight: `torch.nn.utils.parametrizations.spectral_norm`. The parameter
/// `original` is the weight before the division, `_u` and `_v` are singular vectors, which start from torch's
/// draws.
///
/// ```
/// use nn::{Linear, utils::parametrizations::spectral_norm};
///
/// let layer = spectral_norm(Linear::new(4, 4));
/// assert_eq!(
///     layer.to_string(),
///     "ParametrizedLinear(
///   in_features=4, out_features=4, bias=True
///   (parametrizations): ModuleDict(
///     (weight): ParametrizationList(
///       (0): _SpectralNorm()
///     )
///   )
/// )"
/// );
/// ```
#[track_caller]
pub fn spectral_norm<L: Weighted>(layer: L) -> Parametrized<L, SpectralNorm> {
    spectral_norm_with(layer, SpectralNormOptions::default())
}

/// [`spectral_norm`] with the options given.
///
/// # Panics
/// If there are no steps, or no such axis.
#[track_caller]
pub fn spectral_norm_with<L: Weighted>(
    layer: L,
    mut options: SpectralNormOptions,
) -> Parametrized<L, SpectralNorm> {
    options.assert_valid("spectral_norm");
    let weight = layer.weight().clone();
    let dim = axis("spectral_norm", options.dim.unwrap_or(L::OUTPUTS), &weight);
    options.dim = Some(dim);
    let drawn = |size: usize| {
        let mut drawn = tensor::zeros_dtype([size], weight.dtype());
        drawn.normal_(0.0, 1.0);
        drawn
    };
    let rows = weight.size(dim);
    let [u, v] = [rows, weight.numel() / rows].map(drawn);
    let normal = |x| functional::normalize_with(&Variable::new(x), 2.0, 0, options.eps).data();
    let [u, v] = [u, v].map(|x| Buffer::new(normal(x)));
    let rule = SpectralNorm { u, v, options, training: training_of(&layer) };
    // Torch starts with fifteen steps, and then computes the weight once in training mode.
    rule.approach(&rule.matrix(&weight).data(), 15 + options.n_power_iterations);
    let list = List { original: Some(weight), original0: None, original1: None, rule };
    Parametrized { layer, parametrizations: Dict { weight: list } }
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
