//! The common part of `nll_loss` and `cross_entropy`, whose targets name a class per position.

use tensor::dispatch::by_float;
use tensor::kernels::rounding::sum_in_levels;
use tensor::{DType, Float, Tensor};

use super::{CrossEntropyLossOptions, Reduction};
use crate::ops::reduce::kept_shape;
use crate::{Differentiable, Variable};

/// How scores of shape (C), (N, C) or (N, C, d₁, …) lie in memory: `x[n, c, i]`, `n` in `samples`, `c` in
/// `classes`, `i` in `inner` = d₁·….
#[derive(Clone, Copy)]
pub(super) struct ClassLayout {
    pub samples: usize,
    pub classes: usize,
    pub inner: usize,
    /// The axis of classes.
    pub axis: usize,
}

impl ClassLayout {
    #[track_caller]
    pub(super) fn of(op: &str, shape: &[usize]) -> ClassLayout {
        match *shape {
            [] => panic!("{op}: the input needs an axis of classes, got a tensor without axes"),
            [classes] => ClassLayout { samples: 1, classes, inner: 1, axis: 0 },
            [samples, classes, ref inner @ ..] => {
                ClassLayout { samples, classes, inner: inner.iter().product(), axis: 1 }
            }
        }
    }

    /// Where position `i` (counting through samples and inner axes) has the score of class `c`.
    #[inline(always)]
    pub(super) fn at(&self, i: usize, c: usize) -> usize {
        (i / self.inner * self.classes + c) * self.inner + i % self.inner
    }

    pub(super) fn positions(&self) -> usize {
        self.samples * self.inner
    }
}

/// The loss of class targets, which have been checked.
pub(super) struct ClassLoss {
    pub layout: ClassLayout,
    /// For each position its class, or none where it is ignored.
    pub classes: Vec<Option<usize>>,
    /// The shape of unreduced losses: the targets', and none for a single sample.
    shape: Vec<usize>,
    /// The weight is contiguous, one for each class and of the dtype of the scores.
    pub options: CrossEntropyLossOptions,
}

impl ClassLoss {
    /// # Panics
    /// If the target's dtype or shape does not fit the scores `x`, it names a class they lack, or the weight
    /// is not one for each class.
    #[track_caller]
    pub(super) fn new(
        op: &str,
        x: &Variable,
        target: &Variable,
        options: CrossEntropyLossOptions,
    ) -> ClassLoss {
        let scores = if x.dtype().is_float() { x.dtype() } else { DType::F32 };
        let (x, target) = (x.shape(), target.data());
        let layout = ClassLayout::of(op, &x);
        let shape = target.shape();
        assert!(
            matches!(target.dtype(), DType::I64 | DType::U8),
            "{op}: expected target dtype to be int64 or uint8, but got {} of shape {shape:?}",
            target.dtype()
        );
        if layout.axis == 0 {
            // torch takes [] and [1] for a single sample; the unreduced loss is [] for both.
            assert!(
                target.numel() == 1 && shape.len() <= 1,
                "{op}: for 1D input, the target must be a single class, but got target size {shape:?}"
            );
        } else {
            assert!(
                shape.first() == Some(&x[0]),
                "{op}: expected input batch_size ({}) to match target batch_size ({}): input {x:?}, target {shape:?}",
                x[0],
                shape.first().map_or("none".into(), usize::to_string)
            );
            let expected: Vec<usize> = [&x[..1], &x[2..]].concat();
            assert!(
                shape == expected,
                "{op}: expected target size {expected:?}, got {shape:?} (input {x:?})"
            );
        }
        let n = layout.classes;
        let mut classes = Vec::with_capacity(target.numel());
        for &t in target.to_dtype(DType::I64).contiguous().as_slice::<i64>() {
            classes.push(match usize::try_from(t) {
                _ if t == options.ignore_index => None,
                Ok(c) if c < n => Some(c),
                _ => panic!("{op}: Target {t} is out of bounds. The input has {n} classes (shape {x:?})."),
            });
        }
        let weight = class_weight(op, options.weight.as_ref(), n, scores);
        let shape = if layout.axis == 0 { Vec::new() } else { shape.to_vec() };
        ClassLoss { layout, classes, shape, options: CrossEntropyLossOptions { weight, ..options } }
    }

    /// The classes' weights.
    pub(super) fn weight<T: Float>(&self) -> Option<&[T]> {
        self.options.weight.as_ref().map(|w| w.as_slice::<T>())
    }

