use nn::Value;
use tensor::kernels::root::Roots;

use crate::lanes::{LANES, Lanes, each_lanes, padded};
use crate::optimizer::display_core;
use crate::param_group::int_if_zero;
use crate::real::lerp;
use crate::{Core, Entry, Formula, Optimizer, Real, Rule, Spec};

/// RMSprop (Tieleman & Hinton, *Lecture 6.5*, 2012), centered if asked (Graves, 2013): `torch.optim.RMSprop`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`):
///
/// - `s ← α·s + (1 − α)·g²`, `r = √s + ε`, `θ ← θ − lr·g / r`
/// - `centered`: `ḡ ← α·ḡ + (1 − α)·g`, `r = √(s − ḡ²) + ε`
/// - `momentum` μ: `v ← μ·v + g / r`, `θ ← θ − lr·v`
///
/// [`Formula::Note`] has ε under the root, where the tutorial makes it 1e-10.
///
/// Defaults: [`RmsPropConfig`]. State: `step`, `square_avg`, with momentum
/// `momentum_buffer`, centered `grad_avg`.
///
/// ```
/// use optim::{Optimizer, RmsProp, RmsPropConfig};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let mut optim = RmsProp::with([w.clone()], RmsPropConfig { alpha: 0.75, ..Default::default() });
/// w.set_grad(Some(tensor::Tensor::from([-3.0_f32])));
/// optim.step(); // s = 9/4, so the step is 0.01·3/1.5
/// assert!((w.data().item() - 1.02).abs() < 1e-6);
/// ```
pub struct RmsProp {
    core: Core,
    formula: Formula,
}

/// The options of [`RmsProp`], with torch's defaults.
#[derive(Clone, Copy, Debug)]
pub struct RmsPropConfig {
    /// Learning rate: 1e-2.
    pub lr: f64,
    /// Share of the mean square kept at each step: 0.99.
    pub alpha: f64,
    /// ε: 1e-8.
    pub eps: f64,
    /// Coupled (L2) weight decay: 0.
    pub weight_decay: f64,
    /// Share of the momentum buffer kept at each step: 0, no buffer.
    pub momentum: f64,
    /// Divide by the gradient's standard deviation instead of its root mean square: no.
    pub centered: bool,
    /// Climb instead of descend: no.
    pub maximize: bool,
    /// Whether ε stands beside the root (torch) or under it (the note).
    pub formula: Formula,
}

impl Default for RmsPropConfig {
    fn default() -> Self {
        RmsPropConfig {
            lr: 1e-2,
            alpha: 0.99,
            eps: 1e-8,
            weight_decay: 0.0,
            momentum: 0.0,
            centered: false,
            maximize: false,
            formula: Formula::Torch,
        }
    }
}

impl RmsProp {
    /// RMSprop over parameters or groups.
    ///
    /// # Panics
    /// As [`RmsProp::with`].
    #[track_caller]
    pub fn new(params: impl IntoIterator<Item = impl Into<Entry>>, lr: f64) -> RmsProp {
        RmsProp::with(params, RmsPropConfig { lr, ..Default::default() })
    }

    /// RMSprop with options.
    ///
    /// # Panics
    /// If there are no parameters or a value is negative.
    #[track_caller]
    pub fn with(params: impl IntoIterator<Item = impl Into<Entry>>, config: RmsPropConfig) -> RmsProp {
        let RmsPropConfig { lr, alpha, eps, weight_decay, momentum, centered, maximize, formula } = config;
        assert!(lr >= 0.0, "Invalid learning rate: {lr}");
        assert!(eps >= 0.0, "Invalid epsilon value: {eps}");
        assert!(momentum >= 0.0, "Invalid momentum value: {momentum}");
        assert!(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}");
        assert!(alpha >= 0.0, "Invalid alpha value: {alpha}");
        let defaults = vec![
            ("lr", Value::Float(lr)),
            ("momentum", int_if_zero(momentum)),
            ("alpha", Value::Float(alpha)),
            ("eps", Value::Float(eps)),
            ("centered", Value::Bool(centered)),
            ("weight_decay", int_if_zero(weight_decay)),
            ("capturable", Value::Bool(false)),
            ("foreach", Value::None),
            ("maximize", Value::Bool(maximize)),
            ("differentiable", Value::Bool(false)),
        ];
        let slots = &["square_avg", "momentum_buffer", "grad_avg"];
        let spec = Spec { name: "RMSprop", step: true, slots, required: 1, defaults };
        RmsProp { core: Core::new(spec, params), formula }
    }
}

