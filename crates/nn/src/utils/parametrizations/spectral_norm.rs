use autograd::Variable;
use tensor::Tensor;

use super::{Parametrization, Parametrized, Weighted, axis, training_of};
use crate::{Buffer, Module, Options, Parameter, Training, functional};

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
        original / &u.dot(&matrix.matmul(&v))
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
    Parametrized::of_one(layer, rule)
}
