use nn::Options;

use crate::arithmetic::{LANES, each_lanes, sign};
use crate::{Core, Real, Roots, Rule, Update};

/// Resilient backpropagation (Riedmiller & Braun, *A Direct Adaptive Method for Faster Backpropagation
/// Learning*, 1993): `torch.optim.Rprop`.
///
/// With `g` the gradient (negated by `maximize`), `p` the one before, and for each element:
///
/// - `g·p > 0`: `s ← min(s·η₊, s_max)`
/// - `g·p < 0`: `s ← max(s·η₋, s_min)`, and `g ← 0`
/// - `θ ← θ − s·sign(g)`, `p ← g`
///
/// The steps `s` start as `lr`. For whole data sets: gradients of small batches change their signs too
/// often.
///
/// Options: [`RpropOptions`]. State: `step`, `prev`, `step_size`.
///
/// ```
/// use optim::{Optimizer, Rprop};
///
/// let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32]));
/// let mut optim = Rprop::new([w.clone()], 0.5);
/// w.set_grad(Some(tensor::Tensor::from([-3.0_f32])));
/// optim.step();
/// assert_eq!(w.data().to_vec::<f32>(), [1.5]);
/// optim.step(); // the same direction, 1.2 times the step
/// assert_eq!(w.data().to_vec::<f32>(), [2.1]);
/// ```
pub type Rprop = Core<RpropOptions>;

/// The options of [`Rprop`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct RpropOptions {
    /// The first step: 1e-2.
    #[option(default = 1e-2, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    pub lr: f64,
    /// What a step is multiplied by where the gradient has changed its sign, and where not: (0.5, 1.2).
    #[option(default = (0.5, 1.2), check(
        0.0 < etas.0 && etas.0 < 1.0 && 1.0 < etas.1,
        "Invalid eta values: {:?}, {:?}", etas.0, etas.1
    ))]
    pub etas: (f64, f64),
    /// The smallest step and the largest: (1e-6, 50).
    #[option(default = (1e-6, 50.0), int_if_whole, followed_by(foreach = None))]
    pub step_sizes: (f64, f64),
    /// Climb instead of descend: no.
    #[option(followed_by(differentiable = false, capturable = false))]
    pub maximize: bool,
}

impl Rule for RpropOptions {
    const NAME: &'static str = "Rprop";
    const SLOTS: &'static [&'static str] = &["prev", "step_size"];
    type Memory = ();

    fn fill(&self, i: usize) -> f64 {
        [0.0, self.lr][i]
    }

    fn step(core: &mut Core<Self>) {
        core.sweep(|options, _| *options);
    }
}

impl Update<2> for RpropOptions {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [p, s]: [&mut [T]; 2], _: Roots) {
        let RpropOptions { etas, step_sizes, maximize, .. } = self;
        let [less, more, smallest, largest, sign] =
            [etas.0, etas.1, step_sizes.0, step_sizes.1, sign(maximize)].map(T::from_f64);
        each_lanes!(w, g, [p, s] => {
            for i in 0..LANES {
                let g = sign * g[i];
                let same = g * p[i];
                let turned = same < T::ZERO;
                let factor = if turned { less } else { T::ONE };
                let mut step = s[i] * if same > T::ZERO { more } else { factor };
                step = if step < smallest { smallest } else { step };
                step = if step > largest { largest } else { step };
                s[i] = step;
                p[i] = if turned { T::ZERO } else { g };
                let move_by = if p[i] < T::ZERO { step } else { T::ZERO };
                w[i] += if p[i] > T::ZERO { -step } else { move_by };
            }
        });
    }
}