impl Optimizer for RmsProp {
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
            let (eps_under, eps_beside) = formula.place_eps(group.float("eps"));
            let rule = RmsPropRule {
                lr: group.lr,
                alpha: group.float("alpha"),
                eps_under,
                eps_beside,
                weight_decay: group.float("weight_decay"),
                momentum: group.float("momentum"),
                centered: group.flag("centered"),
                sign: if group.flag("maximize") { -1.0 } else { 1.0 },
            };
            move |state, w| {
                state.step += 1.0;
                state.ensure(0, w, 0.0);
                if rule.momentum > 0.0 {
                    state.ensure(1, w, 0.0);
                }
                if rule.centered {
                    state.ensure(2, w, 0.0);
                }
                rule
            }
        });
    }
}

display_core!(RmsProp);

#[derive(Clone, Copy)]
struct RmsPropRule {
    lr: f64,
    alpha: f64,
    eps_under: f64,
    eps_beside: f64,
    weight_decay: f64,
    momentum: f64,
    centered: bool,
    sign: f64,
}

impl Rule for RmsPropRule {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [s, v, mean]: [&mut [T]; 3], roots: Roots) {
        let [lr, alpha, fresh, eps_under, eps_beside, wd, mu, sign] = [
            self.lr,
            self.alpha,
            1.0 - self.alpha,
            self.eps_under,
            self.eps_beside,
            self.weight_decay,
            self.momentum,
            self.sign,
        ]
        .map(T::from_f64);
        match (self.centered, self.momentum > 0.0) {
            (false, false) => each_lanes!(w, g, [s] => {
                for i in 0..LANES {
                    g[i] = wd.mul_add(w[i], sign * g[i]);
                    s[i] = s[i].add_square(alpha, fresh, g[i]);
                }
                let root = T::roots(*s, eps_under, roots);
                for i in 0..LANES {
                    w[i] += -lr * g[i] / (root[i] + eps_beside);
                }
            }),
            (false, true) => each_lanes!(w, g, [s, v] => {
                for i in 0..LANES {
                    g[i] = wd.mul_add(w[i], sign * g[i]);
                    s[i] = s[i].add_square(alpha, fresh, g[i]);
                }
                let root = T::roots(*s, eps_under, roots);
                for i in 0..LANES {
                    v[i] = (mu * v[i] + g[i] / (root[i] + eps_beside)).flushed();
                    w[i] = (-lr).mul_add(v[i], w[i]);
                }
            }),
            (true, false) => each_lanes!(w, g, [s, mean] => {
                let mut variance = *s;
                for i in 0..LANES {
                    g[i] = wd.mul_add(w[i], sign * g[i]);
                    s[i] = s[i].add_square(alpha, fresh, g[i]);
                    mean[i] = lerp(mean[i], g[i], fresh).flushed();
                    variance[i] = (-mean[i]).mul_add(mean[i], s[i]);
                }
                let root = T::roots(variance, eps_under, roots);
                for i in 0..LANES {
                    w[i] += -lr * g[i] / (root[i] + eps_beside);
                }
            }),
            (true, true) => each_lanes!(w, g, [s, v, mean] => {
                let mut variance = *s;
                for i in 0..LANES {
                    g[i] = wd.mul_add(w[i], sign * g[i]);
                    s[i] = s[i].add_square(alpha, fresh, g[i]);
                    mean[i] = lerp(mean[i], g[i], fresh).flushed();
                    variance[i] = (-mean[i]).mul_add(mean[i], s[i]);
                }
                let root = T::roots(variance, eps_under, roots);
                for i in 0..LANES {
                    v[i] = (mu * v[i] + g[i] / (root[i] + eps_beside)).flushed();
                    w[i] = (-lr).mul_add(v[i], w[i]);
                }
            }),
        }
    }
}
