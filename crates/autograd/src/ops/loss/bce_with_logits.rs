use tensor::functions::LogSigmoid;
use tensor::{Float, Map, Tensor};

use super::Reduction;
use super::pair_loss::{PairLoss, fit, pair_loss, paired};
use crate::{Attribute, Differentiable, Dy, Grads, Number, Op, Outputs, Saved, Saver, Variable, apply};

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
    apply(Weighted { p, w, reduction }, &[&x, &t]).single().to_dtype(target.dtype())
}

/// `(1 − t)·x − ln σ(x)`
#[derive(Clone, Copy)]
struct BceWithLogits;

impl PairLoss for BceWithLogits {
    const NAME: &'static str = "bce_with_logits";
    const NODE: &'static str = "BinaryCrossEntropyWithLogitsBackward0";

    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        (T::ONE - t) * x - LogSigmoid {}.f(x)
    }
    #[inline(always)]
    fn dx<N: Number>(self, x: N, t: N) -> N {
        x.sigmoid() - t
    }
    #[inline(always)]
    fn dt<N: Number>(self, x: N, _: N) -> N {
        -x
    }
}

/// `w·((1 − t)·x − (1 + (p − 1)·t)·ln σ(x))`: the rarer form with `pos_weight`, in whole-tensor steps.
struct Weighted {
    p: Tensor,
    w: Option<Tensor>,
    reduction: Reduction,
}

impl Weighted {
    fn weighted<V: Differentiable>(&self, x: V) -> V {
        match &self.w {
            Some(w) => x * &V::constant(w.clone()),
            None => x,
        }
    }
}

impl Op for Weighted {
    fn name(&self) -> &'static str {
        BceWithLogits::NODE
    }

    fn attributes(&self) -> Vec<(&'static str, Attribute)> {
        let weight = self.w.iter().map(|w| ("weight", w.into()));
        weight
            .chain([("pos_weight", (&self.p).into()), ("reduction", self.reduction.name().into())])
            .collect()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.input(1);
        let (x, t, p) = (&x[0], &x[1], &self.p);
        let losses = (1.0 - t) * x - ((p - 1.0) * t + 1.0) * x.log_sigmoid();
        self.reduction.of(self.weighted(losses)).into()
    }

    /// `dx = w·((p·t + 1 − t)·σ(x) − p·t)·dy`, `dt = −w·(x + (p − 1)·ln σ(x))·dy`
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (x, t, p) = (&saved[0], &saved[1], V::constant(self.p.clone()));
        let dy = self.weighted(dy.single() * self.reduction.share(x.value().numel()));
        let dx = needs[0].then(|| {
            let pt = p.clone() * t;
            ((pt.clone() + 1.0 - t) * x.sigmoid() - pt) * &dy
        });
        let dt = needs[1].then(|| -(x.clone() + (p - 1.0) * x.log_sigmoid()) * &dy);
        [dx, dt].into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::gradchecks;

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
                gradchecks(|x| bce_with_logits(&x[0], &x[1], weight, pos_weight, r), &[x.clone(), t.clone()]);
            }
        }
    }
}
