use nn::Options;

use crate::arithmetic::{LANES, each_lanes, sign};
use crate::{Core, Real, Roots, Rule, Update};

/// Adadelta (Zeiler, *An Adaptive Learning Rate Method*, 2012): `torch.optim.Adadelta`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`):
///
/// `s ← ρ·s + (1 − ρ)·g²`, `Δ = √(a + ε) / √(s + ε) · g`, `a ← ρ·a + (1 − ρ)·Δ²`, `θ ← θ − lr·Δ`
///
/// ε stands under both roots here as in textbooks, which only lack `lr`: their rule is this
/// one with `lr = 1`, the default.
///
/// Options: [`AdadeltaOptions`]. State: `step`, `square_avg`, `acc_delta`.
///
/// ```
/// use optim::{Adadelta, Optimizer};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let mut optim = Adadelta::new([w.clone()], 1.0);
/// w.set_grad(Some(tensor::Tensor::from([-3.0_f32])));
/// optim.step(); // √1e-6 / √0.9 · 3
/// assert!((w.data().item() - 1.003162).abs() < 1e-6);
/// ```
pub type Adadelta = Core<AdadeltaOptions>;

/// The options of [`Adadelta`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct AdadeltaOptions {
    /// Learning rate: 1.
    #[option(default = 1.0, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    pub lr: f64,
    /// Share of the mean squares kept at each step, at most 1: 0.9.
    #[option(default = 0.9, check((0.0..=1.0).contains(&rho), "Invalid rho value: {rho}"))]
    pub rho: f64,
    /// ε: 1e-6.
    #[option(default = 1e-6, check(eps >= 0.0, "Invalid epsilon value: {eps}"))]
    pub eps: f64,
    /// Coupled (L2) weight decay: 0.
    #[option(int_if_zero, check(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}"))]
    pub weight_decay: f64,
    /// Climb instead of descend: no.
    #[option(followed_by(capturable = false, foreach = None, differentiable = false))]
    pub maximize: bool,
}

impl Rule for AdadeltaOptions {
    const NAME: &'static str = "Adadelta";
    const SLOTS: &'static [&'static str] = &["square_avg", "acc_delta"];
    type Memory = ();

    fn step(core: &mut Core<Self>) {
        core.sweep(|options, _| *options);
    }
}

impl Update<2> for AdadeltaOptions {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [s, a]: [&mut [T]; 2], roots: Roots) {
        let AdadeltaOptions { lr, rho, eps, weight_decay, maximize } = self;
        let [lr, rho, fresh, eps, wd, sign] =
            [lr, rho, 1.0 - rho, eps, weight_decay, sign(maximize)].map(T::from_f64);
        each_lanes!(w, g, [s, a] => {
            for i in 0..LANES {
                g[i] = wd.mul_add(w[i], sign * g[i]);
                s[i] = s[i].add_square(rho, fresh, g[i]);
            }
            let (above, below) = (T::roots(*a, eps, roots), T::roots(*s, eps, roots));
            for i in 0..LANES {
                let delta = above[i] / below[i] * g[i];
                a[i] = a[i].add_square(rho, fresh, delta);
                w[i] = (-lr).mul_add(delta, w[i]);
            }
        });
    }
}
