//! Divergences: a formula for each pair of distributions.

use std::f64::consts::PI;

use tensor::{SolveTriangularOptions, Tensor};

use super::multivariate_normal::{half_log_det, mahalanobis};
use super::shared::sum_rightmost;
use super::{
    Bernoulli, Beta, Categorical, Dirichlet, Distribution, Exponential, Gamma, Independent,
    MultivariateNormal, Normal, Uniform,
};
use crate::Variable;

const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

/// The Kullback–Leibler divergence `KL(p ‖ q) = ∫ p(x)·ln(p(x)/q(x)) dx` for every event of the batch:
/// `torch.distributions.kl_divergence(p, q)`.
///
/// A pair without a formula does not compile, where torch raises `NotImplementedError`.
///
/// ```
/// use autograd::distributions::{Exponential, Gamma, kl_divergence};
/// let kl = kl_divergence(&Exponential::new(1.0), &Gamma::new(1.0, 1.0));
/// assert!(kl.item().abs() < 1e-6); // the same distribution
/// ```
///
/// # Panics
/// If the batches do not broadcast, or events of several numbers differ in shape.
#[track_caller]
pub fn kl_divergence<P: KlDivergence<Q>, Q: Distribution>(p: &P, q: &Q) -> Variable {
    p.kl_divergence(q)
}

/// A distribution whose divergence from another has a formula.
pub trait KlDivergence<Q: Distribution>: Distribution {
    /// [`kl_divergence`]
    #[track_caller]
    fn kl_divergence(&self, q: &Q) -> Variable;
}

/// A row has the two distributions, their names in the formula, and the formula.
macro_rules! divergences {
    ($($P:ident $Q:ident |$p:ident, $q:ident| $kl:expr;)*) => {$(
        impl KlDivergence<$Q> for $P {
            #[track_caller]
            fn kl_divergence(&self, $q: &$Q) -> Variable {
                let $p = self;
                $kl
            }
        }
    )*};
}

