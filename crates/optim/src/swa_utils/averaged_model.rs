use autograd::Variable;
use nn::{Buffer, Forward, Module};
use tensor::Tensor;

use super::AvgFn;

/// A copy of a model whose parameters are averages of the model's: `torch.optim.swa_utils.AveragedModel`.
///
/// The first [`update_parameters`](AveragedModel::update_parameters) copies the model; each later one takes
/// its parameters into the averages. Buffers are copied every time, or averaged too
/// ([`AveragedModelOptions::use_buffers`]). It computes what the model would with the averaged parameters.
/// Its state dict has torch's names, `n_averaged` and `module.…`; how it averages is not in there.
///
/// ```
/// use nn::{Linear, Module};
/// use optim::{AveragedModel, AveragedModelOptions, get_ema_avg_fn};
///
/// let net = Linear::new(1, 1);
/// let mean = AveragedModel::new(&net);
/// let options = AveragedModelOptions { avg_fn: get_ema_avg_fn(0.75), ..Default::default() };
/// let ema = AveragedModel::with(&net, options);
/// for w in [0.0, 4.0, 8.0] {
///     net.weight.update_data(|data| data.fill_(w));
///     mean.update_parameters(&net);
///     ema.update_parameters(&net);
/// }
/// assert_eq!(mean.module.weight.item(), 4.0);
/// assert_eq!(ema.module.weight.item(), 2.75); // (0·0.75 + 4·0.25)·0.75 + 8·0.25
/// assert_eq!(mean.state_dict().keys().next(), Some("n_averaged"));
/// ```
#[derive(Debug, Module)]
pub struct AveragedModel<M: Module> {
    n_averaged: Buffer,
    /// The averaged model.
    pub module: M,
    #[module(skip)]
    options: AveragedModelOptions,
}

/// The options of [`AveragedModel`], with torch's defaults.
#[derive(Debug, Default)]
pub struct AveragedModelOptions {
    /// How a new value is averaged in: [`get_swa_avg_fn`](super::get_swa_avg_fn).
    pub avg_fn: AvgFn,
    /// Whether buffers are averaged as parameters are, where they would be copied: no.
    pub use_buffers: bool,
}

impl<M: Module> AveragedModel<M> {
    /// Means of the parameters of `model`, which is copied by [`deepcopy`](Module::deepcopy).
    ///
    /// # Panics
    /// As [`deepcopy`](Module::deepcopy).
    #[track_caller]
    pub fn new(model: &M) -> Self {
        AveragedModel::with(model, AveragedModelOptions::default())
    }

    /// Averages with options.
    ///
    /// # Panics
    /// As [`deepcopy`](Module::deepcopy).
    #[track_caller]
    pub fn with(model: &M, options: AveragedModelOptions) -> Self {
        AveragedModel { n_averaged: Buffer::new(Tensor::from(0_i64)), module: model.deepcopy(), options }
    }

    /// How many models are in the averages.
    pub fn n_averaged(&self) -> i64 {
        self.n_averaged.item() as i64
    }

    /// Takes the parameters of `model` as they are now into the averages.
    ///
    /// # Panics
    /// If it has another number of parameters or buffers than the model that was copied, or other shapes.
    #[track_caller]
    pub fn update_parameters(&self, model: &M) {
        let count = |model: &M| (model.parameters().len(), model.buffers().len());
        let (ours, theirs) = (count(&self.module), count(model));
        assert!(
            ours == theirs,
            "update_parameters: {theirs:?} parameters and buffers, where the averaged model has {ours:?}"
        );
        let n = self.n_averaged();
        let averaged = |old: &Tensor, new: &Tensor| match n {
            0 => new.to_dtype(old.dtype()),
            _ => self.options.avg_fn.call(old, new, n),
        };
        for (ours, theirs) in self.module.parameters().iter().zip(model.parameters()) {
            ours.set_data(averaged(&ours.data(), &theirs.data()));
        }
        for (ours, theirs) in self.module.buffers().iter().zip(model.buffers()) {
            let (old, new) = (ours.data(), theirs.data());
            ours.set_data(if self.options.use_buffers {
                averaged(&old, &new)
            } else {
                new.to_dtype(old.dtype())
            });
        }
        self.n_averaged.set_data(Tensor::from(n + 1));
    }
}

impl<M: Module + Forward> Forward for AveragedModel<M> {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        self.module.forward(x)
    }
}