    /// The reduced loss of the logarithms of probabilities, which are contiguous.
    pub(super) fn value(&self, op: &str, log_p: &Tensor) -> Tensor {
        by_float!(op, log_p, T => self.value_of::<T>(log_p))
    }

    fn value_of<T: Float>(&self, log_p: &Tensor) -> Tensor {
        let (log_p, weight) = (log_p.as_slice::<T>(), self.weight::<T>());
        let losses = self
            .classes
            .iter()
            .enumerate()
            .map(|(i, &class)| class.map(|t| -weight_of(weight, t) * log_p[self.layout.at(i, t)]));
        let scalar = |x: T| Tensor::from_vec(vec![x], ());
        match self.options.reduction {
            Reduction::None => {
                let losses = losses.map(|loss| loss.unwrap_or(T::ZERO)).collect();
                Tensor::from_vec(losses, &self.shape[..])
            }
            Reduction::Sum => scalar(sum_in_levels(losses)),
            Reduction::Mean => scalar(sum_in_levels(losses) / self.divisor()),
        }
    }

    /// The sum of the weights of the classes named: what the mean divides by.
    fn divisor<T: Float>(&self) -> T {
        match self.weight::<T>() {
            Some(weight) => sum_in_levels(self.classes.iter().map(|class| class.map(|c| weight[c]))),
            None => T::from_f64(self.classes.iter().flatten().count() as f64),
        }
    }

    /// The same in torch's order for a loss with smoothing.
    pub(super) fn total_weight(&self) -> Tensor {
        let named: Vec<i64> = self.classes.iter().flatten().map(|&class| class as i64).collect();
        match &self.options.weight {
            Some(weight) => weight.index_select(0, &Tensor::from(named)).sum(),
            None => Tensor::from(named.len() as i64),
        }
    }

    /// The gradients of the single losses: `dy` of each position, or the same for all.
    pub(super) fn position_gradients<T: Float>(&self, dy: &Tensor) -> Vec<T> {
        let all = |g: T| vec![g; self.layout.positions()];
        let one = || T::from_f64(dy.item());
        match self.options.reduction {
            Reduction::None => dy.contiguous().as_slice::<T>().to_vec(),
            Reduction::Sum => all(one()),
            Reduction::Mean => all(one() / self.divisor()),
        }
    }

    /// The same beside scores of this shape, as `[.., 1, ..]` with the axis of classes kept, on whatever a
    /// rule computes on.
    pub(super) fn recorded_gradients<V: Differentiable>(&self, dy: V, scores: &[usize]) -> V {
        match self.options.reduction {
            Reduction::None => dy.reshape(&kept_shape(scores, &[self.layout.axis as isize])),
            Reduction::Sum => dy,
            Reduction::Mean => dy * (1.0 / self.divisor::<f64>()),
        }
    }

    /// The weight of each position's class, of the shape and dtype of the scores, and 0 for other classes.
    pub(super) fn factors(&self, scores: &[usize], dtype: DType) -> Tensor {
        let weight = self.options.weight.as_ref().map(|w| w.to_dtype(DType::F64));
        let weight = weight.as_ref().map(|w| w.as_slice::<f64>());
        let mut factors = vec![0.0; scores.iter().product()];
        for (i, class) in self.classes.iter().enumerate() {
            if let &Some(class) = class {
                factors[self.layout.at(i, class)] = weight_of(weight, class);
            }
        }
        Tensor::from_vec(factors, scores).to_dtype(dtype)
    }
}

#[inline(always)]
pub(super) fn weight_of<T: Float>(weight: Option<&[T]>, class: usize) -> T {
    weight.map_or(T::ONE, |w| w[class])
}

/// The class weights, one for each class and of this dtype.
#[track_caller]
pub(super) fn class_weight(
    op: &str,
    weight: Option<&Tensor>,
    classes: usize,
    dtype: DType,
) -> Option<Tensor> {
    let weight = weight?;
    let (found, shape) = (weight.dtype(), weight.shape());
    assert!(
        shape == [classes],
        "{op}: weight tensor should be defined either for all {classes} classes or no classes but got weight tensor \
         of shape: {shape:?}"
    );
    assert!(
        found == dtype,
        "{op}: expected scalar type {dtype} but found {found} for the weight of shape {shape:?}"
    );
    Some(weight.contiguous())
}
