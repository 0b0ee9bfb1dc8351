use nn::Options;

use crate::{AdamOptions, Core, Formula, Rule};

/// Adam with decoupled weight decay (Loshchilov & Hutter, *Decoupled Weight Decay Regularization*, 2017):
/// `torch.optim.AdamW`.
///
/// `θ ← θ·(1 − lr·weight_decay)`, then [`Adam`](crate::Adam)'s step with the bare gradient.
///
/// Options: [`AdamWOptions`]. State: as [`Adam`](crate::Adam). A state dict of Adam loads too; the decay is
/// decoupled whatever it says, as in torch.
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
pub type AdamW = Core<AdamWOptions>;

/// The options of [`AdamW`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct AdamWOptions {
    /// Learning rate: 1e-3.
    #[option(default = 1e-3, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    pub lr: f64,
    /// Shares of the mean and of the mean square kept at each step, below 1: (0.9, 0.999).
    #[option(default = (0.9, 0.999))]
    #[option(check((0.0..1.0).contains(&betas.0), "Invalid beta parameter at index 0: {}", betas.0))]
    #[option(check((0.0..1.0).contains(&betas.1), "Invalid beta parameter at index 1: {}", betas.1))]
    pub betas: (f64, f64),
    /// ε: 1e-8.
    #[option(default = 1e-8, check(eps >= 0.0, "Invalid epsilon value: {eps}"))]
    pub eps: f64,
    /// Decoupled weight decay: 1e-2.
    #[option(default = 1e-2, check(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}"))]
    pub weight_decay: f64,
    /// Divide by the largest mean square so far: no.
    pub amsgrad: bool,
    /// Climb instead of descend: no.
    #[option(followed_by(
        foreach = None, capturable = false, differentiable = false, fused = None,
        decoupled_weight_decay = true
    ))]
    pub maximize: bool,
    /// Whether ε stands beside the root (torch) or under it (textbooks).
    #[option(skip)]
    pub formula: Formula,
}

impl AdamWOptions {
    fn adam(&self) -> AdamOptions {
        let AdamWOptions { lr, betas, eps, weight_decay, amsgrad, maximize, formula } = *self;
        let decoupled_weight_decay = true;
        AdamOptions { lr, betas, eps, weight_decay, amsgrad, maximize, decoupled_weight_decay, formula }
    }
}

impl Rule for AdamWOptions {
    const NAME: &'static str = "AdamW";
    const SLOTS: &'static [&'static str] = AdamOptions::SLOTS;
    type Memory = ();

    fn uses(&self, i: usize) -> bool {
        self.adam().uses(i)
    }

    fn step(core: &mut Core<Self>) {
        core.sweep(|options, at| options.adam().at(at.step));
    }
}