divergences! {
    Bernoulli Bernoulli |p, q| {
        let (p_probs, q_probs) = (p.probs().data(), q.probs().data());
        let one = p.probs() * ((-q.logits()).softplus(1.0, 20.0) - (-p.logits()).softplus(1.0, 20.0));
        let one = filled(&one, &q_probs.eq(0.0), f64::INFINITY);
        let one = filled(&one, &p_probs.eq(0.0), 0.0);
        let zero = (1.0 - p.probs()) * (q.logits().softplus(1.0, 20.0) - p.logits().softplus(1.0, 20.0));
        let zero = filled(&zero, &q_probs.eq(1.0), f64::INFINITY);
        one + filled(&zero, &p_probs.eq(1.0), 0.0)
    };
    Categorical Categorical |p, q| {
        let t = p.probs() * (p.logits() - q.logits());
        let t = filled(&t, &q.probs().data().eq(0.0), f64::INFINITY);
        filled(&t, &p.probs().data().eq(0.0), 0.0).sum_dim(-1, false)
    };
    Normal Normal |p, q| {
        let ratio = (p.scale() / q.scale()).powf(2.0);
        let distance = ((p.loc() - q.loc()) / q.scale()).powf(2.0);
        (&ratio + distance - 1.0 - ratio.log()) * 0.5
    };
    Normal Beta |p, _q| infinite(p.loc());
    Normal Exponential |p, _q| infinite(p.loc());
    Normal Gamma |p, _q| infinite(p.loc());
    Normal Uniform |p, _q| infinite(p.loc());
    Uniform Uniform |p, q| {
        let kl = (width(q) / width(p)).log();
        let outside = q.low().data().gt(&p.low().data()).logical_or(&q.high().data().lt(&p.high().data()));
        filled(&kl, &outside, f64::INFINITY)
    };
    Uniform Beta |p, q| {
        let (one, zero) = (q.concentration1(), q.concentration0());
        let between = width(p);
        let first = (&one - 1.0) * (xlogx(p.high()) - xlogx(p.low()) - &between) / &between;
        let second =
            (&zero - 1.0) * (xlogx(&(1.0 - p.high())) - xlogx(&(1.0 - p.low())) + &between) / &between;
        let normaliser = one.lgamma() + zero.lgamma() - (&one + &zero).lgamma();
        let kl = second + normaliser - between.log() - first;
        let outside = p.high().data().gt(1.0).logical_or(&p.low().data().lt(0.0));
        filled(&kl, &outside, f64::INFINITY)
    };
    Uniform Exponential |p, q| {
        let kl = q.rate() * (p.high() + p.low()) / 2.0 - (width(p) * q.rate()).log();
        filled(&kl, &p.low().data().lt(0.0), f64::INFINITY)
    };
    Uniform Gamma |p, q| {
        let between = width(p);
        let normaliser = q.concentration().lgamma() - q.concentration() * q.rate().log();
        let logs =
            (1.0 - q.concentration()) * (xlogx(p.high()) - xlogx(p.low()) - &between) / &between;
        let kl = -between.log() + normaliser + logs + q.rate() * (p.high() + p.low()) / 2.0;
        filled(&kl, &p.low().data().lt(0.0), f64::INFINITY)
    };
    Uniform Normal |p, q| {
        let between = width(p);
        let logs = (q.scale() * (2.0 * PI).sqrt() / &between).log();
        let variance = between.powf(2.0) / 12.0;
        let distance = ((p.high() + p.low() - q.loc() * 2.0) / 2.0).powf(2.0);
        logs + (variance + distance) * 0.5 / q.scale().powf(2.0)
    };
    Exponential Exponential |p, q| {
        let ratio = q.rate() / p.rate();
        -ratio.log() + ratio - 1.0
    };
    Exponential Beta |p, _q| infinite(p.rate());
    Exponential Uniform |p, _q| infinite(p.rate());
    Exponential Gamma |p, q| {
        let (ratio, concentration) = (q.rate() / p.rate(), q.concentration());
        -concentration * ratio.log() + &ratio + concentration.lgamma() + concentration * EULER_GAMMA
            - (1.0 + EULER_GAMMA)
    };
    Exponential Normal |p, q| {
        let (var, rate_squared) = (q.scale().powf(2.0), p.rate().powf(2.0));
        let logs = (&rate_squared * &var * 2.0 * PI).log() * 0.5;
        let distance = rate_squared.reciprocal() - q.loc() / p.rate() + q.loc().powf(2.0) * 0.5;
        logs - 1.0 + distance / var
    };
    Gamma Gamma |p, q| {
        let logs = q.concentration() * (p.rate() / q.rate()).log();
        let normaliser = q.concentration().lgamma() - p.concentration().lgamma();
        let shape = (p.concentration() - q.concentration()) * p.concentration().digamma();
        logs + normaliser + shape + (q.rate() - p.rate()) * (p.concentration() / p.rate())
    };
    Gamma Beta |p, _q| infinite(p.concentration());
    Gamma Uniform |p, _q| infinite(p.concentration());
    Gamma Exponential |p, q| -p.entropy() - q.rate().log() + q.rate() * p.concentration() / p.rate();
    Gamma Normal |p, q| {
        let concentration = p.concentration();
        let (var, rate_squared) = (q.scale().powf(2.0), p.rate().powf(2.0));
        let logs =
            (&rate_squared * &var * 2.0 * PI).log() * 0.5 - concentration - concentration.lgamma();
        let square = (concentration.powf(2.0) + concentration) * 0.5 / rate_squared;
        let distance = square - q.loc() * concentration / p.rate() + q.loc().powf(2.0) * 0.5;
        logs + (concentration - 1.0) * concentration.digamma() + distance / var
    };
    Beta Beta |p, q| {
        let [p_one, p_zero] = [p.concentration1(), p.concentration0()];
        let [q_one, q_zero] = [q.concentration1(), q.concentration0()];
        let [p_sum, q_sum] = [&p_one + &p_zero, &q_one + &q_zero];
        let above = q_one.lgamma() + q_zero.lgamma() + p_sum.lgamma();
        let below = p_one.lgamma() + p_zero.lgamma() + q_sum.lgamma();
        above - below + (&p_one - q_one) * p_one.digamma() + (&p_zero - q_zero) * p_zero.digamma()
            + (q_sum - &p_sum) * p_sum.digamma()
    };
    Beta Exponential |p, q| -p.entropy() - q.rate().log() + q.rate() * p.mean();
    Beta Gamma |p, q| {
        let (one, sum) = (p.concentration1(), p.concentration1() + p.concentration0());
        let normaliser = q.concentration().lgamma() - q.concentration() * q.rate().log();
        let logs = (q.concentration() - 1.0) * (one.digamma() - sum.digamma());
        -p.entropy() + normaliser - logs + q.rate() * one / sum
    };
    Beta Normal |p, q| {
        let (mean, var) = (p.mean(), q.scale().powf(2.0));
        let square = (&mean * (1.0 - &mean) / (p.concentration1() + p.concentration0() + 1.0)
            + mean.powf(2.0))
            * 0.5;
        let distance = square - q.loc() * &mean + q.loc().powf(2.0) * 0.5;
        -p.entropy() + (&var * 2.0 * PI).log() * 0.5 + distance / var
    };
    Beta Uniform |p, q| {
        let outside = q.low().data().gt(0.0).logical_or(&q.high().data().lt(1.0));
        filled(&(-p.entropy() + width(q).log()), &outside, f64::INFINITY)
    };
    Dirichlet Dirichlet |p, q| {
        let (p, q) = (p.concentration(), q.concentration());
        let [p_sum, q_sum] = [p, q].map(|x| x.sum_dim(-1, false));
        let each = (p.lgamma() - q.lgamma()).sum_dim(-1, false);
        let logs = (p - q) * (p.digamma() - p_sum.digamma().unsqueeze(-1));
        p_sum.lgamma() - q_sum.lgamma() - each + logs.sum_dim(-1, false)
    };
    MultivariateNormal MultivariateNormal |p, q| {
        assert!(
            p.event_shape() == q.event_shape(),
            "KL-divergence between two Multivariate Normals with different event shapes cannot be computed"
        );
        let (p_tril, q_tril) = (p.tril(), q.tril());
        let whitened = q_tril.solve_triangular(p_tril, SolveTriangularOptions::default());
        let trace = whitened.powf(2.0).flatten(-2, -1).sum_dim(-1, false);
        let distance = mahalanobis(q_tril, &(q.loc() - p.loc()));
        let n = p.event_shape()[0] as f64;
        half_log_det(q_tril) - half_log_det(p_tril) + (trace + distance - n) * 0.5
    };
}

impl<P: KlDivergence<Q>, Q: Distribution> KlDivergence<Independent<Q>> for Independent<P> {
    #[track_caller]
    fn kl_divergence(&self, q: &Independent<Q>) -> Variable {
        let [axes, others] = [self.reinterpreted_batch_ndims(), q.reinterpreted_batch_ndims()];
        assert!(axes == others, "kl_divergence: {self} and {q} differ in the axes of an event");
        sum_rightmost(&self.base_dist().kl_divergence(q.base_dist()), axes)
    }
}

/// The value where the mask, which is broadcast to `x`, does not hold, else another.
fn filled(x: &Variable, mask: &Tensor, value: f64) -> Variable {
    x.masked_fill(&mask.expand(x.shape()), value)
}

/// No overlap, whatever the parameters.
fn infinite(like: &Variable) -> Variable {
    Variable::new(like.data().full_like(f64::INFINITY))
}

fn width(uniform: &Uniform) -> Variable {
    uniform.high() - uniform.low()
}

fn xlogx(x: &Variable) -> Variable {
    x.xlogy(x)
}
