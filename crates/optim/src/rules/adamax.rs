use nn::Options;

use crate::arithmetic::{LANES, each_lanes, lerp, sign};
use crate::{Core, Real, Roots, Rule, Update};

/// Adamax (Kingma & Ba, *A Method for Stochastic Optimization*, 2014, section 7.1): `torch.optim.Adamax`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`) and `t` counting from 1:
///
/// `m ← β₁·m + (1 − β₁)·g`, `u ← max(β₂·u, |g| + ε)`, `θ ← θ − lr/(1 − β₁ᵗ) · m / u`
///
/// Options: [`AdamaxOptions`]. State: `step`, `exp_avg`, `exp_inf`.
///
/// ```
/// use optim::{Adamax, Optimizer};
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let mut optim = Adamax::new([w.clone()], 0.1);
/// w.set_grad(Some(tensor::Tensor::from([-3.0_f32])));
/// optim.step(); // the first step has the length lr, whatever the gradient
/// assert!((w.data().item() - 1.1).abs() < 1e-6);
/// ```
pub type Adamax = Core<AdamaxOptions>;

/// The options of [`Adamax`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct AdamaxOptions {
    /// Learning rate: 2e-3.
    #[option(default = 2e-3, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    pub lr: f64,
    /// Shares of the mean and of the largest magnitude kept at each step, below 1: (0.9, 0.999).
    #[option(default = (0.9, 0.999))]
    #[option(check((0.0..1.0).contains(&betas.0), "Invalid beta parameter at index 0: {}", betas.0))]
    #[option(check((0.0..1.0).contains(&betas.1), "Invalid beta parameter at index 1: {}", betas.1))]
    pub betas: (f64, f64),
    /// ε: 1e-8.
    #[option(default = 1e-8, check(eps >= 0.0, "Invalid epsilon value: {eps}"))]
    pub eps: f64,
    /// Coupled (L2) weight decay: 0.
    #[option(int_if_zero, check(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}"))]
    #[option(followed_by(foreach = None))]
    pub weight_decay: f64,
    /// Climb instead of descend: no.
    #[option(followed_by(differentiable = false, capturable = false))]
    pub maximize: bool,
}

impl Rule for AdamaxOptions {
    const NAME: &'static str = "Adamax";
    const SLOTS: &'static [&'static str] = &["exp_avg", "exp_inf"];
    type Memory = ();

    fn step(core: &mut Core<Self>) {
        core.sweep(|o, at| AdamaxOptions { lr: o.lr / (1.0 - o.betas.0.powf(at.step)), ..*o });
    }
}

/// With the rate of the step for `lr`.
impl Update<2> for AdamaxOptions {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [m, u]: [&mut [T]; 2], _: Roots) {
        let AdamaxOptions { lr, betas: (beta1, beta2), eps, weight_decay, maximize } = self;
        let [lr, fresh, beta2, eps, wd, sign] =
            [lr, 1.0 - beta1, beta2, eps, weight_decay, sign(maximize)].map(T::from_f64);
        each_lanes!(w, g, [m, u] => {
            for i in 0..LANES {
                let g = wd.mul_add(w[i], sign * g[i]);
                m[i] = lerp(m[i], g, fresh).flushed();
                u[i] = (beta2 * u[i]).maximum(g.abs() + eps);
                w[i] += -lr * m[i] / u[i];
            }
        });
    }
}
