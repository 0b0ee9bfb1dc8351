//! Cross entropy with a probability per class as the target.

use tensor::kernels::softmax::Softmax;
use tensor::{DType, Tensor, Value};

use super::class_loss::{ClassLayout, class_weight};
use super::cross_entropy::{NAME, sum};
use super::pair_loss::weighted;
use super::{CrossEntropyLossOptions, Reduction};
use crate::ops::activation::softmax_back;
use crate::{Differentiable, Dy, Grads, Op, Options, Outputs, Saved, Saver, Variable, apply};

/// `−Σ w[c]·((1 − ε)·t[c] + ε/C)·log_softmax(x)[c]`, reduced; see `cross_entropy`.
#[track_caller]
pub(super) fn soft_cross_entropy(
    x: &Variable,
    target: &Variable,
    options: &CrossEntropyLossOptions,
) -> Variable {
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
    let layout = ClassLayout::of(NAME, &xs);
    // Each part is computed in its own dtype, and their product in the common one.
    let both = x.dtype().promote(target.dtype());
    let dtype = options.weight.as_ref().map_or(both, |w| both.promote(w.dtype()));
    // [C] beside the axes that follow the classes.
    let beside: Vec<usize> =
        [layout.classes].into_iter().chain(xs[layout.axis + 1..].iter().map(|_| 1)).collect();
    let weight = options.weight.as_ref();
    let weight = class_weight(NAME, weight, layout.classes, weight.map_or(dtype, Tensor::dtype))
        .map(|w| w.reshape(beside).to_dtype(dtype));
    let op = SoftCrossEntropy { weight, layout, dtype, options: options.clone() };
    let [loss, ..] = apply(op, &[x, target]).array::<3>();
    loss
}

/// Its outputs are the loss, the logarithms of the probabilities, and the factor of each class's logarithm;
/// its way back reads the latter two.
struct SoftCrossEntropy {
    /// Of the result's dtype, beside the axes that follow the classes.
    weight: Option<Tensor>,
    layout: ClassLayout,
    dtype: DType,
    options: CrossEntropyLossOptions,
}

impl SoftCrossEntropy {
    fn weighted<V: Differentiable>(&self, x: V) -> V {
        weighted(x, self.weight.as_ref())
    }

    fn axis(&self) -> isize {
        self.layout.axis as isize
    }
}

impl Op for SoftCrossEntropy {
    fn name(&self) -> &'static str {
        if self.options.reduction == Reduction::None { "NegBackward0" } else { "DivBackward1" }
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.options.saved()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.output(1);
        save.output(2);
        let ([x, target], smoothing) = ([&x[0], &x[1]], self.options.label_smoothing);
        let log_p = x.log_softmax(self.axis()).to_dtype(self.dtype);
        let smoothed = target * (1.0 - smoothing) + smoothing / self.layout.classes as f64;
        let q = self.weighted(smoothed.to_dtype(self.dtype));
        let losses = -(&q * &log_p).sum_dim([self.axis()], false);
        let loss = match self.options.reduction {
            // Over no positions at all, 0/0.
            Reduction::Mean => losses.sum() / self.layout.positions() as f64,
            reduction => reduction.of(losses),
        };
        [loss, log_p, q].into()
    }

    /// `dx = (softmax(x)·Σq − q)·dy`, `dt = −(1 − ε)·w·log_softmax(x)·dy`, and what comes through the other
    /// outputs.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (log_p, q, axis) = (&saved[0], &saved[1], self.axis());
        let kept = 1.0 - self.options.label_smoothing;
        let [through_loss, through_log_p, through_q] = dy.array();
        let through_loss = through_loss.map(|dy| match self.options.reduction {
            Reduction::None => dy.unsqueeze(axis),
            reduction => dy * reduction.share(self.layout.positions()),
        });
        let dx = || {
            let loss = through_loss.as_ref().map(|dy| (log_p.exp() * q.sum_dim(&[axis], true) - q) * dy);
            sum(loss, through_log_p.map(|dy| softmax_back(Softmax::Logarithms, dy, log_p, axis)))
        };
        let dt = || {
            let loss = through_loss.as_ref().map(|dy| self.weighted(log_p.clone() * -kept * dy));
            sum(loss, through_q.map(|dy| self.weighted(dy * kept)))
        };
        // The gradient is 0 where nothing came through.
        let zeros = |i: usize| V::constant(tensor::zeros_dtype(saved.shape(i), self.dtype));
        let dx = needs[0].then(|| dx().unwrap_or_else(|| zeros(0)));
        let dt = needs[1].then(|| dt().unwrap_or_else(|| zeros(1)));
        [dx, dt].into()
    }
}
