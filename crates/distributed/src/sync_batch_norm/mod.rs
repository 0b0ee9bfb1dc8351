//! Batch norm over all shards of a batch.

mod sum;

use autograd::{BatchNormFuncOptions, Variable};
use nn::{BatchNorm, BatchNorm1d, BatchNormOptions, Buffer, Forward, Module, Parameter, Training};
use tensor::Tensor;

use crate::meeting::Meeting;
use sum::sum_over_shards;

/// [`BatchNorm`] whose mean and variance, while training, are those of the whole batch that the ranks have
/// in parts, as `torch.nn.SyncBatchNorm`.
///
/// In [`DataParallel`](crate::DataParallel) the sums over the shards are added along the tree of
/// [`tree_sum`](crate::tree_sum), so the bits do not depend on the number of ranks. The shards of a rank wait
/// for each other in each of these layers, so their gradients are held at once; where a rank has several, they
/// run on threads of their own, without the modes of yours such as `detect_anomaly`. In evaluation mode,
/// with one shard and outside of `DataParallel` it is [`BatchNorm`].
///
/// # Shapes
/// - `x`: `[batch, num_features]`, and any number of axes behind
/// - output: that of `x`
/// - `weight`, `bias`, `running_mean`, `running_var`: `[num_features]`
///
/// ```
/// use distributed::SyncBatchNorm;
/// use nn::{BatchNorm2d, Linear, ReLU, sequential};
///
/// let net = sequential![Linear::new(4, 8), SyncBatchNorm::new(8), ReLU::new()];
/// assert_eq!(
///     net[1].to_string(),
///     "SyncBatchNorm(8, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"
/// );
/// // torch.nn.SyncBatchNorm.convert_sync_batchnorm, layer by layer.
/// let _converted = SyncBatchNorm::from(BatchNorm2d::new(16));
/// ```
#[derive(Debug, Module)]
#[module(extra_repr = Self::describe)]
pub struct SyncBatchNorm {
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
}

impl SyncBatchNorm {
    /// A norm of `num_features` channels.
    #[track_caller]
    pub fn new(num_features: usize) -> Self {
        Self::with(num_features, BatchNormOptions::default())
    }

    /// The norm with the options given.
    #[track_caller]
    pub fn with(num_features: usize, options: BatchNormOptions) -> Self {
        BatchNorm1d::with(num_features, options).into()
    }

    /// The options.
    pub fn options(&self) -> BatchNormOptions {
        self.options
    }

    fn describe(&self) -> String {
        BatchNorm1d::with(self.num_features, self.options).extra_repr()
    }

    /// The statistics of the batch, and their running means.
    fn over_shards(&self, meeting: &Meeting, x: &Variable, momentum: f64) -> Variable {
        let dims: Vec<isize> = (0..x.ndim() as isize).filter(|dim| *dim != 1).collect();
        let mut shape = vec![1; x.ndim()];
        shape[1] = self.num_features as isize;
        let channels = |v: &Variable| v.reshape(&shape[..]);
        let own =
            tensor::full([1], (x.numel() / self.num_features.max(1)) as f64).to_dtype(tensor::DType::F64);
        let count = sum_over_shards(meeting, &Variable::new(own)).item();
        let mean = sum_over_shards(meeting, &x.sum_dim(&dims, false)) / count;
        let centred = x - &channels(&mean);
        let squares = sum_over_shards(meeting, &centred.square().sum_dim(&dims, false));
        if let (Some(running_mean), Some(running_var)) = (&self.running_mean, &self.running_var) {
            let before = [running_mean.data(), running_var.data()];
            let batch = [&mean.data(), &squares.data()];
            let after = Tensor::native_batch_norm_update(before.each_ref(), batch, count as usize, momentum);
            [running_mean, running_var].into_iter().zip(after).for_each(|(buffer, new)| buffer.set_data(new));
        }
        let mut y = centred * channels(&(squares / count + self.options.eps).rsqrt());
        if let Some(weight) = &self.weight {
            y *= channels(weight);
        }
        match &self.bias {
            Some(bias) => y + channels(bias),
            None => y,
        }
    }
}

/// The same parameters, statistics and mode.
impl<const D: usize> From<BatchNorm<D>> for SyncBatchNorm {
    fn from(norm: BatchNorm<D>) -> SyncBatchNorm {
        let (options, training) = (norm.options(), Training::new(norm.is_training()));
        let BatchNorm { weight, bias, running_mean, running_var, num_batches_tracked, num_features, .. } =
            norm;
        SyncBatchNorm {
            weight,
            bias,
            running_mean,
            running_var,
            num_batches_tracked,
            num_features,
            options,
            training,
        }
    }
}

impl Forward for SyncBatchNorm {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        assert!(x.ndim() >= 2, "SyncBatchNorm: expected at least 2D input (got {}D input)", x.ndim());
        assert!(
            x.size(1) == self.num_features,
            "SyncBatchNorm: expected {} channels, got an input of {:?}",
            self.num_features,
            x.shape()
        );
        let training = self.training.get();
        let batch = self.num_batches_tracked.as_ref().filter(|_| training).map(|n| n.item() + 1.0);
        let momentum = self.options.momentum.unwrap_or_else(|| batch.map_or(0.0, |batch| 1.0 / batch));
        let running = self.running_mean.as_deref().zip(self.running_var.as_deref());
        let y = match Meeting::current().filter(|_| training) {
            Some(meeting) => self.over_shards(&meeting, x, momentum),
            None => {
                let options = BatchNormFuncOptions {
                    training: training || running.is_none(),
                    momentum,
                    eps: self.options.eps,
                };
                let running = running.map(|(mean, var)| [mean, var]);
                x.batch_norm(running, self.weight.as_deref(), self.bias.as_deref(), options)
            }
        };
        if let (Some(counter), Some(batch)) = (&self.num_batches_tracked, batch) {
            counter.set_data(Tensor::from(batch as i64));
        }
        y
    }
}
