use tensor::dispatch::by_float;
use tensor::kernels::math::Math;
use tensor::kernels::softmax::{Softmax, exp_of_log_softmax};
use tensor::{Float, Tensor, Value};

use super::Reduction;
use super::class_loss::{ClassLoss, weight_of};
use super::pair_loss::weighted;
use super::soft_cross_entropy::soft_cross_entropy;
use super::{NLLLossOptions, nll_loss};
use crate::ops::activation::softmax_back;
use crate::{Differentiable, Dy, Grads, Op, Options, Outputs, Saved, Saver, Variable, apply};

/// The options of [`cross_entropy`] and `nn::CrossEntropyLoss`.
#[derive(Clone, Debug, Options)]
#[options(crate = tensor, shown = never)]
pub struct CrossEntropyLossOptions {
    /// A factor for the loss of each class, `[C]`, for class targets of the input's dtype. Default 1.
    #[option(skip)]
    pub weight: Option<Tensor>,
    /// The target of positions to leave out. Default −100. Not for probabilities.
    #[option(default = -100)]
    pub ignore_index: i64,
    /// The use made of the single losses. Default mean: their sum by the sum of their classes' weights, so
    /// NaN if every position is left out; for probabilities by the number of positions.
    pub reduction: Reduction,
    /// How much of each target is spread evenly over all classes (Szegedy et al., *Rethinking the inception
    /// architecture*, 2015), from 0 to 1. Default 0.
    #[option(check(
        (0.0..=1.0).contains(&label_smoothing),
        "label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:?}"
    ))]
    pub label_smoothing: f64,
}

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
pub fn cross_entropy(x: &Variable, target: &Variable, options: &CrossEntropyLossOptions) -> Variable {
    options.assert_valid(NAME);
    if target.dtype().is_float() || target.shape() == x.shape() {
        return soft_cross_entropy(x, target, options);
    }
    if options.label_smoothing > 0.0 {
        return smoothed(x, target, options);
    }
    let [loss, _] = apply(CrossEntropy(ClassLoss::new(NAME, x, target, options.clone())), &[x]).array();
    loss
}

pub(super) const NAME: &str = "cross_entropy";

/// The loss with smoothing, in the steps that torch makes it of.
#[track_caller]
fn smoothed(x: &Variable, target: &Variable, options: &CrossEntropyLossOptions) -> Variable {
    let CrossEntropyLossOptions { weight, ignore_index, reduction, label_smoothing } = options.clone();
    let loss = ClassLoss::new(NAME, x, target, options.clone());
    let (axis, classes) = (loss.layout.axis as isize, loss.layout.classes);
    let log_p = x.log_softmax(axis);
    let hard = nll_loss(&log_p, target, &NLLLossOptions { weight, ignore_index, reduction });
    let weight = loss.options.weight.as_ref().map(|weight| {
        let beside = vec![1; x.ndim() - loss.layout.axis - 1];
        weight.reshape([vec![classes], beside].concat())
    });
    let soft = -weighted(log_p, weight.as_ref()).sum_dim(axis, false);
    let ignored = target.data().eq(ignore_index).reshape(soft.shape());
    let soft = soft.masked_fill(&ignored, 0.0);
    let soft = match reduction {
        Reduction::None => soft,
        Reduction::Sum => soft.sum(),
        Reduction::Mean => soft.sum() / Variable::new(loss.total_weight()),
    };
    hard * (1.0 - label_smoothing) + soft * (label_smoothing / classes as f64)
}

/// Its outputs are the loss and the logarithms of the probabilities, which its way back reads.
struct CrossEntropy(ClassLoss);

impl CrossEntropy {
    fn gradient<T: Float + Math>(&self, log_p: &Tensor, dy: &Tensor) -> Tensor {
        let ClassLoss { layout, classes, .. } = &self.0;
        let (weight, g) = (self.0.weight::<T>(), self.0.position_gradients::<T>(dy));
        let mut dx = log_p.clone();
        let out = dx.make_mut::<T>();
        let inner = (layout.axis + 1 < log_p.ndim()).then_some(layout.inner);
        exp_of_log_softmax(out, layout.classes, inner);
        for (i, (&class, &g)) in classes.iter().zip(&g).enumerate() {
            let scores = &mut out[layout.at(i, 0)..];
            let Some(t) = class else {
                scores.iter_mut().step_by(layout.inner).take(layout.classes).for_each(|dx| *dx *= T::ZERO);
                continue;
            };
            let (sum, at_class) = (weight_of(weight, t) * g, scores[t * layout.inner]);
            if layout.inner == 1 {
                // The common case again, where the compiler can see that the scores are neighbours.
                scores[..layout.classes].iter_mut().for_each(|dx| *dx *= sum);
            } else {
                scores.iter_mut().step_by(layout.inner).take(layout.classes).for_each(|dx| *dx *= sum);
            }
            // As torch has it from the derivatives of nll_loss and log_softmax, whose product
            // and difference are rounded once.
            out[layout.at(i, t)] = at_class.mul_add(sum, -sum);
        }
        dx
    }

    /// The same rule in steps that are recorded.
    fn recorded_gradient<V: Differentiable>(&self, log_p: &V, dy: V) -> V {
        let (shape, dtype) = (log_p.value().shape().to_vec(), log_p.value().dtype());
        let q = self.0.factors(&shape, dtype);
        let total = q.sum_dim([self.0.layout.axis as isize], true);
        let g = self.0.recorded_gradients(dy, &shape);
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

impl Op for CrossEntropy {
    fn name(&self) -> &'static str {
        "NllLossBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.0.options.saved()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.output(1);
        let log_p = x[0].log_softmax(self.0.layout.axis as isize).contiguous();
        [self.0.value(NAME, &log_p), log_p].into()
    }

    /// With `q` the factor of each class's `−l`, `dx = (softmax(x)·Σq − q)·dy`.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (log_p, [through_loss, through_log_p]) = (&saved[0], dy.array());
        let through_loss = through_loss.map(|dy| match (log_p.plain(), dy.plain()) {
            (Some(log_p), Some(dy)) => {
                V::constant(by_float!(NAME, log_p, T => self.gradient::<T>(log_p, dy)))
            }
            _ => self.recorded_gradient(log_p, dy),
        });
        let axis = self.0.layout.axis as isize;
        let through_log_p = through_log_p.map(|dy| softmax_back(Softmax::Logarithms, dy, log_p, axis));
        [sum(through_loss, through_log_p)].into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_that_is_ignored_gets_no_gradient() {
        let x = Variable::new(Tensor::from([[0.5f32, -1.2, 2.0, 0.1], [-0.3, 0.9, -2.5, 0.0]]))
            .requires_grad_(true);
        let target = Variable::new(Tensor::from([-100i64, 3]));
        cross_entropy(&x, &target, &CrossEntropyLossOptions::default()).backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>()[..4], [0.0; 4]);
    }
}
