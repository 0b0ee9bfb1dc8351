use nn::Options;

use crate::arithmetic::{LANES, constants, each_lanes, lerp, sign};
use crate::{Core, Formula, Real, Roots, Rule, Update};

/// RMSprop (Tieleman & Hinton, *Lecture 6.5*, 2012), centered if asked (Graves, 2013): `torch.optim.RMSprop`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`):
///
/// - `s ← α·s + (1 − α)·g²`, `r = √s + ε`, `θ ← θ − lr·g / r`
/// - `centered`: `ḡ ← α·ḡ + (1 − α)·g`, `r = √(s − ḡ²) + ε`
/// - `momentum` μ: `v ← μ·v + g / r`, `θ ← θ − lr·v`
///
/// [`Formula::Textbook`] has ε under the root, where textbooks make it 1e-10.
///
/// Options: [`RMSpropOptions`]. State: `step`, `square_avg`, with momentum
/// `momentum_buffer`, centered `grad_avg`.
///
/// ```
/// use optim::{Optimizer, RMSprop, RMSpropOptions};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let mut optim = RMSprop::with([w.clone()], RMSpropOptions { alpha: 0.75, ..Default::default() });
/// w.set_grad(Some(tensor::Tensor::from([-3.0_f32])));
/// optim.step(); // s = 9/4, so the step is 0.01·3/1.5
/// assert!((w.data().item() - 1.02).abs() < 1e-6);
/// ```
pub type RMSprop = Core<RMSpropOptions>;

/// The options of [`RMSprop`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct RMSpropOptions {
    /// Learning rate: 1e-2.
    #[option(default = 1e-2, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    pub lr: f64,
    /// Share of the momentum buffer kept at each step: 0, no buffer.
    #[option(int_if_zero, check(momentum >= 0.0, "Invalid momentum value: {momentum}"))]
    pub momentum: f64,
    /// Share of the mean square kept at each step: 0.99.
    #[option(default = 0.99, check(alpha >= 0.0, "Invalid alpha value: {alpha}"))]
    pub alpha: f64,
    /// ε: 1e-8.
    #[option(default = 1e-8, check(eps >= 0.0, "Invalid epsilon value: {eps}"))]
    pub eps: f64,
    /// Divide by the gradient's standard deviation instead of its root mean square: no.
    pub centered: bool,
    /// Coupled (L2) weight decay: 0.
    #[option(int_if_zero, check(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}"))]
    #[option(followed_by(capturable = false, foreach = None))]
    pub weight_decay: f64,
    /// Climb instead of descend: no.
    #[option(followed_by(differentiable = false))]
    pub maximize: bool,
    /// Whether ε stands beside the root (torch) or under it (textbooks).
    #[option(skip)]
    pub formula: Formula,
}

impl Rule for RMSpropOptions {
    const NAME: &'static str = "RMSprop";
    const SLOTS: &'static [&'static str] = &["square_avg", "momentum_buffer", "grad_avg"];
    type Memory = ();

    fn uses(&self, i: usize) -> bool {
        [true, self.momentum > 0.0, self.centered][i]
    }

    fn step(core: &mut Core<Self>) {
        core.sweep(|options, _| *options);
    }
}

impl Update<3> for RMSpropOptions {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [s, v, mean]: [&mut [T]; 3], roots: Roots) {
        let RMSpropOptions { lr, momentum, alpha, eps, centered, weight_decay, maximize, formula } = self;
        let (eps_under, eps_beside) = formula.place_eps(eps);
        let [lr, alpha, fresh, eps_under, eps_beside, wd, mu, sign] =
            [lr, alpha, 1.0 - alpha, eps_under, eps_beside, weight_decay, momentum, sign(maximize)]
                .map(T::from_f64);
        constants!([CENTERED = centered, MOMENTUM = momentum > 0.0] => {
            each_lanes!(w, g, [s, v if MOMENTUM, mean if CENTERED] => {
                let mut variance = *s;
                for i in 0..LANES {
                    g[i] = wd.mul_add(w[i], sign * g[i]);
                    s[i] = s[i].add_square(alpha, fresh, g[i]);
                    variance[i] = s[i];
                    if CENTERED {
                        mean[i] = lerp(mean[i], g[i], fresh).flushed();
                        variance[i] = (-mean[i]).mul_add(mean[i], s[i]);
                    }
                }
                let root = T::roots(variance, eps_under, roots);
                for i in 0..LANES {
                    if MOMENTUM {
                        v[i] = (mu * v[i] + g[i] / (root[i] + eps_beside)).flushed();
                        w[i] = (-lr).mul_add(v[i], w[i]);
                    } else {
                        w[i] += -lr * g[i] / (root[i] + eps_beside);
                    }
                }
            });
        });
    }
}
