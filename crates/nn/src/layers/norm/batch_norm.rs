use std::sync::atomic::{AtomicBool, Ordering};

use autograd::{BatchNormFuncOptions, Variable};
use tensor::Tensor;

use super::{check, check_axes, describe, running, start};
use crate::{Buffer, Forward, Module, Options, Parameter, Training};

/// `y = (x − mean)/√(variance + eps)·weight + bias` for each channel (Ioffe and Szegedy, *Batch
/// normalization: accelerating deep network training by reducing internal covariate shift*, 2015), as
/// `torch.nn.BatchNorm1d`, `BatchNorm2d` and `BatchNorm3d`.
///
/// While training, mean and biased variance are the batch's, and the running ones move towards it: `(1 −
/// momentum)·running + momentum·new`, with the unbiased variance. In evaluation mode the running ones are
/// taken, or without them the batch's.
///
/// # Shapes
/// - `x`: `[batch, num_features, …]`, and then `D` axes; with `D = 1` also without them
/// - output: that of `x`
/// - `weight`, `bias`, `running_mean`, `running_var`: `[num_features]`, which start as ones, zeros, zeros and
///   ones; `num_batches_tracked`: `[]`, an integer
///
/// A state dict may lack `num_batches_tracked`, as files from before torch 0.4.1 do: it keeps its value.
///
/// ```
/// use autograd::Variable;
/// use nn::{BatchNorm1d, Forward, Module};
/// use tensor::Tensor;
///
/// let layer = BatchNorm1d::new(1);
/// let x = Variable::new(Tensor::from([[1.0f32], [3.0]]));
/// assert!(layer.forward(&x).data().allclose(&Tensor::from([[-1.0f32], [1.0]]), 1e-5, 0.0));
/// assert_eq!(layer.running_mean.as_ref().unwrap().item(), 0.2f32.into());
/// assert_eq!(layer.num_batches_tracked.as_ref().unwrap().item(), 1.0);
/// layer.eval();
/// assert!(layer.forward(&x).data().allclose(&Tensor::from([[0.7628f32], [2.6697]]), 1e-4, 0.0));
/// assert_eq!(
///     layer.to_string(),
///     "BatchNorm1d(1, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
/// );
/// ```
#[derive(Debug, Module)]
#[module(
    name = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"][D - 1],
    extra_repr = Self::describe,
    check = Self::check
)]
pub struct BatchNorm<const D: usize> {
    /// The scale, if [`BatchNormOptions::affine`].
    pub weight: Option<Parameter>,
    /// The shift, if [`BatchNormOptions::bias`] as well.
    pub bias: Option<Parameter>,
    /// The mean so far, if [`BatchNormOptions::track_running_stats`].
    pub running_mean: Option<Buffer>,
    /// The unbiased variance so far.
    pub running_var: Option<Buffer>,
    /// How many batches have been trained on.
    pub num_batches_tracked: Option<Buffer>,
    /// The channels.
    #[module(config)]
    pub num_features: usize,
    #[module(options)]
    options: BatchNormOptions,
    training: Training,
    #[module(skip)]
    averaging: AtomicBool,
}

/// [`BatchNorm`] of `[batch, channels]` or with one spatial axis.
pub type BatchNorm1d = BatchNorm<1>;

/// [`BatchNorm`] with two spatial axes.
pub type BatchNorm2d = BatchNorm<2>;

/// [`BatchNorm`] with three spatial axes.
pub type BatchNorm3d = BatchNorm<3>;

/// The options of [`BatchNorm`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct BatchNormOptions {
    /// What is added to the variance. Default 1e-5.
    #[option(default = 1e-5)]
    pub eps: f64,
    /// How much of the running statistics a batch replaces; `None` for the mean of all batches. Default 0.1.
    #[option(default = Some(0.1))]
    pub momentum: Option<f64>,
    /// Whether there is a `weight`. Default yes.
    #[option(default = true)]
    pub affine: bool,
    /// Whether there are running statistics. Default yes.
    #[option(default = true)]
    pub track_running_stats: bool,
    /// Whether there is a `bias` where there is a `weight`. Default yes.
    #[option(default = true)]
    pub bias: bool,
}

impl BatchNormOptions {
    /// The line that torch prints for a norm of so many channels.
    pub(in crate::layers) fn describe(&self, num_features: usize, bias: bool) -> String {
        let names = ["eps", "momentum", "affine", "bias", "track_running_stats"];
        describe(&[num_features.to_string()], self, &names, bias)
    }
}

impl<const D: usize> BatchNorm<D> {
    /// A norm of `num_features` channels.
    #[track_caller]
    pub fn new(num_features: usize) -> Self {
        Self::with(num_features, BatchNormOptions::default())
    }

    /// The norm with the options given.
    #[track_caller]
    pub fn with(num_features: usize, options: BatchNormOptions) -> Self {
        let [weight, bias] = start(&[num_features], options.affine, options.bias);
        let [running_mean, running_var, num_batches_tracked] =
            running(num_features, options.track_running_stats);
        Self {
            weight,
            bias,
            running_mean,
            running_var,
            num_batches_tracked,
            num_features,
            options,
            training: Training::default(),
            averaging: AtomicBool::default(),
        }
    }

    /// The options.
    pub fn options(&self) -> BatchNormOptions {
        self.options
    }

    /// Forgets the batches seen so far: the running statistics are as in a new layer.
    pub fn reset_running_stats(&self) {
        let new = running(self.num_features, true);
        let all = [&self.running_mean, &self.running_var, &self.num_batches_tracked];
        for (buffer, new) in all.into_iter().flatten().zip(new.into_iter().flatten()) {
            buffer.set_data(new.data().to_dtype(buffer.dtype()));
        }
    }

    /// Whether running statistics are the mean of all batches whatever the momentum, as after torch's
    /// `layer.momentum = None`; a new layer's are not. `optim::swa_utils::update_bn` asks for it.
    pub fn set_averaging(&self, averaging: bool) {
        self.averaging.store(averaging, Ordering::Relaxed);
    }

    /// Where the channels are in an input of so many axes.
    ///
    /// # Panics
    /// If the layer `kind` does not take so many.
    #[track_caller]
    pub(in crate::layers) fn channel_axis(kind: &str, ndim: usize) -> usize {
        check_axes(kind, ndim, if D == 1 { &[2, 3] } else { &[D + 2] });
        1
    }

    fn describe(&self) -> String {
        self.options.describe(self.num_features, self.bias.is_some())
    }

    fn check(&self) -> Result<(), String> {
        check(self, &[self.num_features])
    }
}

#[nn::hooks]
impl<const D: usize> Forward for BatchNorm<D> {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        Self::channel_axis(Self::kind_name(), x.ndim());
        let training = self.training.get();
        let running = self.running_mean.as_deref().zip(self.running_var.as_deref());
        let batch = self.num_batches_tracked.as_ref().filter(|_| training).map(|n| n.item() + 1.0);
        let momentum = self.options.momentum.filter(|_| !self.averaging.load(Ordering::Relaxed));
        let options = BatchNormFuncOptions {
            training: training || running.is_none(),
            momentum: momentum.unwrap_or_else(|| batch.map_or(0.0, |batch| 1.0 / batch)),
            eps: self.options.eps,
        };
        let running = running.map(|(mean, var)| [mean, var]);
        let y = x.batch_norm(running, self.weight.as_deref(), self.bias.as_deref(), options);
        if let (Some(counter), Some(batch)) = (&self.num_batches_tracked, batch) {
            counter.set_data(Tensor::from(batch as i64));
        }
        y
    }
}
