use tensor::dispatch::by_float;
use tensor::kernels::math::Math;
use tensor::kernels::softmax::exp_of_log_softmax;
use tensor::{DType, Float, Tensor};

use super::Reduction;
use super::class_target::{
    ClassLayout, ClassLossOptions, ClassTargets, class_weight, position_gradients, recorded_gradients,
    reduce_positions,
};
use super::nll_loss::weight_of;
use super::soft_cross_entropy::soft_cross_entropy;
use crate::ops::activation::log_softmax_back;
use crate::{Attribute, Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// Cross entropy of `softmax(x)` with the target, reduced: `log_softmax` and `nll_loss` in one node.
///
/// With `l = log_softmax(x)`, weights `w` and smoothing `ε`, a position of class `t` loses
/// `−(1 − ε)·w[t]·l[t] − ε/C·Σ w[c]·l[c]`.
///
/// A float target holds a probability per class instead, and gets a gradient too; the mean is then over
/// positions, whatever the weights, and `ignore_index` does not apply.
///
/// # Shapes
/// - `x`: (C), (N, C) or (N, C, d₁, …), scores along C
/// - `target`: (), (N) or (N, d₁, …), classes as `I64` or `U8`; or of the shape of `x`, probabilities
///
/// # Panics
/// If the shapes or dtypes do not fit, a target is neither a class of `x` nor `ignore_index`, or
/// `label_smoothing` is outside [0, 1].
#[track_caller]
pub fn cross_entropy(x: &Variable, target: &Variable, options: &ClassLossOptions) -> Variable {
    let smoothing = options.label_smoothing;
    assert!(
        (0.0..=1.0).contains(&smoothing),
        "{NAME}: label_smoothing must be between 0.0 and 1.0. Got: {smoothing}"
    );
    if target.dtype().is_float() || target.shape() == x.shape() {
        return soft_cross_entropy(x, target, options);
    }
    let targets = ClassTargets::new(NAME, &x.shape(), &target.data(), options.ignore_index);
    let scores = if x.dtype().is_float() { x.dtype() } else { DType::F32 };
    let weight = class_weight(NAME, options.weight.as_ref(), targets.layout.classes, scores);
    let [loss, _] =
        apply(CrossEntropy { targets, weight, smoothing, reduction: options.reduction }, &[x]).array();
    loss
}

const NAME: &str = "cross_entropy";

/// Its outputs are the loss and the logarithms of the probabilities, which its way back reads.
struct CrossEntropy {
    targets: ClassTargets,
    weight: Option<Tensor>,
    smoothing: f64,
    reduction: Reduction,
}

impl CrossEntropy {
    fn value<T: Float>(&self, log_p: &Tensor) -> Tensor {
        let ClassTargets { layout, classes, shape } = &self.targets;
        let log_p = log_p.as_slice::<T>();
        let weight = self.weight.as_ref().map(|w| w.as_slice::<T>());
        let (hard, soft) = self.parts::<T>();
        let losses = classes.iter().enumerate().map(|(i, &class)| {
            let Some(t) = class else { return T::ZERO };
            let loss = -hard * weight_of(weight, t) * log_p[layout.at(i, t)];
            if soft == T::ZERO {
                return loss;
            }
            let mut sum = T::ZERO;
            for c in 0..layout.classes {
                sum += weight_of(weight, c) * log_p[layout.at(i, c)];
            }
            loss - soft * sum
        });
        reduce_positions(losses.collect(), self.reduction, self.targets.total_weight(weight), shape)
    }

    /// `1 − ε` and `ε/C`: what the target's class and every class count.
    fn shares(&self) -> [f64; 2] {
        [1.0 - self.smoothing, self.smoothing / self.targets.layout.classes as f64]
    }

    fn parts<T: Float>(&self) -> (T, T) {
        let [hard, soft] = self.shares();
        (T::from_f64(hard), T::from_f64(soft))
    }

    fn gradient<T: Float + Math>(&self, log_p: &Tensor, dy: &Tensor) -> Tensor {
        let ClassTargets { layout, classes, .. } = &self.targets;
        let weight = self.weight.as_ref().map(|w| w.as_slice::<T>());
        let divisor = self.targets.total_weight(weight);
        let g = position_gradients::<T>(dy, self.reduction, divisor, layout.positions());
        let (hard, soft) = self.parts::<T>();
        // Without smoothing only the targets' weights count, whatever the others are.
        let spread = if soft == T::ZERO { None } else { weight };
        let mut total = T::ZERO;
        for c in 0..layout.classes {
            total += weight_of(spread, c);
        }
        let mut dx = log_p.clone();
        let out = dx.make_mut::<T>();
        exp_of_log_softmax(out);
        for (i, (&class, &g)) in classes.iter().zip(&g).enumerate() {
            let scores = &mut out[layout.at(i, 0)..];
            let Some(t) = class else {
                scores.iter_mut().step_by(layout.inner).take(layout.classes).for_each(|dx| *dx *= T::ZERO);
                continue;
            };
            let at_target = hard * weight_of(weight, t);
            let sum = (at_target + soft * total) * g;
            let shift = if soft == T::ZERO { T::ZERO } else { soft * g }; // also for an infinite g
            if layout.inner == 1 {
                // The common case again, where the compiler can see that the scores are neighbours.
                scale_and_shift(scores[..layout.classes].iter_mut(), sum, shift, spread);
            } else {
                scale_and_shift(
                    scores.iter_mut().step_by(layout.inner).take(layout.classes),
                    sum,
                    shift,
                    spread,
                );
            }
            out[layout.at(i, t)] -= at_target * g;
        }
        dx
    }
}

impl CrossEntropy {
    /// The same rule in steps that are recorded.
    fn recorded_gradient<V: Differentiable>(&self, log_p: &V, dy: V) -> V {
        let (shape, dtype) = (log_p.value().shape().to_vec(), log_p.value().dtype());
        let (_, axis) = ClassLayout::of(NAME, &shape);
        let [hard, soft] = self.shares();
        let q = self.targets.shares(self.weight.as_ref(), hard, soft, &shape).to_dtype(dtype);
        let total = q.sum_dim(&[axis as isize], true);
        let divisor = self.targets.total_of(self.weight.as_ref());
        let g = recorded_gradients(dy, self.reduction, divisor, total.shape());
        (log_p.exp() * &V::constant(total) - V::constant(q)) * &g
    }
}

/// The sum of gradients that came on two ways, if they did.
pub(super) fn sum<V: Differentiable>(a: Option<V>, b: Option<V>) -> Option<V> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}

