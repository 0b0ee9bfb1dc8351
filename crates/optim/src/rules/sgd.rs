use nn::{OptionError, Options};

use crate::arithmetic::{constants, sign};
use crate::{Core, Formula, Real, Roots, Rule, Update};

/// Stochastic gradient descent, with momentum if asked: `torch.optim.SGD`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`), `μ` the
/// momentum and `τ` the dampening:
///
/// - `μ = 0`: `θ ← θ − lr·g`
/// - `v ← μ·v + (1 − τ)·g`, `θ ← θ − lr·v`, where the first `v` is `g` itself, not dampened
/// - `nesterov`: `θ ← θ − lr·(g + μ·v)` (Sutskever et al., *On the importance of
///   initialization and momentum*, 2013)
/// - [`Formula::Textbook`]: `v ← μ·v + lr·g`, `θ ← θ − v`. The same path while `lr` is constant; when a
///   schedule lowers it, the buffer keeps the old rate in what it has gathered. Dampening and nesterov do not
///   exist there.
///
/// Options: [`SGDOptions`]. State: `momentum_buffer`, if `μ ≠ 0`.
///
/// ```
/// use optim::{Optimizer, SGD};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32, -1.0]));
/// let mut optim = SGD::new([w.clone()], 0.5);
/// w.set_grad(Some(tensor::Tensor::from([1.0_f32, 2.0])));
/// optim.step();
/// assert_eq!(w.data().to_vec::<f32>(), [0.5, -2.0]);
/// ```
pub type SGD = Core<SGDOptions>;

/// The options of [`SGD`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct SGDOptions {
    /// Learning rate: 1e-3.
    #[option(default = 1e-3, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    pub lr: f64,
    /// Share of the buffer kept at each step: 0.
    #[option(int_if_zero, check(momentum >= 0.0, "Invalid momentum value: {momentum}"))]
    pub momentum: f64,
    /// Share of the gradient left out of the buffer: 0.
    #[option(int_if_zero)]
    pub dampening: f64,
    /// Coupled (L2) weight decay: 0.
    #[option(int_if_zero, check(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}"))]
    pub weight_decay: f64,
    /// Nesterov's form of momentum, which needs a momentum and no dampening: no.
    #[option(check(
        !nesterov || momentum > 0.0 && dampening == 0.0,
        "Nesterov momentum requires a momentum and zero dampening"
    ))]
    pub nesterov: bool,
    /// Climb instead of descend: no.
    #[option(followed_by(foreach = None, differentiable = false, fused = None))]
    pub maximize: bool,
    /// Whether the momentum buffer holds gradients (torch) or steps (textbooks).
    #[option(skip)]
    pub formula: Formula,
}

impl Rule for SGDOptions {
    const NAME: &'static str = "SGD";
    const SLOTS: &'static [&'static str] = &["momentum_buffer"];
    const COUNTS: bool = false;
    type Memory = ();

    fn uses(&self, _: usize) -> bool {
        self.momentum != 0.0
    }

    fn possible(&self) -> Result<(), OptionError> {
        match self.formula {
            Formula::Textbook if self.nesterov || self.dampening != 0.0 => {
                Err(OptionError::new("the textbooks' momentum has neither dampening nor nesterov"))
            }
            _ => Ok(()),
        }
    }

    fn step(core: &mut Core<Self>) {
        core.sweep(|options, at| SGDStep { options: *options, first: at.first });
    }
}

#[derive(Clone, Copy)]
struct SGDStep {
    options: SGDOptions,
    first: bool,
}

impl Update<1> for SGDStep {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [v]: [&mut [T]; 1], _: Roots) {
        let SGDOptions { lr, momentum, dampening, weight_decay, nesterov, maximize, formula } = self.options;
        let fresh = if self.first { 1.0 } else { 1.0 - dampening };
        let textbook = momentum != 0.0 && formula == Formula::Textbook;
        let (gathered, rate) = if textbook { (lr, 1.0) } else { (fresh, lr) };
        let [mu, gathered, rate, wd, sign] =
            [momentum, gathered, rate, weight_decay, sign(maximize)].map(T::from_f64);
        constants!([
            DECAY = weight_decay != 0.0, MOMENTUM = momentum != 0.0, NESTEROV = nesterov, TEXTBOOK = textbook
        ] => {
            let n = w.len();
            let (g, v) = (&g[..n], &mut v[..if MOMENTUM { n } else { 0 }]);
            if self.first {
                // A parameter listed twice has two first steps, and the buffer of the other may be infinite.
                v.fill(T::ZERO);
            }
            for i in 0..n {
                let mut step = sign * g[i];
                if DECAY {
                    step = wd.mul_add(w[i], step);
                }
                if MOMENTUM {
                    let sum = if TEXTBOOK {
                        mu * v[i] + gathered * step
                    } else {
                        gathered.mul_add(step, mu * v[i])
                    };
                    v[i] = sum.flushed();
                    step = if NESTEROV { mu.mul_add(v[i], step) } else { v[i] };
                }
                w[i] = (-rate).mul_add(step, w[i]);
            }
        });
    }
}
