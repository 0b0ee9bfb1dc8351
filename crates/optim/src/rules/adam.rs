use nn::Options;

use crate::arithmetic::{LANES, constants, decay_and_keep, each_lanes, lerp, root_of, sign};
use crate::{Core, Formula, Real, Roots, Rule, Update};

/// Adam (Kingma & Ba, *A Method for Stochastic Optimization*, 2014): `torch.optim.Adam`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`) and `t` counting from 1:
///
/// - `m ← β₁·m + (1 − β₁)·g`, `v ← β₂·v + (1 − β₂)·g²`
/// - `θ ← θ − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)`
/// - `amsgrad` (Reddi et al., 2018): `v̂ ← max(v̂, v)` stands for `v` in the root
/// - `decoupled_weight_decay`: first `θ ← θ·(1 − lr·weight_decay)`, and `g` is left
///   alone; see [`AdamW`](crate::AdamW)
///
/// [`Formula::Textbook`] has ε under the root: `m̂ / √(v̂ + ε)` with `m̂ = m/(1 − β₁ᵗ)`, `v̂ = v/(1 − β₂ᵗ)`.
///
/// Options: [`AdamOptions`]. State: `step`, `exp_avg`, `exp_avg_sq`, with `amsgrad` `max_exp_avg_sq`.
///
/// ```
/// use optim::{Adam, Optimizer};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let mut optim = Adam::new([w.clone()], 0.1);
/// w.set_grad(Some(tensor::Tensor::from([-3.0_f32])));
/// optim.step(); // the first step has the length lr, whatever the gradient
/// assert!((w.data().item() - 1.1).abs() < 1e-6);
/// ```
pub type Adam = Core<AdamOptions>;

/// The options of [`Adam`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct AdamOptions {
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
    /// Weight decay: 0.
    #[option(int_if_zero, check(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}"))]
    pub weight_decay: f64,
    /// Divide by the largest mean square so far: no.
    pub amsgrad: bool,
    /// Climb instead of descend: no.
    #[option(followed_by(foreach = None, capturable = false, differentiable = false, fused = None))]
    pub maximize: bool,
    /// Shrink the parameter by the decay instead of adding it to the gradient: no.
    pub decoupled_weight_decay: bool,
    /// Whether ε stands beside the root (torch) or under it (textbooks).
    #[option(skip)]
    pub formula: Formula,
}

impl Rule for AdamOptions {
    const NAME: &'static str = "Adam";
    const SLOTS: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];
    type Memory = ();

    fn uses(&self, i: usize) -> bool {
        i < 2 || self.amsgrad
    }

    fn step(core: &mut Core<Self>) {
        core.sweep(|options, at| options.at(at.step));
    }
}

impl AdamOptions {
    /// The step number `t`, counted from 1.
    pub(super) fn at(self, t: f64) -> AdamStep {
        let (beta1, beta2) = self.betas;
        AdamStep { options: self, rate: self.lr / (1.0 - beta1.powf(t)), correction: 1.0 - beta2.powf(t) }
    }
}

#[derive(Clone, Copy)]
pub(super) struct AdamStep {
    options: AdamOptions,
    /// `lr / (1 − β₁ᵗ)`.
    rate: f64,
    /// `1 − β₂ᵗ`.
    correction: f64,
}

impl Update<3> for AdamStep {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [m, v, v_max]: [&mut [T]; 3], roots: Roots) {
        let AdamStep { options, rate, correction } = self;
        let (beta1, beta2) = options.betas;
        let (decay, keep) = decay_and_keep(options.decoupled_weight_decay, options.lr, options.weight_decay);
        // √(v/c + ε) = √(v + c·ε)/√c, so that both formulas share the loop.
        let (eps_under, eps_beside) = options.formula.place_eps(options.eps);
        let [rate, fresh1, beta2, fresh2, correction, eps_under, eps_beside] =
            [rate, 1.0 - beta1, beta2, 1.0 - beta2, root_of(correction), eps_under * correction, eps_beside]
                .map(T::from_f64);
        let [wd, keep, sign] = [decay, keep, sign(options.maximize)].map(T::from_f64);
        constants!([AMSGRAD = options.amsgrad] => {
            each_lanes!(w, g, [m, v, v_max if AMSGRAD] => {
                for i in 0..LANES {
                    g[i] = wd.mul_add(w[i], sign * g[i]);
                    m[i] = lerp(m[i], g[i], fresh1).flushed();
                    v[i] = v[i].add_square(beta2, fresh2, g[i]);
                    if AMSGRAD {
                        v_max[i] = v_max[i].maximum(v[i]);
                    }
                }
                let root = T::roots(if AMSGRAD { *v_max } else { *v }, eps_under, roots);
                for i in 0..LANES {
                    w[i] = keep * w[i] + -rate * m[i] / (root[i] / correction + eps_beside);
                }
            });
        });
    }
}
