use crate::optimizer::display_core;
use crate::{Core, Entry, Formula, Optimizer, Sgd, SgdConfig};

/// Gradient descent with momentum (Polyak, 1964): [`Sgd`] with its buffer on, by the name that tutorials give
/// it.
///
/// - [`Formula::Torch`]: `v ← γ·v + g`, `θ ← θ − lr·v`, as `torch.optim.SGD(…, momentum=γ)`
/// - [`Formula::Note`]: `v ← γ·v + lr·g`, `θ ← θ − v`
///
/// It prints and saves as torch's SGD, so its state dict loads there and the other way round.
///
/// ```
/// use optim::{Formula, Momentum, MomentumConfig, Optimizer};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let config = MomentumConfig { lr: 0.5, formula: Formula::Note, ..Default::default() };
/// let mut optim = Momentum::with([w.clone()], config);
/// w.set_grad(Some(tensor::Tensor::from([1.0_f32])));
/// optim.step(); // v = 0.5
/// optim.step(); // v = 0.45 + 0.5
/// assert!((w.data().item() - (1.0 - 0.5 - 0.95)).abs() < 1e-6);
/// ```
pub struct Momentum(Sgd);

/// The options of [`Momentum`].
#[derive(Clone, Copy, Debug)]
pub struct MomentumConfig {
    /// Learning rate: 1e-3.
    pub lr: f64,
    /// γ, the share of the buffer kept at each step: 0.9.
    pub momentum: f64,
    /// Coupled (L2) weight decay: 0.
    pub weight_decay: f64,
    /// Climb instead of descend: no.
    pub maximize: bool,
    /// Whether the buffer holds gradients (torch) or steps (the note).
    pub formula: Formula,
}

impl Default for MomentumConfig {
    fn default() -> Self {
        MomentumConfig {
            lr: 1e-3,
            momentum: 0.9,
            weight_decay: 0.0,
            maximize: false,
            formula: Formula::Torch,
        }
    }
}

impl Momentum {
    /// torch's form of momentum over parameters or groups.
    ///
    /// # Panics
    /// As [`Momentum::with`].
    #[track_caller]
    pub fn new(params: impl IntoIterator<Item = impl Into<Entry>>, lr: f64, momentum: f64) -> Momentum {
        Momentum::with(params, MomentumConfig { lr, momentum, ..Default::default() })
    }

    /// Momentum with options.
    ///
    /// # Panics
    /// If there are no parameters or a value is negative.
    #[track_caller]
    pub fn with(params: impl IntoIterator<Item = impl Into<Entry>>, config: MomentumConfig) -> Momentum {
        let MomentumConfig { lr, momentum, weight_decay, maximize, formula } = config;
        let config = SgdConfig { lr, momentum, weight_decay, maximize, formula, ..Default::default() };
        Momentum(Sgd::with(params, config))
    }
}

impl Optimizer for Momentum {
    fn core(&self) -> &Core {
        self.0.core()
    }

    fn core_mut(&mut self) -> &mut Core {
        self.0.core_mut()
    }

    #[track_caller]
    fn step(&mut self) {
        self.0.step();
    }
}

display_core!(Momentum);
