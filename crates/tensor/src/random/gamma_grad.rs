//! How draws from a gamma or Dirichlet's distribution move with their parameters.
//!
//! The draws come from a rejection sampler, which has no derivative. But a draw that keeps its place among all
//! that there are, `F(x; α) = u`, moves by `dx/dα = −(∂F/∂α)/(∂F/∂x)` (Jankowiak and Obermeyer, *Pathwise
//! derivatives beyond the reparameterization trick*, 2018). That has no closed form: series serve near 0 and
//! for large parameters, and rational functions that torch's authors have fitted between them. Operations,
//! constants and precisions are torch's.

use crate::kernels::gamma::{DIGAMMA_AT_TEN, DIGAMMA_SERIES, Gamma};
use crate::kernels::map::Map;
use crate::{DType, Tensor};

impl Tensor {
    /// The derivatives by the parameters, which are this tensor, of what [`Tensor::standard_gamma`] drew for
    /// them: `torch._standard_gamma_grad`.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or a tensor is neither `F32` nor `F64`.
    #[track_caller]
    pub fn standard_gamma_grad(&self, draws: &Tensor) -> Tensor {
        self.zip_map(draws, GammaGrad)
    }

    /// The derivatives by the parameters `alpha`, whose row adds up to `total`, of what
    /// [`Tensor::sample_dirichlet`] drew for them, this tensor, over `1 − x`: `torch._dirichlet_grad`.
    ///
    /// # Panics
    /// If the tensors are neither all `F32` nor all `F64`, or their shapes differ.
    #[track_caller]
    pub fn dirichlet_grad(&self, alpha: &Tensor, total: &Tensor) -> Tensor {
        let all = [self, alpha, total];
        assert!(
            all.iter().all(|t| t.shape() == self.shape() && t.dtype() == self.dtype()),
            "dirichlet_grad: the draws, the parameters and their sums must be alike, got {:?}",
            all.map(|t| (t.dtype(), t.shape()))
        );
        match self.dtype() {
            DType::F32 => every(all, f32::dirichlet_grad),
            DType::F64 => every(all, f64::dirichlet_grad),
            _ => crate::error::not_computable("dirichlet_grad", self),
        }
    }
}

fn every<T: crate::Float>([x, alpha, total]: [&Tensor; 3], f: impl Fn(T, T, T) -> T) -> Tensor {
    let (x, alpha, total, shape) = (x.dense::<T>(), alpha.dense::<T>(), total.dense::<T>(), x.shape());
    let y = x.iter().zip(alpha.iter()).zip(total.iter()).map(|((&x, &alpha), &total)| f(x, alpha, total));
    Tensor::from_vec(y.collect(), shape)
}

#[derive(Clone, Copy)]
struct GammaGrad;

impl Map<(f64, f64), f64> for GammaGrad {
    fn f(&self, (alpha, x): (f64, f64)) -> f64 {
        gamma_grad(alpha, x)
    }
}

impl Map<(f32, f32), f32> for GammaGrad {
    fn f(&self, (alpha, x): (f32, f32)) -> f32 {
        gamma_grad(alpha.into(), x.into()) as f32
    }
}

fn gamma_grad(alpha: f64, x: f64) -> f64 {
    let single = |c: f32| f64::from(c);
    if x < single(0.8) {
        // Taylor's series of F and ∂F/∂α.
        let (mut term, mut below) = (1.0, alpha);
        let (mut first, mut second) = (term / below, term / (below * below));
        for i in 1..=5 {
            term *= -x / f64::from(i);
            below += 1.0;
            first += term / below;
            second += term / (below * below);
        }
        let power = x.powf(alpha);
        let density = x.powf(alpha - 1.0) * (-x).exp();
        let by_alpha = (x.ln() - alpha.digamma()) * (power * first) - power * second;
        let y = -by_alpha / density;
        return if y.is_nan() { 0.0 } else { y };
    }
    if alpha > 8.0 {
        if single(0.9) * alpha <= x && x <= single(1.1) * alpha {
            let first = 1.0 + 24.0 * alpha * (1.0 + 12.0 * alpha);
            let second = 1440.0 * (alpha * alpha) + 6.0 * x * (53.0 - 120.0 * x) - 65.0 * x * x / alpha
                + alpha * (107.0 + 3600.0 * x);
            return first * second / (1_244_160.0 * (alpha * alpha) * (alpha * alpha));
        }
        // Rice's saddle point.
        let below = (8.0 * alpha).sqrt();
        let near = below / (alpha - x);
        let far = (x - alpha - alpha * (x / alpha).ln()).powf(-1.5);
        let sum = if x < alpha { near - far } else { near + far };
        let term = (x / alpha).ln() * sum - (2.0 / alpha).sqrt() * (alpha + x) / ((alpha - x) * (alpha - x));
        let stirling = 1.0 + 1.0 / (12.0 * alpha) * (1.0 + 1.0 / (24.0 * alpha));
        return -stirling * (x * term) / below;
    }
    const C: [[f64; 8]; 3] = [
        [0.16009398, -0.094634809, 0.025146376, -0.0030648343, 1.0, 0.32668115, 0.10406089, 0.0014179084],
        [
            0.53487893,
            0.1298071,
            0.065735949,
            -0.0015649758,
            0.16639465,
            0.020070113,
            -0.0035938915,
            -0.00058392623,
        ],
        [
            0.040121004,
            -0.0065914022,
            -0.0026286047,
            -0.0013441777,
            0.017050642,
            -0.0021309326,
            0.00085092367,
            -1.5247877e-07,
        ],
    ];
    let (u, v) = ((x / alpha).ln(), alpha.ln());
    let c: [f64; 8] = std::array::from_fn(|i| C[0][i] + u * (C[1][i] + u * C[2][i]));
    let above = c[0] + v * (c[1] + v * (c[2] + v * c[3]));
    let below = c[4] + v * (c[5] + v * (c[6] + v * c[7]));
    (above / below).exp()
}

