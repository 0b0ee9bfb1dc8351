use tensor::functions::LogSigmoid;
use tensor::{Float, Map, Tensor, Value};

use super::Reduction;
use super::pair_loss::{PairLoss, divided, fit, pair_loss, paired, weighted};
use crate::{Differentiable, Dy, Grads, Number, Op, Options, Outputs, Saved, Saver, Variable, apply};

/// The options of [`bce_with_logits`] and `nn::BCEWithLogitsLoss`.
#[derive(Clone, Debug, Options)]
#[options(crate = tensor, shown = never)]
pub struct BCEWithLogitsLossOptions {
    /// A factor for the loss of each element (`w`), spread over the shape of the input. Default 1.
    #[option(skip)]
    pub weight: Option<Tensor>,
    /// The use made of the single losses. Default mean, over elements rather than weights.
    pub reduction: Reduction,
    /// A factor for positives beside negatives (`p`), spread over the shape of the input. Default 1.
    #[option(skip)]
    pub pos_weight: Option<Tensor>,
}

/// Binary cross entropy of `σ(x)`, for any size of `x` without overflow:
/// `−w·(p·t·ln σ(x) + (1 − t)·ln(1 − σ(x)))`, reduced. Both sides get gradients. The result has the dtype of
/// the target, as in torch.
///
/// # Panics
/// If the shapes differ, a weight does not broadcast to them, or either side is not a float.
#[track_caller]
pub fn bce_with_logits(x: &Variable, target: &Variable, options: &BCEWithLogitsLossOptions) -> Variable {
    const NAME: &str = BceWithLogits::NAME;
    for (what, v) in [("an input", x), ("a target", target)] {
        let dtype = v.dtype();
        assert!(dtype.is_float(), "{NAME}: not defined for {what} of {dtype} (shape {:?})", v.shape());
    }
    let (reduction, weight) = (options.reduction, options.weight.as_ref());
    let loss = match &options.pos_weight {
        None => pair_loss(BceWithLogits { reduction }, weight, x, target),
        pos_weight => {
            let (x, t) = paired(NAME, x, target);
            let p = fit(NAME, pos_weight.as_ref(), &x).expect("there is one");
            let w = fit(NAME, weight, &x);
            apply(Weighted { p, w, options: options.clone() }, &[&x, &t]).single()
        }
    };
    loss.to_dtype(target.dtype())
}

/// `(1 − t)·x − ln σ(x)`
#[derive(Clone, Copy, Debug, Options)]
#[options(crate = tensor)]
struct BceWithLogits {
    reduction: Reduction,
}

impl PairLoss for BceWithLogits {
    const NAME: &'static str = "bce_with_logits";
    const NODE: &'static str = "BinaryCrossEntropyWithLogitsBackward0";
    const DIVIDES: bool = true;
    const SPLITS: bool = true;

    fn reduction(self) -> Reduction {
        self.reduction
    }
    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        (T::ONE - t) * x - LogSigmoid {}.f(x)
    }
    #[inline(always)]
    fn dx<N: Number>(self, x: N, t: N) -> N {
        x.sigmoid_at(false) - t
    }
    #[inline(always)]
    fn dx_alone<N: Number>(self, x: N, t: N) -> N {
        x.sigmoid_at(true) - t
    }
    #[inline(always)]
    fn dt<N: Number>(self, x: N, _: N) -> N {
        -x
    }
}

/// `w·((1 − t)·x − (1 + (p − 1)·t)·ln σ(x))`: the rarer form with `pos_weight`, in whole-tensor steps.
struct Weighted {
    /// Both of the shape of the input.
    p: Tensor,
    w: Option<Tensor>,
    options: BCEWithLogitsLossOptions,
}

impl Op for Weighted {
    fn name(&self) -> &'static str {
        BceWithLogits::NODE
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.options.saved()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.input(1);
        let (x, t, p) = (&x[0], &x[1], &self.p);
        let losses = (1.0 - t) * x - ((p - 1.0) * t + 1.0) * x.log_sigmoid();
        self.options.reduction.of(weighted(losses, self.w.as_ref())).into()
    }

    /// `dx = w·((p·t + 1 − t)·σ(x) − p·t)·dy`, `dt = −w·(x + (p − 1)·ln σ(x))·dy`
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (x, t, p) = (&saved[0], &saved[1], V::constant(self.p.clone()));
        let dy = dy.single();
        let divisor = if self.options.reduction == Reduction::Mean { x.value().numel() as f64 } else { 1.0 };
        let of = |d: V| divided(weighted(d * &dy, self.w.as_ref()), divisor);
        let dx = needs[0].then(|| {
            let pt = p.clone() * t;
            of((pt.clone() + 1.0 - t) * x.sigmoid() - pt)
        });
        let dt = needs[1].then(|| of(-(x.clone() + (p - 1.0) * x.log_sigmoid())));
        [dx, dt].into()
    }
}
