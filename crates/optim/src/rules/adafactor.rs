use nn::Options;
use tensor::{DType, Tensor};

use crate::arithmetic::{add_scaled, lerp_into, root_of};
use crate::{Core, Fields, Memory, Rule};

/// Adafactor, which keeps a mean square for each row and each column instead of each element (Shazeer &
/// Stern, *Adaptive Learning Rates with Sublinear Memory Cost*, 2018): `torch.optim.Adafactor`.
///
/// With `G` the gradient (negated by `maximize`), `t` counting from 1, `β = 1 − t^τ`, `ρ = min(lr, 1/√t)`,
/// `RMS` the root of a mean square, and `ε₁` the distance from 1 to the next number if it is not given:
///
/// - `θ ← θ·(1 − lr·weight_decay)`
/// - of matrices, also of many: `R ← β·R + (1 − β)·(mean of G² along rows)`, `C` along columns,
///   `V = R·C / max(mean of R, ε₁)`; of vectors: `V ← β·V + (1 − β)·G²`
/// - `U = G / √max(V, ε₁²)`
/// - `θ ← θ − max(ε₂, RMS(θ))·ρ / max(1, RMS(U)/d) · U`, with `RMS(θ)` before the decay
///
/// Options: [`AdafactorOptions`]. State: `step`, and [`AdafactorMemory`].
///
/// ```
/// use optim::{Adafactor, Optimizer};
///
/// let w = nn::Parameter::new(tensor::ones([2, 3]));
/// let mut optim = Adafactor::new([w.clone()], 0.5);
/// w.set_grad(Some(tensor::full([2, 3], -4.0)));
/// optim.step(); // half of the parameter's size, whatever the gradient's
/// assert!(w.data().allclose(&tensor::full([2, 3], 1.5), 1e-6, 0.0));
/// assert_eq!(optim.state()[0].memory.row_var.as_ref().unwrap().shape(), [2, 1]);
/// ```
pub type Adafactor = Core<AdafactorOptions>;

/// The options of [`Adafactor`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct AdafactorOptions {
    /// The largest relative step, and the rate of the decay: 1e-2.
    #[option(default = 1e-2, check(lr >= 0.0, "Learning rate should be >= 0 but is: {lr}"))]
    pub lr: f64,
    /// τ, at most 0: -0.8.
    #[option(default = -0.8, check(beta2_decay <= 0.0, "beta2_decay should be <= 0 but is: {beta2_decay}"))]
    pub beta2_decay: f64,
    /// ε₁, the type's own if there is none, and ε₂: (None, 1e-3).
    #[option(default = (None, 1e-3))]
    #[option(check(eps.0.is_none_or(|eps| eps >= 0.0), "epsilon1 should be >= 0 but is: {:?}", eps.0.unwrap_or(0.0)))]
    #[option(check(eps.1 >= 0.0, "epsilon2 should be >= 0 but is: {:?}", eps.1))]
    pub eps: (Option<f64>, f64),
    /// The size above which an update is clipped, at least 1: 1.
    #[option(default = 1.0, check(d >= 1.0, "Clipping threshold d should be >= 1 but is: {d}"))]
    pub d: f64,
    /// Decoupled weight decay: 0.
    #[option(check(weight_decay >= 0.0, "weight_decay should be >= 0 but is: {weight_decay}"))]
    #[option(followed_by(foreach = None))]
    pub weight_decay: f64,
    /// Climb instead of descend: no.
    pub maximize: bool,
}

/// The mean squares that [`Adafactor`] keeps of a parameter: of its rows and columns, or of its elements if
/// it is a vector or a number.
#[derive(Clone, Debug, Default)]
pub struct AdafactorMemory {
    /// Of each row: the shape of the parameter, 1 for the last axis.
    pub row_var: Option<Tensor>,
    /// Of each column: the shape of the parameter, 1 for the last axis but one.
    pub col_var: Option<Tensor>,
    /// Of each element.
    pub variance: Option<Tensor>,
}