/// The derivative by `alpha` of a draw from a beta distribution of `alpha` and `total − alpha`, over `1 − x`.
trait DirichletGrad: Sized {
    fn dirichlet_grad(x: Self, alpha: Self, total: Self) -> Self;
    /// `ψ` with sums in double precision.
    fn digamma_summed(self) -> Self;
    /// Near 0.
    fn by_alpha_small(x: Self, alpha: Self, beta: Self) -> Self;
    /// By the other parameter, near 0.
    fn by_beta_small(x: Self, alpha: Self, beta: Self) -> Self;
}

macro_rules! dirichlet_grad {
    ($t:ty) => {
        impl DirichletGrad for $t {
            fn dirichlet_grad(x: $t, alpha: $t, total: $t) -> $t {
                let beta = total - alpha;
                let boundary = total * x * (1.0 - x);
                if x <= 0.5 && boundary < 2.5 {
                    return Self::by_alpha_small(x, alpha, beta);
                }
                if x >= 0.5 && boundary < 0.75 {
                    return -Self::by_beta_small(1.0 - x, beta, alpha);
                }
                let [wide_x, wide_alpha, wide_total] = [x, alpha, total].map(f64::from);
                let wide_beta = wide_total - wide_alpha;
                if alpha > 6.0 && beta > 6.0 {
                    return large(wide_x, wide_alpha, wide_beta) as $t;
                }
                let digammas = f64::from(total.digamma_summed() - alpha.digamma_summed());
                (fitted(wide_x, wide_alpha, wide_total) * (wide_x * digammas / wide_beta)) as $t
            }

            fn digamma_summed(mut self) -> $t {
                let mut y = 0.0;
                while self < 10.0 {
                    y -= f64::from(1.0 / self);
                    self += 1.0;
                }
                if self == 10.0 {
                    return (y + DIGAMMA_AT_TEN) as $t;
                }
                let z = if self < 1e17 { 1.0 / f64::from(self * self) } else { 0.0 };
                let series = DIGAMMA_SERIES.iter().fold(0.0, |sum, c| sum * z + c);
                (y + f64::from(self.ln()) - f64::from(0.5 / self) - z * series) as $t
            }

            fn by_alpha_small(x: $t, alpha: $t, beta: $t) -> $t {
                let factor = alpha.digamma_summed() - (alpha + beta).digamma_summed() - x.ln();
                let mut term: $t = 1.0;
                let mut series = term / alpha * (factor + 1.0 / alpha);
                for i in 1..=10u8 {
                    let i = <$t>::from(i);
                    term *= (i - beta) * x / i;
                    let below = alpha + i;
                    series += term / below * (factor + 1.0 / below);
                }
                let y = x * (1.0 - x).powf(-beta) * series;
                if y.is_nan() { 0.0 } else { y }
            }

            fn by_beta_small(x: $t, alpha: $t, beta: $t) -> $t {
                let factor = (alpha + beta).digamma_summed() - beta.digamma_summed();
                let (mut term, mut betas, mut dbetas): ($t, $t, $t) = (1.0, 1.0, 0.0);
                let mut series = factor / alpha;
                for i in 1..=8u8 {
                    let i = <$t>::from(i);
                    term *= -x / i;
                    dbetas = dbetas * (beta - i) + betas;
                    betas *= beta - i;
                    series += term / (alpha + i) * (dbetas + factor * betas);
                }
                let y = -(1.0 - x).powf(1.0 - beta) * series;
                if y.is_nan() { 0.0 } else { y }
            }
        }
    };
}
dirichlet_grad!(f32);
dirichlet_grad!(f64);

