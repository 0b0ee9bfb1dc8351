use nn::Options;

use crate::arithmetic::{LANES, each_lanes, sign};
use crate::{Core, Fields, Memory, Real, Roots, Rule, Update};

/// Adam that leaves alone what a gradient does not reach: `torch.optim.SparseAdam`, for tables of which a
/// batch looks up a few rows.
///
/// With `g` the gradient (negated by `maximize`) and `t` counting from 1, where there is a gradient:
///
/// - `m ← m + (1 − β₁)·(g − m)`, `v ← v + (1 − β₂)·(g² − v)`
/// - `θ ← θ − lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε)`
///
/// Gradients here are dense. An element of −0.0, the zero that changes nothing when it is added, is one that
/// is not there: `nn::Embedding` with the option `sparse` fills the rows that were not looked up with it, and
/// sums of such gradients keep it. Any other number counts, +0.0 too, as in torch, which refuses gradients
/// that are not sparse.
///
/// Options: [`SparseAdamOptions`]. State: `step`, `exp_avg`, `exp_avg_sq`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Embedding, EmbeddingOptions, Forward, Module};
/// use optim::{Optimizer, SparseAdam};
/// use tensor::Tensor;
///
/// let table = Embedding::with(4, 1, EmbeddingOptions { sparse: true, ..Default::default() });
/// table.weight.set_data(tensor::ones([4, 1]));
/// let mut optim = SparseAdam::new(table.parameters(), 0.25);
/// for words in [[0i64, 1], [1, 3]] {
///     optim.zero_grad();
///     table.forward(&Variable::new(Tensor::from(words))).sum().backward();
///     optim.step(); // row 0 rests in the second step; Adam would move it on
/// }
/// assert!((table.weight.data().select(0, 0).item() - 0.75).abs() < 1e-6);
/// assert_eq!(table.weight.data().select(0, 2).item(), 1.0);
/// ```
pub type SparseAdam = Core<SparseAdamOptions>;

/// The options of [`SparseAdam`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct SparseAdamOptions {
    /// Learning rate, above 0: 1e-3.
    #[option(default = 1e-3, check(lr > 0.0, "Invalid learning rate: {lr}"))]
    pub lr: f64,
    /// Shares of the mean and of the mean square kept at each step, below 1: (0.9, 0.999).
    #[option(default = (0.9, 0.999))]
    #[option(check((0.0..1.0).contains(&betas.0), "Invalid beta parameter at index 0: {}", betas.0))]
    #[option(check((0.0..1.0).contains(&betas.1), "Invalid beta parameter at index 1: {}", betas.1))]
    pub betas: (f64, f64),
    /// ε, above 0: 1e-8.
    #[option(default = 1e-8, check(eps > 0.0, "Invalid epsilon value: {eps}"))]
    pub eps: f64,
    /// Climb instead of descend: no.
    pub maximize: bool,
}

/// What [`SparseAdam`] remembers of a parameter besides its means.
#[derive(Clone, Debug, Default)]
pub struct SparseAdamMemory {
    /// Steps taken with a gradient, a whole number in torch's files.
    pub step: i64,
}

impl Memory for SparseAdamMemory {
    fn fields(&mut self, fields: &mut Fields<'_>) {
        fields.int("step", &mut self.step);
    }
}

impl Rule for SparseAdamOptions {
    const NAME: &'static str = "SparseAdam";
    const SLOTS: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];
    const COUNTS: bool = false;
    type Memory = SparseAdamMemory;

    fn step(core: &mut Core<Self>) {
        core.sweep(|options, at| {
            at.memory.step += 1;
            let (t, (beta1, beta2)) = (at.memory.step as f64, options.betas);
            let rate = options.lr * (1.0 - beta2.powf(t)).sqrt() / (1.0 - beta1.powf(t));
            SparseAdamOptions { lr: rate, ..*options }
        });
    }
}

/// With the rate of the step for `lr`.
impl Update<2> for SparseAdamOptions {
    #[inline(always)]
    fn apply<T: Real>(self, w: &mut [T], g: &[T], [m, v]: [&mut [T]; 2], roots: Roots) {
        let SparseAdamOptions { lr, betas: (beta1, beta2), eps, maximize } = self;
        let [lr, fresh1, fresh2, eps, sign] =
            [lr, 1.0 - beta1, 1.0 - beta2, eps, sign(maximize)].map(T::from_f64);
        each_lanes!(w, g, [m, v] => {
            let mut there = [false; LANES];
            let (mut mean, mut square) = (*m, *v);
            for i in 0..LANES {
                there[i] = !g[i].is_minus_zero();
                let g = sign * g[i];
                mean[i] += (g - mean[i]) * fresh1;
                square[i] += (g * g - square[i]) * fresh2;
            }
            let root = T::roots(square, T::ZERO, roots);
            for i in 0..LANES {
                if there[i] {
                    w[i] += mean[i] / (root[i] + eps) * -lr;
                    (m[i], v[i]) = (mean[i].flushed(), square[i].flushed());
                }
            }
        });
    }
}
