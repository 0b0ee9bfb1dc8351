use nn::Options;

use crate::arithmetic::{constants, sign};
use crate::{Core, Fields, Memory, Real, Roots, Rule, Update};

/// Averaged gradient descent (Polyak & Juditsky, *Acceleration of Stochastic Approximation by Averaging*,
/// 1992): `torch.optim.ASGD`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`) and `t` counting from 1:
///
/// - `θ ← θ·(1 − λ·η) − η·g`
/// - `a ← a + μ·(θ − a)`, the mean of the parameters since step `t0`
/// - `η ← lr/(1 + λ·lr·t)^α` and `μ ← 1/max(1, t − t0)` for the next step; `η` starts as `lr`, `μ` as 1
///
/// The mean is for whoever reads it, slot 0 of the [`State`](crate::State); the parameters go their way
/// without it. [`AveragedModel`](crate::swa_utils::AveragedModel) averages whatever the optimizer.
///
/// Options: [`ASGDOptions`]. State: `step`, `eta`, `mu`, `ax`.
///
/// ```
/// use optim::{ASGD, Optimizer};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let mut optim = ASGD::new([w.clone()], 0.5);
/// w.set_grad(Some(tensor::Tensor::from([-3.0_f32])));
/// optim.step();
/// assert!((w.data().item() - (0.99995 + 1.5)).abs() < 1e-6);
/// assert_eq!(optim.state()[0].slot(0).unwrap().item(), w.data().item());
/// ```
pub type ASGD = Core<ASGDOptions>;

/// The options of [`ASGD`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct ASGDOptions {
    /// Learning rate: 1e-2.
    #[option(default = 1e-2, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    pub lr: f64,
    /// Decay, and how fast the rate falls: 1e-4.
    #[option(default = 1e-4, check(lambd >= 0.0, "Invalid lambd value: {lambd}"))]
    pub lambd: f64,
    /// The power with which the rate falls: 0.75.
    #[option(default = 0.75, check(alpha >= 0.0, "Invalid alpha value: {alpha}"))]
    pub alpha: f64,
    /// The step at which averaging starts: 1e6.
    #[option(default = 1e6)]
    pub t0: f64,
    /// Coupled (L2) weight decay: 0.
    #[option(int_if_zero, check(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}"))]
    #[option(followed_by(foreach = None))]
    pub weight_decay: f64,
    /// Climb instead of descend: no.
    #[option(followed_by(differentiable = false, capturable = false))]
    pub maximize: bool,
}

/// What [`ASGD`] remembers of a parameter besides its mean: numbers for the next step, `f32` as in torch.
#[derive(Clone, Debug)]
pub struct ASGDMemory {
    /// The rate.
    pub eta: f32,
    /// The share that the mean takes of the parameter.
    pub mu: f32,
}

impl Default for ASGDMemory {
    fn default() -> Self {
        ASGDMemory { eta: 0.0, mu: 1.0 }
    }
}

impl Memory for ASGDMemory {
    fn fields(&mut self, fields: &mut Fields<'_>) {
        fields.scalar("eta", &mut self.eta);
        fields.scalar("mu", &mut self.mu);
    }
}

impl Rule for ASGDOptions {
    const NAME: &'static str = "ASGD";
    const SLOTS: &'static [&'static str] = &["ax"];
    type Memory = ASGDMemory;

    fn step(core: &mut Core<Self>) {
        core.sweep(|options, at| {
            let ASGDOptions { lr, lambd, alpha, t0, .. } = *options;
            if at.first {
                at.memory.eta = lr as f32;
            }
            let [eta, mu] = [at.memory.eta, at.memory.mu].map(f64::from);
            at.memory.eta = (lr / (1.0 + lambd * lr * at.step).powf(alpha)) as f32;
            at.memory.mu = (1.0 / (at.step - t0).max(1.0)) as f32;
            ASGDStep { options: *options, eta, mu }
        });
    }
}

#[derive(Clone, Copy)]
struct ASGDStep {
    options: ASGDOptions,
    eta: f64,
    mu: f64,
}

impl Update<1> for ASGDStep {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [a]: [&mut [T]; 1], _: Roots) {
        let ASGDStep { options: ASGDOptions { lambd, weight_decay, maximize, .. }, eta, mu } = self;
        let averages = mu != 1.0;
        let [keep, eta, mu, wd, sign] =
            [1.0 - lambd * eta, eta, mu, weight_decay, sign(maximize)].map(T::from_f64);
        constants!([AVERAGES = averages] => {
            // Element by element: blocks of lanes without a root inside are gathered and scattered by the
            // compiler, which takes nine times as long.
            let n = w.len();
            let (g, a) = (&g[..n], &mut a[..n]);
            for i in 0..n {
                let step = wd.mul_add(w[i], sign * g[i]);
                let moved = (-eta).mul_add(step, keep * w[i]);
                a[i] = if AVERAGES { a[i] + (moved - a[i]) * mu } else { moved };
                w[i] = moved;
            }
        });
    }
}