/// Rice's saddle point, where both parameters are above 6.
fn large(x: f64, alpha: f64, beta: f64) -> f64 {
    let total = alpha + beta;
    let mean = alpha / total;
    let std = (alpha * beta / (total + 1.0)).sqrt() / total;
    if mean - 0.1 * std <= x && x <= mean + 0.1 * std {
        let poly = 47.0 * x * (beta * beta) * (beta * beta)
            + alpha
                * ((43.0 + 20.0 * (16.0 + 27.0 * beta) * x) * (beta * beta) * beta
                    + alpha
                        * (3.0 * (59.0 + 180.0 * beta - 90.0 * x) * (beta * beta)
                            + alpha
                                * ((453.0 + 1620.0 * beta * (1.0 - x) - 455.0 * x) * beta
                                    + alpha * (8.0 * (1.0 - x) * (135.0 * beta - 11.0)))));
        let above = (1.0 + 12.0 * alpha) * (1.0 + 12.0 * beta) / (total * total);
        let below = 12960.0 * alpha * alpha * alpha * beta * beta * (1.0 + 12.0 * total);
        return above / (1.0 - x) * poly / below;
    }
    let stirling = |n: f64| 1.0 + 1.0 / (12.0 * n) + 1.0 / (288.0 * n * n);
    let axbx = alpha * (x - 1.0) + beta * x;
    let above = 2.0 * (alpha * alpha) * (x - 1.0) + alpha * beta * (x - 1.0) - x * (beta * beta);
    let term = above / ((2.0 * alpha / beta).sqrt() * total.powf(1.5) * axbx * axbx);
    let half_log = 0.5 * (alpha / (total * x)).ln();
    let near = (8.0 * alpha * beta / total).sqrt() / (beta * x + alpha * (x - 1.0));
    let far = (beta * (beta / (total * (1.0 - x))).ln() + alpha * (alpha / (total * x)).ln()).powf(-1.5);
    let terms = term + half_log * (near + if x < mean { far } else { -far });
    let prefactor = -x / (2.0 * alpha * beta / total).sqrt();
    stirling(alpha) * stirling(beta) / stirling(total) * prefactor * terms
}

/// The rational function that corrects an approximation everywhere else.
fn fitted(x: f64, alpha: f64, total: f64) -> f64 {
    const ABOVE: [[[f64; 4]; 3]; 3] = [
        [
            [1.003668233, -0.01061107488, -0.0657888334, 0.01201642863],
            [0.6336835991, -0.3557432599, 0.05486251648, -0.001465281033],
            [-0.03276231906, 0.004474107445, 0.002429354597, -0.0001557569013],
        ],
        [
            [0.221950385, -0.3187676331, 0.01799915743, 0.01074823814],
            [-0.2951249643, 0.06219954479, 0.01535556598, 0.001550077057],
            [0.02155310298, 0.004170831599, 0.001292462449, 6.976601077e-05],
        ],
        [
            [-0.05980841433, 0.008441916499, 0.01085618172, 0.002319392565],
            [0.02911413504, 0.01400243777, -0.002721828457, 0.000751041181],
            [0.005900514878, -0.001936558688, -9.495446725e-06, 5.385558597e-05],
        ],
    ];
    const BELOW: [[[f64; 4]; 3]; 3] = [
        [
            [1.0, -0.02924021934, -0.04438342661, 0.007285809825],
            [0.6357567472, -0.3473456711, 0.05454656494, -0.002407477521],
            [-0.03301322327, 0.004845219414, 0.00231480583, -0.0002307248149],
        ],
        [
            [0.5925320577, -0.1757678135, 0.01505928619, 0.000564515273],
            [0.1014815858, -0.06589186703, 0.01272886114, -0.0007316646956],
            [-0.007258481865, 0.001096195486, 0.0003934994223, -4.12701925e-05],
        ],
        [
            [0.06469649321, -0.0236701437, 0.002902096474, -5.896963079e-05],
            [0.001925008108, -0.002869809258, 0.0008000589141, -6.063713228e-05],
            [-0.0003477407336, 6.959756487e-05, 1.097287507e-05, -1.650964693e-06],
        ],
    ];
    let u = x.ln();
    let a = alpha.ln() - u;
    let b = total.ln() - a;
    let value = |c: &[[[f64; 4]; 3]; 3]| {
        let mut sum = 0.0;
        for (c, u) in c.iter().zip([1.0, u, u * u]) {
            for (c, a) in c.iter().zip([1.0, a, a * a]) {
                sum += u * a * (c[0] + b * (c[1] + b * (c[2] + b * c[3])));
            }
        }
        sum
    };
    value(&ABOVE) / value(&BELOW)
}