impl Memory for AdafactorMemory {
    fn fields(&mut self, fields: &mut Fields<'_>) {
        fields.tensor("row_var", &mut self.row_var);
        fields.tensor("col_var", &mut self.col_var);
        fields.tensor("variance", &mut self.variance);
    }

    fn cast(&mut self, dtype: DType) {
        for kept in self.all().into_iter().flatten() {
            *kept = kept.to_dtype(dtype).contiguous();
        }
    }

    fn misfit(&self, w: &Tensor) -> Option<(&'static str, &Tensor)> {
        let all = [("row_var", &self.row_var), ("col_var", &self.col_var), ("variance", &self.variance)];
        let mut all = all.into_iter().zip(shapes(w));
        all.find_map(|((name, kept), shape)| {
            let kept = kept.as_ref()?;
            let fits = kept.dtype() == w.dtype() && Some(kept.shape()) == shape.as_deref();
            (!fits).then_some((name, kept))
        })
    }
}

impl AdafactorMemory {
    fn all(&mut self) -> [&mut Option<Tensor>; 3] {
        [&mut self.row_var, &mut self.col_var, &mut self.variance]
    }
}

/// The shapes of the mean squares of the parameter `w`.
fn shapes(w: &Tensor) -> [Option<Vec<usize>>; 3] {
    let shape = w.shape();
    let with_one = |from_end: usize| {
        let mut shape = shape.to_vec();
        shape[w.ndim() - from_end] = 1;
        Some(shape)
    };
    if w.ndim() > 1 { [with_one(1), with_one(2), None] } else { [None, None, Some(shape.to_vec())] }
}

impl Rule for AdafactorOptions {
    const NAME: &'static str = "Adafactor";
    type Memory = AdafactorMemory;

    fn step(core: &mut Core<Self>) {
        core.each(|options, w, g, state| {
            let g = if options.maximize { -g } else { g.clone() };
            options.update(w, g, f64::from(state.step), &mut state.memory);
        });
    }
}

impl AdafactorOptions {
    fn update(&self, w: &mut Tensor, g: Tensor, t: f64, memory: &mut AdafactorMemory) {
        let AdafactorOptions { lr, beta2_decay, eps, d, weight_decay, .. } = *self;
        let eps1 = eps.0.unwrap_or(if w.dtype() == DType::F64 { f64::EPSILON } else { f32::EPSILON.into() });
        let fresh = t.powf(beta2_decay);
        let rho = lr.min(1.0 / root_of(t));
        let size = root_of(w.numel() as f64);
        let alpha = eps.1.max(w.norm(2.0).item() / size) * rho;
        if weight_decay != 0.0 {
            *w = w.mul_scalar(1.0 - lr * weight_decay);
        }
        for (kept, shape) in memory.all().into_iter().zip(shapes(w)) {
            if let (None, Some(shape)) = (&kept, shape) {
                *kept = Some(tensor::zeros_dtype(shape, w.dtype()));
            }
        }
        let mean_square = match memory.all() {
            [Some(rows), Some(columns), _] => {
                let mean = |axis: isize| {
                    let norm = g.norm_dim(2.0, [axis], true);
                    (&norm * &norm).div_scalar(g.size(axis) as f64)
                };
                lerp_into(rows, &mean(-1), fresh);
                lerp_into(columns, &mean(-2), fresh);
                rows.matmul(columns) / rows.mean_dim(-2, true).clamp(Some(eps1), None)
            }
            [_, _, Some(variance)] => {
                lerp_into(variance, &(&g * &g), fresh);
                variance.clone()
            }
            _ => unreachable!("a parameter has rows and columns or neither"),
        };
        let update = mean_square.clamp(Some(eps1 * eps1), None).rsqrt() * g;
        let clipped = 1.0_f64.max(update.norm(2.0).item() / (size * d));
        add_scaled(w, -alpha / clipped, &update);
    }
}
