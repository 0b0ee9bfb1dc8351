use nn::{OptionError, Options, Parameter};
use serde::{Deserialize, Serialize};
use tensor::dispatch::bf16;
use tensor::kernels::gemm::Bf16Product;
use tensor::kernels::mat::{Mat, MatMut};
use tensor::{DType, Tensor};

use crate::arithmetic::{add_scaled, lerp_into};
use crate::{Core, Rule};

/// Muon, momentum whose matrix is made orthogonal (Jordan et al., *Muon: An optimizer for hidden layers in
/// neural networks*, 2024): `torch.optim.Muon`. It is for matrices; what else a net has goes to another
/// optimizer.
///
/// With `g` the gradient and `μ` the momentum:
///
/// - `b ← μ·b + (1 − μ)·g`, and `u = (1 − μ)·g + μ·b` with `nesterov`, else `u = b`
/// - `O`: `u` over its norm (or `eps`), then `ns_steps` times `X ← a·X + (b·A + c·A²)·X` with `A = X·Xᵀ` and
///   `ns_coefficients` (a, b, c), which brings its singular values near 1. As in torch, in `bfloat16`
/// - `θ ← θ·(1 − lr·weight_decay)`, `θ ← θ − r·lr·O`, with `r` from [`AdjustLr`]
///
/// Options: [`MuonOptions`]. State: `momentum_buffer`.
///
/// ```
/// use optim::{Muon, Optimizer};
///
/// let w = nn::Parameter::new(tensor::zeros([2, 2]));
/// let mut optim = Muon::new([w.clone()], 0.5);
/// w.set_grad(Some(tensor::Tensor::from([[3.0_f32, 0.0], [0.0, 3.0]])));
/// optim.step(); // near 0.5 times the unit matrix, whatever the gradient's size
/// assert!((w.data().select(0, 0).select(0, 0).item() + 0.5).abs() < 0.2);
/// ```
pub type Muon = Core<MuonOptions>;

/// The options of [`Muon`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct MuonOptions {
    /// Learning rate: 1e-3.
    #[option(default = 1e-3, check(lr >= 0.0, "Learning rate should be >= 0 but is: {lr}"))]
    pub lr: f64,
    /// Decoupled weight decay: 0.1.
    #[option(default = 0.1, check(weight_decay >= 0.0, "weight decay should be >= 0 but is: {weight_decay}"))]
    pub weight_decay: f64,
    /// Share of the buffer kept at each step: 0.95.
    #[option(default = 0.95, check(momentum >= 0.0, "momentum should be >= 0 but is: {momentum}"))]
    pub momentum: f64,
    /// Nesterov's form of momentum: yes.
    #[option(default = true)]
    pub nesterov: bool,
    /// The coefficients of an iteration: (3.4445, -4.775, 2.0315).
    #[option(default = (3.4445, -4.775, 2.0315))]
    pub ns_coefficients: (f64, f64, f64),
    /// The least number that a norm counts as: 1e-7.
    #[option(default = 1e-7)]
    pub eps: f64,
    /// Iterations, below 100: 5.
    #[option(default = 5)]
    pub ns_steps: usize,
    /// How the rate follows the matrix's shape: none, as [`AdjustLr::Original`].
    pub adjust_lr_fn: Option<AdjustLr>,
}

/// How the rate of [`Muon`] follows the shape of a matrix of `m` rows and `n` columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustLr {
    /// `√max(1, m/n)`, as its inventors have it.
    Original,
    /// `0.2·√max(m, n)`, so that rates and decays for AdamW can be taken over.
    MatchRmsAdamw,
    /// `√(m/n)`
    SpectralUnclamped,
}
tensor::option_value!(AdjustLr);

impl Rule for MuonOptions {
    const NAME: &'static str = "Muon";
    const SLOTS: &'static [&'static str] = &["momentum_buffer"];
    const COUNTS: bool = false;
    type Memory = ();

    fn accepts(p: &Parameter) -> Result<(), OptionError> {
        match &p.shape()[..] {
            [_, _] => Ok(()),
            shape => Err(OptionError::new(format!(
                "only supports 2D parameters whereas we found a parameter with size: {shape:?}"
            ))),
        }
    }

    fn possible(&self) -> Result<(), OptionError> {
        match self.ns_steps {
            0..100 => Ok(()),
            _ => Err(OptionError::new("Number of steps must be less than 100 for computational efficiency")),
        }
    }

    fn step(core: &mut Core<Self>) {
        core.each(|options, w, g, state| {
            let buffer = state.slot_mut(0).expect("the step has made it");
            lerp_into(buffer, g, 1.0 - options.momentum);
            let update = match options.nesterov {
                true => {
                    let mut update = g.contiguous();
                    lerp_into(&mut update, buffer, options.momentum);
                    update
                }
                false => buffer.clone(),
            };
            let update = options.orthogonal(&update).to_dtype(w.dtype());
            let rate = options.adjusted(w.shape());
            *w = w.mul_scalar(1.0 - options.lr * options.weight_decay);
            add_scaled(w, -rate, &update);
        });
    }
}

impl MuonOptions {
    /// `u` with singular values near 1, in `bfloat16`: each result is rounded, sums inside are not.
    fn orthogonal(&self, u: &Tensor) -> Tensor {
        let (a, b, c) = self.ns_coefficients;
        let [a, b, c] = [a, b, c].map(|coefficient| coefficient as f32);
        let tall = u.size(0) > u.size(1);
        let rounded = |x: Tensor| x.to_dtype(DType::BF16).to_dtype(DType::F32);
        let mut x = rounded(u.to_dtype(DType::F32));
        if tall {
            x = x.t().contiguous();
        }
        let least = rounded(Tensor::from(self.eps as f32));
        x = (&x / &rounded(x.norm(2.0)).maximum(&least)).to_dtype(DType::BF16);
        for _ in 0..self.ns_steps {
            let old = matrix(&x);
            let gram = product(Bf16Product { symmetric: true, ..Bf16Product::new(old, old.t()) });
            let gram = matrix(&gram);
            let plus = Some((b, gram));
            let update = Bf16Product { alpha: c, plus, symmetric: true, ..Bf16Product::new(gram, gram) };
            let update = product(update);
            x = product(Bf16Product { plus: Some((a, old)), ..Bf16Product::new(matrix(&update), old) });
        }
        if tall { x.t().contiguous() } else { x }
    }

    fn adjusted(&self, shape: &[usize]) -> f64 {
        let [m, n] = [shape[0] as f64, shape[1] as f64];
        let ratio = match self.adjust_lr_fn {
            None | Some(AdjustLr::Original) => (m / n).max(1.0).sqrt(),
            Some(AdjustLr::MatchRmsAdamw) => 0.2 * m.max(n).sqrt(),
            Some(AdjustLr::SpectralUnclamped) => (m / n).sqrt(),
        };
        self.lr * ratio
    }
}

fn matrix(x: &Tensor) -> Mat<'_, bf16> {
    Mat::rows(x.as_slice(), [x.size(0), x.size(1)])
}

fn product(product: Bf16Product) -> Tensor {
    let shape = product.shape();
    Tensor::from_fill(shape, |y: &mut [bf16]| product.write(MatMut::rows(y, shape)))
}
