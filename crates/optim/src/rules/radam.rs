use nn::Options;

use crate::arithmetic::{LANES, constants, decay_and_keep, each_lanes, lerp, root_of, sign};
use crate::{Core, Real, Roots, Rule, Update};

/// RAdam, Adam that waits with the mean square until it can be trusted (Liu et al., *On the Variance of the
/// Adaptive Learning Rate and Beyond*, 2019): `torch.optim.RAdam`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`), `t` counting from 1, `m` and `v` as
/// Adam, `m̂ = m/(1 − β₁ᵗ)`, `ρ∞ = 2/(1 − β₂) − 1` and `ρ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ)`:
///
/// - `ρ ≤ 5`, in the first steps: `θ ← θ − lr·m̂`
/// - else: `θ ← θ − lr·m̂ · √(1 − β₂ᵗ)/(√v + ε) · √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ))`
/// - `decoupled_weight_decay`: first `θ ← θ·(1 − lr·weight_decay)`, and `g` is left alone
///
/// Options: [`RAdamOptions`]. State: `step`, `exp_avg`, `exp_avg_sq`.
///
/// ```
/// use optim::{Optimizer, RAdam};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let mut optim = RAdam::new([w.clone()], 0.5);
/// w.set_grad(Some(tensor::Tensor::from([-3.0_f32])));
/// optim.step(); // as plain gradient descent
/// assert_eq!(w.data().to_vec::<f32>(), [2.5]);
/// ```
pub type RAdam = Core<RAdamOptions>;

/// The options of [`RAdam`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct RAdamOptions {
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
    /// Climb instead of descend: no.
    #[option(followed_by(foreach = None, capturable = false))]
    pub maximize: bool,
    /// Shrink the parameter by the decay instead of adding it to the gradient: no.
    #[option(followed_by(differentiable = false))]
    pub decoupled_weight_decay: bool,
}

impl Rule for RAdamOptions {
    const NAME: &'static str = "RAdam";
    const SLOTS: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    type Memory = ();

    fn step(core: &mut Core<Self>) {
        core.sweep(|options, at| {
            let ((beta1, beta2), t) = (options.betas, at.step);
            let correction = 1.0 - beta2.powf(t);
            let rho_inf = 2.0 / (1.0 - beta2) - 1.0;
            let rho = rho_inf - 2.0 * t * beta2.powf(t) / correction;
            let factor = (rho - 4.0) * (rho - 2.0) * rho_inf / ((rho_inf - 4.0) * (rho_inf - 2.0) * rho);
            RAdamStep {
                options: *options,
                mean_correction: 1.0 - beta1.powf(t),
                root_correction: root_of(correction),
                rectification: (rho > 5.0).then(|| root_of(factor)),
            }
        });
    }
}

#[derive(Clone, Copy)]
struct RAdamStep {
    options: RAdamOptions,
    /// `1 − β₁ᵗ`
    mean_correction: f64,
    /// `√(1 − β₂ᵗ)`
    root_correction: f64,
    /// The last factor of the step, if the mean square counts yet.
    rectification: Option<f64>,
}

impl Update<2> for RAdamStep {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [m, v]: [&mut [T]; 2], roots: Roots) {
        let RAdamStep { options, mean_correction, root_correction, rectification } = self;
        let RAdamOptions { lr, betas: (beta1, beta2), eps, weight_decay, maximize, .. } = options;
        let (wd, keep) = decay_and_keep(options.decoupled_weight_decay, lr, weight_decay);
        let factor = rectification.unwrap_or(1.0);
        let [lr, mean_correction, root_correction, factor, fresh1, beta2, fresh2, eps] =
            [lr, mean_correction, root_correction, factor, 1.0 - beta1, beta2, 1.0 - beta2, eps]
                .map(T::from_f64);
        let [wd, keep, sign] = [wd, keep, sign(maximize)].map(T::from_f64);
        constants!([RECTIFIED = rectification.is_some()] => {
            each_lanes!(w, g, [m, v] => {
                for i in 0..LANES {
                    let g = wd.mul_add(w[i], sign * g[i]);
                    m[i] = lerp(m[i], g, fresh1).flushed();
                    v[i] = v[i].add_square(beta2, fresh2, g);
                }
                let root = if RECTIFIED { T::roots(*v, T::ZERO, roots) } else { *v };
                for i in 0..LANES {
                    let mut step = m[i] / mean_correction * lr;
                    if RECTIFIED {
                        step = step * (T::ONE / (root[i] + eps) * root_correction) * factor;
                    }
                    w[i] = keep * w[i] - step;
                }
            });
        });
    }
}
