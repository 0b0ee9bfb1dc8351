use nn::Value;
use tensor::kernels::root::Roots;

use crate::optimizer::display_core;
use crate::param_group::int_if_zero;
use crate::{Core, Entry, Formula, Optimizer, Real, Rule, Spec};

/// Stochastic gradient descent, with momentum if asked: `torch.optim.SGD`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`), `μ` the
/// momentum and `τ` the dampening:
///
/// - `μ = 0`: `θ ← θ − lr·g`
/// - `v ← μ·v + (1 − τ)·g`, `θ ← θ − lr·v`, where the first `v` is `g` itself, not dampened
/// - `nesterov`: `θ ← θ − lr·(g + μ·v)` (Sutskever et al., *On the importance of
///   initialization and momentum*, 2013)
/// - [`Formula::Note`]: `v ← μ·v + lr·g`, `θ ← θ − v`. The same path while `lr` is constant; when a schedule
///   lowers it, what is already in the buffer keeps its old rate. Dampening and nesterov do not exist there.
///
/// Defaults: [`SgdConfig`]. State: `momentum_buffer`, if `μ ≠ 0`.
///
/// ```
/// use optim::{Optimizer, Sgd};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32, -1.0]));
/// let mut optim = Sgd::new([w.clone()], 0.5);
/// w.set_grad(Some(tensor::Tensor::from([1.0_f32, 2.0])));
/// optim.step();
/// assert_eq!(w.data().to_vec::<f32>(), [0.5, -2.0]);
/// ```
pub struct Sgd {
    core: Core,
    formula: Formula,
}

/// The options of [`Sgd`], with torch's defaults.
#[derive(Clone, Copy, Debug)]
pub struct SgdConfig {
    /// Learning rate: 1e-3.
    pub lr: f64,
    /// Share of the buffer kept at each step: 0.
    pub momentum: f64,
    /// Share of the gradient left out of the buffer: 0.
    pub dampening: f64,
    /// Coupled (L2) weight decay: 0.
    pub weight_decay: f64,
    /// Nesterov's form of momentum: no.
    pub nesterov: bool,
    /// Climb instead of descend: no.
    pub maximize: bool,
    /// Whether the momentum buffer holds gradients (torch) or steps (the note).
    pub formula: Formula,
}

impl Default for SgdConfig {
    fn default() -> Self {
        SgdConfig {
            lr: 1e-3,
            momentum: 0.0,
            dampening: 0.0,
            weight_decay: 0.0,
            nesterov: false,
            maximize: false,
            formula: Formula::Torch,
        }
    }
}

impl Sgd {
    /// Plain SGD over parameters or groups.
    ///
    /// # Panics
    /// As [`Sgd::with`].
    #[track_caller]
    pub fn new(params: impl IntoIterator<Item = impl Into<Entry>>, lr: f64) -> Sgd {
        Sgd::with(params, SgdConfig { lr, ..Default::default() })
    }

    /// SGD with options.
    ///
    /// # Panics
    /// If there are no parameters, a value is negative, or `nesterov` comes without momentum, with
    /// dampening, or with [`Formula::Note`].
    #[track_caller]
    pub fn with(params: impl IntoIterator<Item = impl Into<Entry>>, config: SgdConfig) -> Sgd {
        let SgdConfig { lr, momentum, dampening, weight_decay, nesterov, maximize, formula } = config;
        assert!(lr >= 0.0, "Invalid learning rate: {lr}");
        assert!(momentum >= 0.0, "Invalid momentum value: {momentum}");
        assert!(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}");
        assert!(
            !nesterov || momentum > 0.0 && dampening == 0.0,
            "Nesterov momentum requires a momentum and zero dampening"
        );
        assert!(
            formula == Formula::Torch || !nesterov && dampening == 0.0,
            "the note's momentum has neither dampening nor nesterov"
        );
        let defaults = vec![
            ("lr", Value::Float(lr)),
            ("momentum", int_if_zero(momentum)),
            ("dampening", int_if_zero(dampening)),
            ("weight_decay", int_if_zero(weight_decay)),
            ("nesterov", Value::Bool(nesterov)),
            ("maximize", Value::Bool(maximize)),
            ("foreach", Value::None),
            ("differentiable", Value::Bool(false)),
            ("fused", Value::None),
        ];
        let spec = Spec { name: "SGD", step: false, slots: &["momentum_buffer"], required: 0, defaults };
        Sgd { core: Core::new(spec, params), formula }
    }
}

impl Optimizer for Sgd {
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
            let rule = SgdRule {
                lr: group.lr,
                momentum: group.float("momentum"),
                fresh: 1.0 - group.float("dampening"),
                weight_decay: group.float("weight_decay"),
                nesterov: group.flag("nesterov"),
                sign: if group.flag("maximize") { -1.0 } else { 1.0 },
                formula,
            };
            move |state, w| {
                let first = rule.momentum != 0.0 && state.restart(0, w, 0.0);
                SgdRule { fresh: if first { 1.0 } else { rule.fresh }, ..rule }
            }
        });
    }
}

display_core!(Sgd);

#[derive(Clone, Copy)]
struct SgdRule {
    lr: f64,
    momentum: f64,
    /// `1 − τ`.
    fresh: f64,
    weight_decay: f64,
    nesterov: bool,
    sign: f64,
    formula: Formula,
}

impl Rule for SgdRule {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [v, ..]: [&mut [T]; 3], _: Roots) {
        let [lr, mu, fresh, wd, sign] =
            [self.lr, self.momentum, self.fresh, self.weight_decay, self.sign].map(T::from_f64);
        if self.momentum == 0.0 {
            for (w, &g) in w.iter_mut().zip(g) {
                let g = wd.mul_add(*w, sign * g);
                *w = (-lr).mul_add(g, *w);
            }
        } else if self.formula == Formula::Note {
            for ((w, &g), v) in w.iter_mut().zip(g).zip(v) {
                let g = wd.mul_add(*w, sign * g);
                *v = (mu * *v + lr * g).flushed();
                *w -= *v;
            }
        } else if self.nesterov {
            for ((w, &g), v) in w.iter_mut().zip(g).zip(v) {
                let g = wd.mul_add(*w, sign * g);
                *v = fresh.mul_add(g, mu * *v).flushed();
                *w = (-lr).mul_add(mu.mul_add(*v, g), *w);
            }
        } else {
            for ((w, &g), v) in w.iter_mut().zip(g).zip(v) {
                let g = wd.mul_add(*w, sign * g);
                *v = fresh.mul_add(g, mu * *v).flushed();
                *w = (-lr).mul_add(*v, *w);
            }
        }
    }
}
