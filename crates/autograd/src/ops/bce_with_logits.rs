use tensor::{Float, Tensor};

use super::Reduction;
use super::log_sigmoid::{LogSigmoid, log_sigmoid};
use super::pair_loss::{PairLoss, fit, pair_loss, paired};
use crate::{Backward, Grads, Variable};

/// Binary cross entropy of `σ(x)`, for any size of `x` without overflow:
/// `−w·(p·t·ln σ(x) + (1 − t)·ln(1 − σ(x)))`, reduced. Both sides get gradients.
///
/// `weight` (`w`) and `pos_weight` (`p`, what a positive counts more than a negative) are spread over the
/// shape of `x`; each is 1 if absent. The mean is over elements, not weights. The result has the dtype of the
/// target, as in torch.
///
/// # Panics
/// If the shapes differ, a weight does not broadcast to them, or either side is not a float.
#[track_caller]
pub fn bce_with_logits(
    x: &Variable,
    target: &Variable,
    weight: Option<&Tensor>,
    pos_weight: Option<&Tensor>,
    reduction: Reduction,
) -> Variable {
    for (what, v) in [("an input", x), ("a target", target)] {
        assert!(
            v.dtype().is_float(),
            "{}: not defined for {what} of {} (shape {:?})",
            BceWithLogits::NAME,
            v.dtype(),
            v.shape()
        );
    }
    let Some(pos_weight) = pos_weight else {
        return pair_loss(BceWithLogits, x, target, weight, reduction).to_dtype(target.dtype());
    };
    let (x, t) = paired(BceWithLogits::NAME, x, target);
    let p = fit(BceWithLogits::NAME, pos_weight, &x);
    let w = weight.map(|w| fit(BceWithLogits::NAME, w, &x));
    let rule = WeightedRule { x: x.data(), t: t.data(), p, w, reduction };
    let y = rule.forward();
    Variable::from_op(y, &[&x, &t], || rule).to_dtype(target.dtype())
}

/// `(1 − t)·x − ln σ(x)`
#[derive(Clone, Copy)]
struct BceWithLogits;

impl PairLoss for BceWithLogits {
    const NAME: &'static str = "bce_with_logits";
    const NODE: &'static str = "BinaryCrossEntropyWithLogitsBackward0";

    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        (T::ONE - t) * x - log_sigmoid(x)
    }
    #[inline(always)]
    fn dx<T: Float>(self, x: T, t: T) -> T {
        x.sigmoid() - t
    }
    #[inline(always)]
    fn dt<T: Float>(self, x: T, _: T) -> T {
        -x
    }
}

/// `w·((1 − t)·x − (1 + (p − 1)·t)·ln σ(x))`: the rarer form with `pos_weight`, in whole-tensor steps.
struct WeightedRule {
    x: Tensor,
    t: Tensor,
    p: Tensor,
    w: Option<Tensor>,
    reduction: Reduction,
}

impl WeightedRule {
    fn forward(&self) -> Tensor {
        let WeightedRule { x, t, p, .. } = self;
        let log_sigmoid = x.map(LogSigmoid);
        let losses = (1.0 - t) * x - ((p - 1.0) * t + 1.0) * log_sigmoid;
        self.reduction.of(self.weighted(losses))
    }

    fn weighted(&self, x: Tensor) -> Tensor {
        match &self.w {
            Some(w) => x * w,
            None => x,
        }
    }
}

impl Backward for WeightedRule {
    fn name(&self) -> &'static str {
        BceWithLogits::NODE
    }

    /// `dx = w·((p·t + 1 − t)·σ(x) − p·t)·dy`, `dt = −w·(x + (p − 1)·ln σ(x))·dy`
    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads {
        let WeightedRule { x, t, p, .. } = self;
        let dy = self.weighted(dy * self.reduction.share(x.numel()));
        let dx = || {
            let pt = p * t;
            ((&pt + 1.0 - t) * x.sigmoid() - pt) * &dy
        };
        let dt = || -(x + (p - 1.0) * x.map(LogSigmoid)) * &dy;
        [needs[0].then(dx), needs[1].then(dt)].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    #[test]
    fn bce_with_logits_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        let t = Tensor::from([[1.0f64, 0.4, 0.0], [0.2, 0.7, 0.5]]);
        let row = Tensor::from([0.5f64, 2.0, 1.0]);
        let column = Tensor::from([[3.0f64], [0.25]]);
        for r in [Reduction::None, Reduction::Mean, Reduction::Sum] {
            for (weight, pos_weight) in
                [(None, None), (Some(&row), None), (None, Some(&row)), (Some(&column), Some(&row))]
            {
                gradcheck(|x| bce_with_logits(&x[0], &x[1], weight, pos_weight, r), &[x.clone(), t.clone()]);
            }
        }
    }
}