/// `x[c] ← x[c]·scale − w[c]·shift`
fn scale_and_shift<'a, T: Float>(
    x: impl Iterator<Item = &'a mut T>,
    scale: T,
    shift: T,
    weight: Option<&[T]>,
) {
    match weight {
        Some(w) => x.zip(w).for_each(|(x, &w)| *x = *x * scale - w * shift),
        None => x.for_each(|x| *x = *x * scale - shift),
    }
}

impl Op for CrossEntropy {
    fn name(&self) -> &'static str {
        "NllLossBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Attribute)> {
        let weight = self.weight.iter().map(|w| ("weight", w.into()));
        let others =
            [("reduction", self.reduction.name().into()), ("label_smoothing", self.smoothing.into())];
        weight.chain(others).collect()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.output(1);
        let (_, axis) = ClassLayout::of(NAME, x[0].shape());
        let log_p = x[0].log_softmax(axis as isize).contiguous();
        let loss = by_float!(NAME, &log_p, T => self.value::<T>(&log_p));
        [loss, log_p].into()
    }

    /// With `q` what each class's `−l` counts, `dx = (softmax(x)·Σq − q)·dy`.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (log_p, [through_loss, through_log_p]) = (&saved[0], dy.array());
        let through_loss = through_loss.map(|dy| match (log_p.plain(), dy.plain()) {
            (Some(log_p), Some(dy)) => {
                V::constant(by_float!(NAME, log_p, T => self.gradient::<T>(log_p, dy)))
            }
            _ => self.recorded_gradient(log_p, dy),
        });
        let through_log_p = through_log_p.map(|dy| {
            let (_, axis) = ClassLayout::of(NAME, saved.shape(0));
            log_softmax_back(dy, log_p, axis as isize)
        });
        [sum(through_loss, through_log_p)].into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::gradchecks;

    fn every_option() -> impl Iterator<Item = ClassLossOptions> {
        let weights = [None, Some(Tensor::from([0.5f64, 2.0, 1.0]))];
        let reductions = [Reduction::None, Reduction::Mean, Reduction::Sum];
        weights.into_iter().flat_map(move |weight| {
            reductions.into_iter().flat_map(move |reduction| {
                let weight = weight.clone();
                [0.0, 0.1].map(|label_smoothing| ClassLossOptions {
                    weight: weight.clone(),
                    ignore_index: -1,
                    reduction,
                    label_smoothing,
                })
            })
        })
    }

    #[test]
    fn cross_entropy_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5], [1.0, 0.0, 0.5]]);
        for options in every_option() {
            let target = Variable::new(Tensor::from([2i64, -1, 0]));
            gradchecks(|x| cross_entropy(&x[0], &target, &options), std::slice::from_ref(&x));
            let target = Variable::new(Tensor::from([[2i64, 0]]));
            let x = x.narrow(0, 0, 2).t().unsqueeze(0); // (1, 3, 2), and not contiguous
            gradchecks(|x| cross_entropy(&x[0], &target, &options), &[x]);
        }
    }

    #[test]
    fn cross_entropy_gradients_by_probability_match_finite_differences() {
        let x = Tensor::from([[[0.5f64, -1.2], [2.0, -0.3], [0.9, -2.5]]]);
        let target = Tensor::from([[[0.5f64, 0.1], [0.3, 0.2], [0.2, 0.7]]]);
        for options in every_option() {
            gradchecks(|x| cross_entropy(&x[0], &x[1], &options), &[x.clone(), target.clone()]);
        }
    }

    #[test]
    fn a_leaf_that_is_ignored_gets_no_gradient() {
        let x = Variable::new(Tensor::from([[0.5f32, -1.2, 2.0, 0.1], [-0.3, 0.9, -2.5, 0.0]]))
            .requires_grad_(true);
        let target = Variable::new(Tensor::from([-100i64, 3]));
        cross_entropy(&x, &target, &ClassLossOptions::default()).backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>()[..4], [0.0; 4]);
    }
}
