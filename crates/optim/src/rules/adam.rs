use nn::Value;
use tensor::kernels::root::Roots;

use crate::lanes::{LANES, Lanes, each_lanes, padded};
use crate::optimizer::display_core;
use crate::param_group::int_if_zero;
use crate::real::lerp;
use crate::{Core, Entry, Formula, Optimizer, ParamGroup, Real, Rule, Spec};

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
/// [`Formula::Note`] has ε under the root: `m̂ / √(v̂ + ε)` with `m̂ = m/(1 − β₁ᵗ)`, `v̂ = v/(1 − β₂ᵗ)`.
///
/// Defaults: [`AdamConfig`]. State: `step`, `exp_avg`, `exp_avg_sq`, with `amsgrad` `max_exp_avg_sq`.
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
pub struct Adam {
    core: Core,
    formula: Formula,
}

/// The options of [`Adam`], with torch's defaults.
#[derive(Clone, Copy, Debug)]
pub struct AdamConfig {
    /// Learning rate: 1e-3.
    pub lr: f64,
    /// Shares of the mean and of the mean square kept at each step, below 1: (0.9, 0.999).
    pub betas: (f64, f64),
    /// ε: 1e-8.
    pub eps: f64,
    /// Weight decay: 0.
    pub weight_decay: f64,
    /// Divide by the largest mean square so far: no.
    pub amsgrad: bool,
    /// Climb instead of descend: no.
    pub maximize: bool,
    /// Shrink the parameter by the decay instead of adding it to the gradient: no.
    pub decoupled_weight_decay: bool,
    /// Whether ε stands beside the root (torch) or under it (the note).
    pub formula: Formula,
}

impl Default for AdamConfig {
    fn default() -> Self {
        AdamConfig {
            lr: 1e-3,
            betas: (0.9, 0.999),
            eps: 1e-8,
            weight_decay: 0.0,
            amsgrad: false,
            maximize: false,
            decoupled_weight_decay: false,
            formula: Formula::Torch,
        }
    }
}

impl Adam {
    /// Adam over parameters or groups.
    ///
    /// # Panics
    /// As [`Adam::with`].
    #[track_caller]
    pub fn new(params: impl IntoIterator<Item = impl Into<Entry>>, lr: f64) -> Adam {
        Adam::with(params, AdamConfig { lr, ..Default::default() })
    }

    /// Adam with options.
    ///
    /// # Panics
    /// If there are no parameters, a value is negative, or a beta is not below 1.
    #[track_caller]
    pub fn with(params: impl IntoIterator<Item = impl Into<Entry>>, config: AdamConfig) -> Adam {
        Adam::named("Adam", params, config)
    }

    #[track_caller]
    pub(crate) fn named(
        name: &'static str,
        params: impl IntoIterator<Item = impl Into<Entry>>,
        config: AdamConfig,
    ) -> Adam {
        let AdamConfig { lr, betas, eps, weight_decay, amsgrad, maximize, decoupled_weight_decay, formula } =
            config;
        assert!(lr >= 0.0, "Invalid learning rate: {lr}");
        assert!(eps >= 0.0, "Invalid epsilon value: {eps}");
        assert!((0.0..1.0).contains(&betas.0), "Invalid beta parameter at index 0: {}", betas.0);
        assert!((0.0..1.0).contains(&betas.1), "Invalid beta parameter at index 1: {}", betas.1);
        assert!(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}");
        let defaults = vec![
            ("lr", Value::Float(lr)),
            ("betas", Value::Tuple(vec![Value::Float(betas.0), Value::Float(betas.1)])),
            ("eps", Value::Float(eps)),
            ("weight_decay", int_if_zero(weight_decay)),
            ("amsgrad", Value::Bool(amsgrad)),
            ("maximize", Value::Bool(maximize)),
            ("foreach", Value::None),
            ("capturable", Value::Bool(false)),
            ("differentiable", Value::Bool(false)),
            ("fused", Value::None),
            ("decoupled_weight_decay", Value::Bool(decoupled_weight_decay)),
        ];
        let slots = &["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];
        let spec = Spec { name, step: true, slots, required: 2, defaults };
        Adam { core: Core::new(spec, params), formula }
    }
}

impl Optimizer for Adam {
    fn core(&self) -> &Core {
        &self.core
    }

