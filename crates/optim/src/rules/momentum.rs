use crate::{Entry, SGD, SGDOptions};

/// Gradient descent with momentum (Polyak, 1964): [`SGD`] with its buffer on, by the name that textbooks give
/// it.
///
/// `v ← γ·v + g`, `θ ← θ − lr·v`, as `torch.optim.SGD(…, momentum=γ)`. For the textbooks' own form,
/// `v ← γ·v + lr·g`, `θ ← θ − v`, ask [`SGD`] for it:
///
/// ```
/// use optim::{Formula, Momentum, Optimizer, SGD, SGDOptions};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let options = SGDOptions { lr: 0.5, momentum: 0.9, formula: Formula::Textbook, ..Default::default() };
/// let mut optim = SGD::with([w.clone()], options);
/// w.set_grad(Some(tensor::Tensor::from([1.0_f32])));
/// optim.step(); // v = 0.5
/// optim.step(); // v = 0.45 + 0.5
/// assert!((w.data().item() - (1.0 - 0.5 - 0.95)).abs() < 1e-6);
///
/// let torch = Momentum::new([w], 0.5, 0.9);
/// assert_eq!(torch.param_groups()[0].options.momentum, 0.9);
/// ```
pub struct Momentum;

impl Momentum {
    /// torch's form of momentum over parameters or groups; `momentum` is γ, the share of the buffer kept at
    /// each step.
    ///
    /// # Panics
    /// As [`SGD::with`].
    #[expect(clippy::new_ret_no_self, reason = "the name of a kind of SGD")]
    #[track_caller]
    pub fn new(params: impl IntoIterator<Item = impl Into<Entry>>, lr: f64, momentum: f64) -> SGD {
        SGD::with(params, SGDOptions { lr, momentum, ..Default::default() })
    }
}
