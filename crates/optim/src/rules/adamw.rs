use nn::Value;

use crate::optimizer::display_core;
use crate::{Adam, AdamConfig, Core, Entry, Error, Formula, Optimizer};

/// Adam with decoupled weight decay (Loshchilov & Hutter, *Decoupled Weight Decay Regularization*, 2017):
/// `torch.optim.AdamW`.
///
/// `θ ← θ·(1 − lr·weight_decay)`, then [`Adam`]'s step with the bare gradient.
///
/// Defaults: [`AdamWConfig`]. State: as [`Adam`].
///
/// ```
/// use optim::{AdamW, Optimizer};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let mut optim = AdamW::new([w.clone()], 0.1);
/// w.set_grad(Some(tensor::Tensor::from([0.0_f32])));
/// optim.step(); // nothing but the decay
/// assert_eq!(w.data().to_vec::<f32>(), [0.999]);
/// ```
pub struct AdamW(Adam);

/// The options of [`AdamW`], with torch's defaults.
#[derive(Clone, Copy, Debug)]
pub struct AdamWConfig {
    /// Learning rate: 1e-3.
    pub lr: f64,
    /// Shares of the mean and of the mean square kept at each step, below 1: (0.9, 0.999).
    pub betas: (f64, f64),
    /// ε: 1e-8.
    pub eps: f64,
    /// Decoupled weight decay: 1e-2.
    pub weight_decay: f64,
    /// Divide by the largest mean square so far: no.
    pub amsgrad: bool,
    /// Climb instead of descend: no.
    pub maximize: bool,
    /// Whether ε stands beside the root (torch) or under it (the note).
    pub formula: Formula,
}

impl Default for AdamWConfig {
    fn default() -> Self {
        AdamWConfig {
            lr: 1e-3,
            betas: (0.9, 0.999),
            eps: 1e-8,
            weight_decay: 1e-2,
            amsgrad: false,
            maximize: false,
            formula: Formula::Torch,
        }
    }
}

impl AdamW {
    /// AdamW over parameters or groups.
    ///
    /// # Panics
    /// As [`AdamW::with`].
    #[track_caller]
    pub fn new(params: impl IntoIterator<Item = impl Into<Entry>>, lr: f64) -> AdamW {
        AdamW::with(params, AdamWConfig { lr, ..Default::default() })
    }

    /// AdamW with options.
    ///
    /// # Panics
    /// If there are no parameters, a value is negative, or a beta is not below 1.
    #[track_caller]
    pub fn with(params: impl IntoIterator<Item = impl Into<Entry>>, config: AdamWConfig) -> AdamW {
        let AdamWConfig { lr, betas, eps, weight_decay, amsgrad, maximize, formula } = config;
        let decoupled_weight_decay = true;
        let config =
            AdamConfig { lr, betas, eps, weight_decay, amsgrad, maximize, decoupled_weight_decay, formula };
        AdamW(Adam::named("AdamW", params, config))
    }
}

impl Optimizer for AdamW {
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

    /// As every optimizer; but the decay stays decoupled whatever the file says, as in torch.
    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error> {
        self.0.load_state_dict(state_dict)?;
        for group in self.param_groups_mut() {
            group.set("decoupled_weight_decay", true);
        }
        Ok(())
    }
}

display_core!(AdamW);
