use nn::Value;
use tensor::kernels::root::Roots;

use crate::lanes::{LANES, Lanes, each_lanes, padded};
use crate::optimizer::display_core;
use crate::param_group::int_if_zero;
use crate::{Core, Entry, Optimizer, Real, Rule, Spec};

/// Adadelta (Zeiler, *An Adaptive Learning Rate Method*, 2012): `torch.optim.Adadelta`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`):
///
/// `s ← ρ·s + (1 − ρ)·g²`, `Δ = √(a + ε) / √(s + ε) · g`, `a ← ρ·a + (1 − ρ)·Δ²`, `θ ← θ − lr·Δ`
///
/// ε stands under both roots here as in the tutorials, which only lack `lr`: their rule is this
/// one with `lr = 1`, the default.
///
/// Defaults: [`AdadeltaConfig`]. State: `step`, `square_avg`, `acc_delta`.
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
pub struct Adadelta {
    core: Core,
}

/// The options of [`Adadelta`], with torch's defaults.
#[derive(Clone, Copy, Debug)]
pub struct AdadeltaConfig {
    /// Learning rate: 1.
    pub lr: f64,
    /// Share of the mean squares kept at each step, at most 1: 0.9.
    pub rho: f64,
    /// ε: 1e-6.
    pub eps: f64,
    /// Coupled (L2) weight decay: 0.
    pub weight_decay: f64,
    /// Climb instead of descend: no.
    pub maximize: bool,
}

impl Default for AdadeltaConfig {
    fn default() -> Self {
        AdadeltaConfig { lr: 1.0, rho: 0.9, eps: 1e-6, weight_decay: 0.0, maximize: false }
    }
}

impl Adadelta {
    /// Adadelta over parameters or groups.
    ///
    /// # Panics
    /// As [`Adadelta::with`].
    #[track_caller]
    pub fn new(params: impl IntoIterator<Item = impl Into<Entry>>, lr: f64) -> Adadelta {
        Adadelta::with(params, AdadeltaConfig { lr, ..Default::default() })
    }

    /// Adadelta with options.
    ///
    /// # Panics
    /// If there are no parameters, a value is negative, or `rho` is above 1.
    #[track_caller]
    pub fn with(params: impl IntoIterator<Item = impl Into<Entry>>, config: AdadeltaConfig) -> Adadelta {
        let AdadeltaConfig { lr, rho, eps, weight_decay, maximize } = config;
        assert!(lr >= 0.0, "Invalid learning rate: {lr}");
        assert!((0.0..=1.0).contains(&rho), "Invalid rho value: {rho}");
        assert!(eps >= 0.0, "Invalid epsilon value: {eps}");
        assert!(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}");
        let defaults = vec![
            ("lr", Value::Float(lr)),
            ("rho", Value::Float(rho)),
            ("eps", Value::Float(eps)),
            ("weight_decay", int_if_zero(weight_decay)),
            ("maximize", Value::Bool(maximize)),
            ("capturable", Value::Bool(false)),
            ("foreach", Value::None),
            ("differentiable", Value::Bool(false)),
        ];
        let slots = &["square_avg", "acc_delta"];
        let spec = Spec { name: "Adadelta", step: true, slots, required: 2, defaults };
        Adadelta { core: Core::new(spec, params) }
    }
}

impl Optimizer for Adadelta {
    fn core(&self) -> &Core {
        &self.core
    }

    fn core_mut(&mut self) -> &mut Core {
        &mut self.core
    }

    #[track_caller]
    fn step(&mut self) {
        self.core.sweep(|group| {
            let rule = AdadeltaRule {
                lr: group.lr,
                rho: group.float("rho"),
                eps: group.float("eps"),
                weight_decay: group.float("weight_decay"),
                sign: if group.flag("maximize") { -1.0 } else { 1.0 },
            };
            move |state, w| {
                state.step += 1.0;
                state.ensure(0, w, 0.0);
                state.ensure(1, w, 0.0);
                rule
            }
        });
    }
}

display_core!(Adadelta);

#[derive(Clone, Copy)]
struct AdadeltaRule {
    lr: f64,
    rho: f64,
    eps: f64,
    weight_decay: f64,
    sign: f64,
}

impl Rule for AdadeltaRule {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [s, a, _]: [&mut [T]; 3], roots: Roots) {
        let [lr, rho, fresh, eps, wd, sign] =
            [self.lr, self.rho, 1.0 - self.rho, self.eps, self.weight_decay, self.sign].map(T::from_f64);
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
