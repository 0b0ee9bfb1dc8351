use autograd::{Variable, no_grad};
use nn::{BatchNorm, Layer, Module};

/// Gives the batch norms of `model` the mean statistics of these inputs, by one pass over them:
/// `torch.optim.swa_utils.update_bn`. The statistics that an [`AveragedModel`](super::AveragedModel) has are
/// those of the model that it averages, not its own.
///
/// Of a loader that gives pairs it takes the inputs: `update_bn(loader.iter().map(|(x, _)| x), &model)`.
/// Without a batch norm it leaves them alone.
///
/// ```
/// use nn::{BatchNorm1d, sequential};
/// use optim::swa_utils::update_bn;
/// use tensor::Tensor;
///
/// let net = sequential![BatchNorm1d::new(1)];
/// update_bn([Tensor::from([[1.0_f32], [3.0]]), Tensor::from([[4.0_f32], [8.0]])], &net);
/// assert_eq!(net.layer::<BatchNorm1d>(0).running_mean.as_ref().unwrap().item(), 4.0);
/// ```
#[track_caller]
pub fn update_bn(loader: impl IntoIterator<Item = impl Into<Variable>>, model: &(impl Layer + ?Sized)) {
    if !each_norm(model, |norm| norm.restart()) {
        return;
    }
    let training = model.is_training();
    model.set_training(true);
    for x in loader {
        let x = x.into();
        no_grad(|| model.forward(&x));
    }
    each_norm(model, |norm| norm.finish());
    model.set_training(training);
}

/// A batch norm over any number of axes.
trait Norm {
    /// Forgets its statistics, and averages from now on.
    fn restart(&self);
    /// Goes back to its momentum.
    fn finish(&self);
}

impl<const D: usize> Norm for BatchNorm<D> {
    fn restart(&self) {
        self.reset_running_stats();
        self.set_averaging(true);
    }

    fn finish(&self) {
        self.set_averaging(false);
    }
}

/// Calls `f` with every batch norm of `model`; whether there is one.
fn each_norm(model: &(impl Layer + ?Sized), f: impl Fn(&dyn Norm)) -> bool {
    let norm = |module: &dyn Module| -> bool {
        let norms: [Option<&dyn Norm>; 3] = [
            module.downcast_ref::<BatchNorm<1>>().map(|norm| norm as _),
            module.downcast_ref::<BatchNorm<2>>().map(|norm| norm as _),
            module.downcast_ref::<BatchNorm<3>>().map(|norm| norm as _),
        ];
        let norm = norms.into_iter().flatten().next();
        norm.inspect(|norm| f(*norm)).is_some()
    };
    model.modules().into_iter().filter(|module| norm(*module)).count() > 0
}
