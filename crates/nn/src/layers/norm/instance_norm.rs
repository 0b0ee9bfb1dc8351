use autograd::{InstanceNormFuncOptions, Variable};

use super::{check, check_axes, describe, running, start};
use crate::{Buffer, Forward, Module, Options, Parameter, Training};

/// `y = (x − mean)/√(variance + eps)·weight + bias` for each channel of each image (Ulyanov, Vedaldi and
/// Lempitsky, *Instance normalization: the missing ingredient for fast stylization*, 2016), as
/// `torch.nn.InstanceNorm1d`, `InstanceNorm2d` and `InstanceNorm3d`.
///
/// With [`track_running_stats`](InstanceNormOptions::track_running_stats), evaluation takes the running
/// statistics, which training moves as [`BatchNorm`](crate::BatchNorm) does, towards the mean of the images'.
///
/// # Shapes
/// - `x`: `[batch, num_features, …]` or `[num_features, …]`, and then `D` axes
/// - output: that of `x`
/// - `weight`, `bias`, `running_mean`, `running_var`: `[num_features]`, which start as ones, zeros, zeros and
///   ones; `num_batches_tracked`: `[]`, an integer that nothing counts, as in torch
///
/// By default there are none of these.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, InstanceNorm1d};
/// use tensor::Tensor;
///
/// let layer = InstanceNorm1d::new(2);
/// let x = Variable::new(Tensor::from([[1.0f32, 3.0], [10.0, 14.0]]));
/// let expected = Tensor::from([[-1.0f32, 1.0], [-1.0, 1.0]]);
/// assert!(layer.forward(&x).data().allclose(&expected, 1e-5, 0.0));
/// assert_eq!(
///     layer.to_string(),
///     "InstanceNorm1d(2, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=False)"
/// );
/// ```
#[derive(Debug, Module)]
#[module(
    name = ["InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"][D - 1],
    extra_repr = Self::describe,
    check = Self::check
)]
pub struct InstanceNorm<const D: usize> {
    /// The scale, if [`InstanceNormOptions::affine`].
    pub weight: Option<Parameter>,
    /// The shift, if [`InstanceNormOptions::bias`] as well.
    pub bias: Option<Parameter>,
    /// The mean so far, if [`InstanceNormOptions::track_running_stats`].
    pub running_mean: Option<Buffer>,
    /// The unbiased variance so far.
    pub running_var: Option<Buffer>,
    /// Always 0.
    pub num_batches_tracked: Option<Buffer>,
    /// The channels.
    #[module(config)]
    pub num_features: usize,
    #[module(options)]
    options: InstanceNormOptions,
    training: Training,
}

/// [`InstanceNorm`] with one spatial axis.
pub type InstanceNorm1d = InstanceNorm<1>;

/// [`InstanceNorm`] with two spatial axes.
pub type InstanceNorm2d = InstanceNorm<2>;

/// [`InstanceNorm`] with three spatial axes.
pub type InstanceNorm3d = InstanceNorm<3>;

/// The options of [`InstanceNorm`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct InstanceNormOptions {
    /// What is added to the variance. Default 1e-5.
    #[option(default = 1e-5)]
    pub eps: f64,
    /// How much of the running statistics a batch replaces; `None` for nothing. Default 0.1.
    #[option(default = Some(0.1))]
    pub momentum: Option<f64>,
    /// Whether there is a `weight`. Default no.
    pub affine: bool,
    /// Whether there are running statistics. Default no.
    pub track_running_stats: bool,
    /// Whether there is a `bias` where there is a `weight`. Default yes.
    #[option(default = true)]
    pub bias: bool,
}

impl InstanceNormOptions {
    /// The line that torch prints for a norm of so many channels.
    pub(in crate::layers) fn describe(&self, num_features: usize, bias: bool) -> String {
        let names = ["eps", "momentum", "affine", "bias", "track_running_stats"];
        describe(&[num_features.to_string()], self, &names, bias)
    }
}

impl<const D: usize> InstanceNorm<D> {
    /// A norm of `num_features` channels.
    #[track_caller]
    pub fn new(num_features: usize) -> Self {
        Self::with(num_features, InstanceNormOptions::default())
    }

    /// The norm with the options given.
    #[track_caller]
    pub fn with(num_features: usize, options: InstanceNormOptions) -> Self {
        let [weight, bias] = start(&[num_features], options.affine, options.bias);
        let [running_mean, running_var, num_batches_tracked] =
            running(num_features, options.track_running_stats);
        let training = Training::default();
        Self { weight, bias, running_mean, running_var, num_batches_tracked, num_features, options, training }
    }

    /// The options.
    pub fn options(&self) -> InstanceNormOptions {
        self.options
    }

    /// Where the channels are in an input of so many axes.
    ///
    /// # Panics
    /// If the layer `kind` does not take so many.
    #[track_caller]
    pub(in crate::layers) fn channel_axis(kind: &str, ndim: usize) -> usize {
        check_axes(kind, ndim, &[D + 1, D + 2]);
        ndim - D - 1
    }

    fn describe(&self) -> String {
        self.options.describe(self.num_features, self.bias.is_some())
    }

    fn check(&self) -> Result<(), String> {
        check(self, &[self.num_features])
    }
}

#[nn::hooks]
impl<const D: usize> Forward for InstanceNorm<D> {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let shape = x.shape();
        let dim = Self::channel_axis(Self::kind_name(), shape.len());
        // Without a scale, torch takes other numbers of channels, with a warning.
        assert!(
            shape[dim] == self.num_features || !self.options.affine,
            "{}: expected input's size at dim={dim} to match num_features ({}), but got: {}.",
            Self::kind_name(),
            self.num_features,
            shape[dim]
        );
        let running = self.running_mean.as_deref().zip(self.running_var.as_deref());
        let options = InstanceNormFuncOptions {
            use_input_stats: self.training.get() || running.is_none(),
            momentum: self.options.momentum.unwrap_or(0.0),
            eps: self.options.eps,
        };
        let running = running.map(|(mean, var)| [mean, var]);
        let (weight, bias) = (self.weight.as_deref(), self.bias.as_deref());
        if dim == 0 {
            return x.unsqueeze(0).instance_norm(running, weight, bias, options).squeeze(0);
        }
        x.instance_norm(running, weight, bias, options)
    }
}
