use nn::Options;

use crate::arithmetic::{LANES, each_lanes, sign};
use crate::{Core, Formula, Real, Roots, Rule, Update};

/// Adagrad (Duchi, Hazan & Singer, *Adaptive Subgradient Methods*, 2011): `torch.optim.Adagrad`.
///
/// With `g` the gradient (negated by `maximize`, plus `weight_decay·θ`) and `t` counting from 1:
///
/// `s ← s + g²`, `θ ← θ − lr/(1 + (t − 1)·lr_decay) · g / (√s + ε)`
///
/// [`Formula::Textbook`] divides by `√(s + ε)`; the textbooks' ε is torch's, 1e-10.
///
/// Options: [`AdagradOptions`]. State: `step`, `sum`, both there from the start.
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
pub type Adagrad = Core<AdagradOptions>;

/// The options of [`Adagrad`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct AdagradOptions {
    /// Learning rate: 1e-2.
    #[option(default = 1e-2, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    pub lr: f64,
    /// Slows the rate with the steps: 0.
    #[option(int_if_zero, check(lr_decay >= 0.0, "Invalid lr_decay value: {lr_decay}"))]
    pub lr_decay: f64,
    /// ε: 1e-10.
    #[option(default = 1e-10, check(eps >= 0.0, "Invalid epsilon value: {eps}"))]
    pub eps: f64,
    /// Coupled (L2) weight decay: 0.
    #[option(int_if_zero, check(weight_decay >= 0.0, "Invalid weight_decay value: {weight_decay}"))]
    pub weight_decay: f64,
    /// The number that the sum of squares starts from: 0.
    #[option(int_if_zero, followed_by(foreach = None), check(
        initial_accumulator_value >= 0.0,
        "Invalid initial_accumulator_value value: {initial_accumulator_value}"
    ))]
    pub initial_accumulator_value: f64,
    /// Climb instead of descend: no.
    #[option(followed_by(differentiable = false, fused = None))]
    pub maximize: bool,
    /// Whether ε stands beside the root (torch) or under it (textbooks).
    #[option(skip)]
    pub formula: Formula,
}

impl Rule for AdagradOptions {
    const NAME: &'static str = "Adagrad";
    const SLOTS: &'static [&'static str] = &["sum"];
    const EAGER: bool = true;
    type Memory = ();

    fn fill(&self, _: usize) -> f64 {
        self.initial_accumulator_value
    }

    fn step(core: &mut Core<Self>) {
        core.sweep(|options, at| {
            let lr = options.lr / (1.0 + (at.step - 1.0) * options.lr_decay);
            AdagradOptions { lr, ..*options }
        });
    }
}

/// With the rate of the step for `lr`.
impl Update<1> for AdagradOptions {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [s]: [&mut [T]; 1], roots: Roots) {
        let (eps_under, eps_beside) = self.formula.place_eps(self.eps);
        let [lr, eps_under, eps_beside, wd, sign] =
            [self.lr, eps_under, eps_beside, self.weight_decay, sign(self.maximize)].map(T::from_f64);
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
