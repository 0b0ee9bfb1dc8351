use tensor::dispatch::by_float;
use tensor::{Float, Tensor, Value};

use super::class_loss::{ClassLoss, weight_of};
use super::{CrossEntropyLossOptions, Reduction};
use crate::{Differentiable, Dy, Grads, Op, Options, Outputs, Saved, Saver, Variable, apply};

/// The options of [`nll_loss`] and `nn::NLLLoss`.
#[derive(Clone, Debug, Options)]
#[options(crate = tensor, shown = never)]
pub struct NLLLossOptions {
    /// A factor for the loss of each class, `[C]` of the input's dtype. Default 1.
    #[option(skip)]
    pub weight: Option<Tensor>,
    /// The target of positions to leave out. Default −100.
    #[option(default = -100)]
    pub ignore_index: i64,
    /// The use made of the single losses. Default mean: their sum by the sum of their classes' weights, so
    /// NaN if every position is left out.
    pub reduction: Reduction,
}

/// Negative log-likelihood: `−w[t]·x[t]` for log-probabilities `x` and the target class `t`, reduced.
///
/// # Shapes
/// - `x`: (C), (N, C) or (N, C, d₁, …), log-probabilities along C
/// - `target`: (), (N) or (N, d₁, …), classes as `I64` or `U8`
///
/// # Panics
/// If the shapes or dtypes do not fit, or a target is neither a class of `x` nor `ignore_index`.
#[track_caller]
pub fn nll_loss(x: &Variable, target: &Variable, options: &NLLLossOptions) -> Variable {
    let NLLLossOptions { weight, ignore_index, reduction } = options.clone();
    let all = CrossEntropyLossOptions { weight, ignore_index, reduction, ..Default::default() };
    let loss = ClassLoss::new(NAME, x, target, all);
    let dtype = x.dtype();
    assert!(dtype.is_float(), "{NAME}: not defined for {dtype} (shape {:?})", x.shape());
    apply(NllLoss { loss, options: options.clone() }, &[x]).single()
}

const NAME: &str = "nll_loss";

struct NllLoss {
    loss: ClassLoss,
    options: NLLLossOptions,
}

impl NllLoss {
    fn gradient<T: Float>(&self, dy: &Tensor, shape: &[usize]) -> Tensor {
        let ClassLoss { layout, classes, .. } = &self.loss;
        let (weight, g) = (self.loss.weight::<T>(), self.loss.position_gradients::<T>(dy));
        let mut dx = tensor::zeros_dtype(shape, dy.dtype());
        let out = dx.make_mut::<T>();
        for (i, &class) in classes.iter().enumerate() {
            if let Some(c) = class {
                out[layout.at(i, c)] = -weight_of(weight, c) * g[i];
            }
        }
        dx
    }
}

impl Op for NllLoss {
    fn name(&self) -> &'static str {
        "NllLossBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.options.saved()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        self.loss.value(NAME, &x[0].contiguous()).into()
    }

    /// `dx[t] = −w[t]·dy`, 0 elsewhere.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, shape) = (dy.single(), saved.shape(0));
        match dy.plain() {
            Some(dy) => V::constant(by_float!(NAME, dy, T => self.gradient::<T>(dy, shape))),
            None => {
                let factors = self.loss.factors(shape, dy.value().dtype());
                V::constant(-factors) * &self.loss.recorded_gradients(dy, shape)
            }
        }
        .into()
    }
}
