//! Cross entropy with a probability per class as the target.

use tensor::Tensor;

use super::Reduction;
use super::class_target::{ClassLayout, ClassLossOptions, class_weight};
use crate::{Backward, Grads, Variable};

const NAME: &str = "cross_entropy";

/// `−Σ w[c]·((1 − ε)·t[c] + ε/C)·log_softmax(x)[c]`, reduced; see `cross_entropy`.
#[track_caller]
pub(super) fn soft_cross_entropy(x: &Variable, target: &Variable, options: &ClassLossOptions) -> Variable {
    let (xs, ts) = (x.shape(), target.shape());
    assert!(
        xs == ts,
        "{NAME}: a float target holds probabilities and must have the input's size {xs:?}, but got {ts:?}; class \
         targets are int64 or uint8"
    );
    assert!(
        target.dtype().is_float(),
        "{NAME}: expected a floating point type for a target with class probabilities, got {} {ts:?}",
        target.dtype()
    );
    assert!(
        options.ignore_index < 0,
        "{NAME}: ignore_index is not supported for floating point target, got {}",
        options.ignore_index
    );
    let (layout, axis) = ClassLayout::of(NAME, &xs);
    // Each part is computed in its own dtype, and their product in the common one.
    let both = x.dtype().promote(target.dtype());
    let dtype = options.weight.as_ref().map_or(both, |w| both.promote(w.dtype()));
    let log_p = x.data().log_softmax(axis as isize).to_dtype(dtype);
    // [C] beside the axes that follow the classes.
    let beside: Vec<usize> = [layout.classes].into_iter().chain(xs[axis + 1..].iter().map(|_| 1)).collect();
    let weight = options.weight.as_ref();
    let weight = class_weight(NAME, weight, layout.classes, weight.map_or(dtype, Tensor::dtype))
        .map(|w| w.reshape(beside).to_dtype(dtype));
    let smoothing = options.label_smoothing;
    let smoothed = (target.data() * (1.0 - smoothing) + smoothing / layout.classes as f64).to_dtype(dtype);
    let q = match &weight {
        Some(w) => smoothed * w,
        None => smoothed,
    };
    let losses = -(&q * &log_p).sum_dim(&[axis as isize], false);
    let y = match options.reduction {
        // Over no positions at all, 0/0.
        Reduction::Mean => losses.sum() / layout.positions() as f64,
        reduction => reduction.of(losses),
    };
    let reduction = options.reduction;
    let share = reduction.share(layout.positions());
    Variable::from_op(y, &[x, target], || SoftCrossEntropy {
        log_p,
        q,
        weight,
        axis: axis as isize,
        smoothing,
        share,
        reduction,
    })
}

struct SoftCrossEntropy {
    log_p: Tensor,
    /// What each class's `−log_p` counts.
    q: Tensor,
    weight: Option<Tensor>,
    axis: isize,
    smoothing: f64,
    share: f64,
    reduction: Reduction,
}

impl Backward for SoftCrossEntropy {
    fn name(&self) -> &'static str {
        if self.reduction == Reduction::None { "NegBackward0" } else { "DivBackward1" }
    }

    /// `dx = (softmax(x)·Σq − q)·dy`, `dt = −(1 − ε)·w·log_softmax(x)·dy`
    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads {
        let SoftCrossEntropy { log_p, q, weight, axis, .. } = self;
        let dy = match self.reduction {
            Reduction::None => dy.unsqueeze(*axis),
            _ => dy * self.share,
        };
        let dx = || (log_p.exp() * q.sum_dim(&[*axis], true) - q) * &dy;
        let dt = || {
            let dt = log_p * (self.smoothing - 1.0) * &dy;
            match weight {
                Some(w) => dt * w,
                None => dt,
            }
        };
        [needs[0].then(dx), needs[1].then(dt)].into_iter().collect()
    }
}
