use nn::Value;
use tensor::kernels::root::Roots;

use crate::lanes::{LANES, Lanes, each_lanes, padded};
use crate::optimizer::display_core;
use crate::param_group::int_if_zero;
use crate::{Core, Entry, Formula, Optimizer, ParamGroup, Real, Rule, Spec};

/// Adagrad (Duchi, Hazan & Singer, *Adaptive Subgradient Methods*, 2011): `torch.optim.Adagrad`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`) and `t` counting from 1:
///
/// `s ← s + g²`, `θ ← θ − lr/(1 + (t − 1)·lr_decay) · g / (√s + ε)`
///
/// [`Formula::Note`] divides by `√(s + ε)`; the tutorial's ε is torch's, 1e-10.
///
/// Defaults: [`AdagradConfig`]. State: `step`, `sum`, both there from the start.
///
/// ```
/// use optim::{Adagrad, Optimizer};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let mut optim = Adagrad::new([w.clone()], 0.1);
/// w.set_grad(Some(tensor::Tensor::from([-3.0_f32])));
/// optim.step();
/// assert_eq!(w.data().to_vec::<f32>(), [1.1]);
/// ```
pub struct Adagrad {
    core: Core,
    formula: Formula,
}

/// The options of [`Adagrad`], with torch's defaults.
#[derive(Clone, Copy, Debug)]
pub struct AdagradConfig {
    /// Learning rate: 1e-2.
    pub lr: f64,
    /// Slows the rate with the steps: 0.
    pub lr_decay: f64,
    /// Coupled (L2) weight decay: 0.
    pub weight_decay: f64,
    /// What the sum of squares starts from: 0.
    pub initial_accumulator_value: f64,
    /// ε: 1e-10.
    pub eps: f64,
    /// Climb instead of descend: no.
    pub maximize: bool,
    /// Whether ε stands beside the root (torch) or under it (the note).
    pub formula: Formula,
}

impl Default for AdagradConfig {
    fn default() -> Self {
        AdagradConfig {
            lr: 1e-2,
            lr_decay: 0.0,
            weight_decay: 0.0,
            initial_accumulator_value: 0.0,
            eps: 1e-10,
            maximize: false,
            formula: Formula::Torch,
        }
    }
}

impl Adagrad {
    /// Adagrad over parameters or groups.
    ///
    /// # Panics
    /// As [`Adagrad::with`].
    #[track_caller]
    pub fn new(params: impl IntoIterator<Item = impl Into<Entry>>, lr: f64) -> Adagrad {
        Adagrad::with(params, AdagradConfig { lr, ..Default::default() })
    }

    /// Adagrad with options.
    ///
    /// # Panics
    /// If there are no parameters or a value is negative.
    #[track_caller]
    pub fn with(params: impl IntoIterator<Item = impl Into<Entry>>, config: AdagradConfig) -> Adagrad {
        let AdagradConfig { lr, lr_decay, weight_decay, initial_accumulator_value, eps, maximize, formula } =
            config;
        assert!(lr >= 0.0, "Invalid learning rate: {lr}");
        assert!(lr_decay >= 0.0, "Invalid lr_decay value: {lr_decay}");
        assert!(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}");
        assert!(
            initial_accumulator_value >= 0.0,
            "Invalid initial_accumulator_value value: {initial_accumulator_value}"
        );
        assert!(eps >= 0.0, "Invalid epsilon value: {eps}");
        let defaults = vec![
            ("lr", Value::Float(lr)),
            ("lr_decay", int_if_zero(lr_decay)),
            ("eps", Value::Float(eps)),
            ("weight_decay", int_if_zero(weight_decay)),
            ("initial_accumulator_value", int_if_zero(initial_accumulator_value)),
            ("foreach", Value::None),
            ("maximize", Value::Bool(maximize)),
            ("differentiable", Value::Bool(false)),
            ("fused", Value::None),
        ];
        let spec = Spec { name: "Adagrad", step: true, slots: &["sum"], required: 1, defaults };
        let mut adagrad = Adagrad { core: Core::new(spec, params), formula };
        adagrad.fill_sums();
        adagrad
    }

    fn fill_sums(&mut self) {
        let Core { groups, state, places, .. } = &mut self.core;
        let params = groups.iter().flat_map(|group| group.params.iter().map(move |p| (group, p)));
        for (entry, (group, p)) in params.enumerate() {
            state[places.of(entry)].ensure(0, &p.data(), group.float("initial_accumulator_value"));
        }
    }
}

impl Optimizer for Adagrad {
    fn core(&self) -> &Core {
        &self.core
    }

    fn core_mut(&mut self) -> &mut Core {
        &mut self.core
    }

    #[track_caller]
    fn add_param_group(&mut self, group: ParamGroup) {
        self.core.add_param_group(group);
        self.fill_sums();
    }

    #[track_caller]
    fn step(&mut self) {
        let formula = self.formula;
        self.core.sweep(|group| {
            let (lr, lr_decay) = (group.lr, group.float("lr_decay"));
            let start = group.float("initial_accumulator_value");
            let (eps_under, eps_beside) = formula.place_eps(group.float("eps"));
            let weight_decay = group.float("weight_decay");
            let sign = if group.flag("maximize") { -1.0 } else { 1.0 };
            move |state, w| {
                state.ensure(0, w, start);
                state.step += 1.0;
                let lr = lr / (1.0 + (f64::from(state.step) - 1.0) * lr_decay);
                AdagradRule { lr, eps_under, eps_beside, weight_decay, sign }
            }
        });
    }
}

display_core!(Adagrad);

#[derive(Clone, Copy)]
struct AdagradRule {
    lr: f64,
    eps_under: f64,
    eps_beside: f64,
    weight_decay: f64,
    sign: f64,
}

impl Rule for AdagradRule {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [s, ..]: [&mut [T]; 3], roots: Roots) {
        let [lr, eps_under, eps_beside, wd, sign] =
            [self.lr, self.eps_under, self.eps_beside, self.weight_decay, self.sign].map(T::from_f64);
        each_lanes!(w, g, [s] => {
            for i in 0..LANES {
                g[i] = wd.mul_add(w[i], sign * g[i]);
                s[i] = s[i].add_square(T::ONE, T::ONE, g[i]);
            }
            let root = T::roots(*s, eps_under, roots);
            for i in 0..LANES {
                w[i] += -lr * g[i] / (root[i] + eps_beside);
            }
        });
    }
}
