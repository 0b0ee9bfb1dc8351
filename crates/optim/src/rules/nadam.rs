use nn::Options;

use crate::arithmetic::{LANES, decay_and_keep, each_lanes, lerp, sign};
use crate::{Core, Fields, Memory, Real, Roots, Rule, Update};

/// NAdam, Adam with Nesterov's momentum (Dozat, *Incorporating Nesterov Momentum into Adam*, 2016):
/// `torch.optim.NAdam`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`), `t` counting from 1 and `ψ` the
/// `momentum_decay`:
///
/// - `μₜ = β₁·(1 − ½·0.96^(t·ψ))`, and `Πₜ` the product of `μ₁` to `μₜ`
/// - `m` and `v` as Adam, `r = √(v/(1 − β₂ᵗ)) + ε`
/// - `θ ← θ − lr·(1 − μₜ)/(1 − Πₜ) · g / r − lr·μₜ₊₁/(1 − Πₜ₊₁) · m / r`
/// - `decoupled_weight_decay`: first `θ ← θ·(1 − lr·weight_decay)`, and `g` is left alone
///
/// Options: [`NAdamOptions`]. State: `step`, `mu_product`, `exp_avg`, `exp_avg_sq`.
///
/// ```
/// use optim::{NAdam, Optimizer};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let mut optim = NAdam::new([w.clone()], 0.1);
/// w.set_grad(Some(tensor::Tensor::from([-3.0_f32])));
/// optim.step(); // a little more than lr, whatever the gradient
/// assert!((w.data().item() - 1.1056).abs() < 1e-3);
/// ```
pub type NAdam = Core<NAdamOptions>;

/// The options of [`NAdam`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct NAdamOptions {
    /// Learning rate: 2e-3.
    #[option(default = 2e-3, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
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
    /// How fast the momentum rises to β₁: 4e-3.
    #[option(default = 4e-3, check(momentum_decay >= 0.0, "Invalid momentum_decay value: {momentum_decay}"))]
    pub momentum_decay: f64,
    /// Shrink the parameter by the decay instead of adding it to the gradient: no.
    pub decoupled_weight_decay: bool,
    /// Climb instead of descend: no.
    #[option(followed_by(foreach = None, capturable = false, differentiable = false))]
    pub maximize: bool,
}

/// What [`NAdam`] remembers of a parameter besides its means.
#[derive(Clone, Debug)]
pub struct NAdamMemory {
    /// The product of the momenta so far, an `f32` as in torch.
    pub mu_product: f32,
}

impl Default for NAdamMemory {
    fn default() -> Self {
        NAdamMemory { mu_product: 1.0 }
    }
}

impl Memory for NAdamMemory {
    fn fields(&mut self, fields: &mut Fields<'_>) {
        fields.scalar("mu_product", &mut self.mu_product);
    }
}

impl Rule for NAdamOptions {
    const NAME: &'static str = "NAdam";
    const SLOTS: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    type Memory = NAdamMemory;

    fn step(core: &mut Core<Self>) {
        core.sweep(|options, at| {
            let NAdamOptions { lr, betas: (beta1, beta2), momentum_decay, .. } = *options;
            let mu = |t: f64| beta1 * (1.0 - 0.5 * 0.96_f64.powf(t * momentum_decay));
            let [now, next] = [mu(at.step), mu(at.step + 1.0)];
            at.memory.mu_product *= now as f32;
            let product = f64::from(at.memory.mu_product);
            NAdamStep {
                options: *options,
                of_gradient: -lr * (1.0 - now) / (1.0 - product),
                of_mean: -lr * next / (1.0 - product * next),
                correction: 1.0 - beta2.powf(at.step),
            }
        });
    }
}

#[derive(Clone, Copy)]
struct NAdamStep {
    options: NAdamOptions,
    /// `−lr·(1 − μₜ)/(1 − Πₜ)`
    of_gradient: f64,
    /// `−lr·μₜ₊₁/(1 − Πₜ₊₁)`
    of_mean: f64,
    /// `1 − β₂ᵗ`
    correction: f64,
}

impl Update<2> for NAdamStep {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [m, v]: [&mut [T]; 2], roots: Roots) {
        let NAdamStep { options, of_gradient, of_mean, correction } = self;
        let NAdamOptions { lr, betas: (beta1, beta2), eps, weight_decay, maximize, .. } = options;
        let (wd, keep) = decay_and_keep(options.decoupled_weight_decay, lr, weight_decay);
        let [of_gradient, of_mean, correction, fresh1, beta2, fresh2, eps, wd, keep, sign] = [
            of_gradient,
            of_mean,
            correction,
            1.0 - beta1,
            beta2,
            1.0 - beta2,
            eps,
            wd,
            keep,
            sign(maximize),
        ]
        .map(T::from_f64);
        each_lanes!(w, g, [m, v] => {
            let mut mean_square = *v;
            for i in 0..LANES {
                g[i] = wd.mul_add(w[i], sign * g[i]);
                m[i] = lerp(m[i], g[i], fresh1).flushed();
                v[i] = v[i].add_square(beta2, fresh2, g[i]);
                mean_square[i] = v[i] / correction;
            }
            let root = T::roots(mean_square, T::ZERO, roots);
            for i in 0..LANES {
                let below = root[i] + eps;
                w[i] = keep * w[i] + of_gradient * g[i] / below;
                w[i] += of_mean * m[i] / below;
            }
        });
    }
}