    fn core_mut(&mut self) -> &mut Core {
        &mut self.core
    }

    #[track_caller]
    fn step(&mut self) {
        let formula = self.formula;
        self.core.sweep(|group| {
            let amsgrad = group.flag("amsgrad");
            // Parameters of a group nearly always share their step: its powers are computed once.
            let (mut step, mut rule) = (1.0, AdamRule::new(group, formula, 1.0));
            move |state, w| {
                state.ensure(0, w, 0.0);
                state.ensure(1, w, 0.0);
                if amsgrad {
                    state.ensure(2, w, 0.0);
                }
                state.step += 1.0;
                if state.step != step {
                    step = state.step;
                    rule = AdamRule::new(group, formula, f64::from(step));
                }
                rule
            }
        });
    }
}

display_core!(Adam);

#[derive(Clone, Copy)]
struct AdamRule {
    /// `lr / (1 − β₁ᵗ)`.
    lr: f64,
    betas: (f64, f64),
    /// `√(1 − β₂ᵗ)`.
    root_correction: f64,
    eps_under: f64,
    eps_beside: f64,
    /// Added to the gradient, as a share of the parameter.
    weight_decay: f64,
    /// Left of the parameter by decoupled decay.
    keep: f64,
    sign: f64,
    amsgrad: bool,
}

impl AdamRule {
    fn new(group: &ParamGroup, formula: Formula, t: f64) -> AdamRule {
        let (lr, betas) = (group.lr, group.pair("betas"));
        let decay = group.float("weight_decay");
        let decoupled = group.flag("decoupled_weight_decay");
        let correction = 1.0 - betas.1.powf(t);
        // √(v/c + ε) = √(v + c·ε)/√c, so that both formulas share the loop.
        let (eps_under, eps_beside) = formula.place_eps(group.float("eps"));
        AdamRule {
            lr: lr / (1.0 - betas.0.powf(t)),
            betas,
            root_correction: correction.sqrt(),
            eps_under: eps_under * correction,
            eps_beside,
            weight_decay: if decoupled { 0.0 } else { decay },
            keep: if decoupled { 1.0 - lr * decay } else { 1.0 },
            sign: if group.flag("maximize") { -1.0 } else { 1.0 },
            amsgrad: group.flag("amsgrad"),
        }
    }
}

impl Rule for AdamRule {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [m, v, v_max]: [&mut [T]; 3], roots: Roots) {
        let [lr, fresh1, beta2, fresh2, correction, eps_under, eps_beside] = [
            self.lr,
            1.0 - self.betas.0,
            self.betas.1,
            1.0 - self.betas.1,
            self.root_correction,
            self.eps_under,
            self.eps_beside,
        ]
        .map(T::from_f64);
        let [wd, keep, sign] = [self.weight_decay, self.keep, self.sign].map(T::from_f64);
        if self.amsgrad {
            each_lanes!(w, g, [m, v, v_max] => {
                for i in 0..LANES {
                    g[i] = wd.mul_add(w[i], sign * g[i]);
                    m[i] = lerp(m[i], g[i], fresh1).flushed();
                    v[i] = v[i].add_square(beta2, fresh2, g[i]);
                    v_max[i] = v_max[i].maximum(v[i]);
                }
                let root = T::roots(*v_max, eps_under, roots);
                for i in 0..LANES {
                    w[i] = keep * w[i] + -lr * m[i] / (root[i] / correction + eps_beside);
                }
            });
        } else {
            each_lanes!(w, g, [m, v] => {
                for i in 0..LANES {
                    g[i] = wd.mul_add(w[i], sign * g[i]);
                    m[i] = lerp(m[i], g[i], fresh1).flushed();
                    v[i] = v[i].add_square(beta2, fresh2, g[i]);
                }
                let root = T::roots(*v, eps_under, roots);
                for i in 0..LANES {
                    w[i] = keep * w[i] + -lr * m[i] / (root[i] / correction + eps_beside);
                }
            });
        }
    }
}
