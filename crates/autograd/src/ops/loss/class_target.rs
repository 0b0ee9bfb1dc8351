//! Targets that name a class per position, as `nll_loss` and `cross_entropy` take them.

use tensor::kernels::rounding::sum_in_levels;
use tensor::{DType, Float, Tensor};

use super::Reduction;
use crate::Differentiable;

/// The options of the losses over classes, with torch's meaning and defaults.
#[derive(Clone, Debug)]
pub struct ClassLossOptions {
    /// A weight per class, `[C]`, for class targets of the dtype of the scores; 1 if absent.
    pub weight: Option<Tensor>,
    /// The target that marks a position to leave out. Default −100.
    pub ignore_index: i64,
    /// Default mean: the sum over positions by the sum of their classes' weights.
    pub reduction: Reduction,
    /// How much of the target is spread evenly over all classes, in [0, 1]; only `cross_entropy` reads it.
    pub label_smoothing: f64,
}

impl Default for ClassLossOptions {
    fn default() -> Self {
        ClassLossOptions {
            weight: None,
            ignore_index: -100,
            reduction: Reduction::Mean,
            label_smoothing: 0.0,
        }
    }
}

/// How scores of shape (C), (N, C) or (N, C, d₁, …) lie in memory: `x[n, c, i]`, `n` in `samples`, `c` in
/// `classes`, `i` in `inner` = d₁·….
#[derive(Clone, Copy)]
pub(super) struct ClassLayout {
    pub samples: usize,
    pub classes: usize,
    pub inner: usize,
}

impl ClassLayout {
    /// The layout of scores, and their axis of classes.
    #[track_caller]
    pub(super) fn of(op: &str, shape: &[usize]) -> (ClassLayout, usize) {
        match *shape {
            [] => panic!("{op}: the input needs an axis of classes, got a tensor without axes"),
            [classes] => (ClassLayout { samples: 1, classes, inner: 1 }, 0),
            [samples, classes, ref inner @ ..] => {
                (ClassLayout { samples, classes, inner: inner.iter().product() }, 1)
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

/// Checked class targets: for each position its class, or none where it is ignored.
pub(super) struct ClassTargets {
    pub layout: ClassLayout,
    pub classes: Vec<Option<usize>>,
    /// The shape of unreduced losses: the targets', and none for a single sample.
    pub shape: Vec<usize>,
}

impl ClassTargets {
    /// # Panics
    /// If the target's dtype or shape does not fit scores of shape `x`, or it names a class they lack.
    #[track_caller]
    pub(super) fn new(op: &str, x: &[usize], target: &Tensor, ignore_index: i64) -> ClassTargets {
        let (layout, axis) = ClassLayout::of(op, x);
        let shape = target.shape();
        assert!(
            matches!(target.dtype(), DType::I64 | DType::U8),
            "{op}: expected target dtype to be int64 or uint8, but got {} of shape {shape:?}",
            target.dtype()
        );
        if axis == 0 {
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
        let target = target.to_dtype(DType::I64).contiguous();
        let mut classes = Vec::with_capacity(target.numel());
        for &t in target.as_slice::<i64>() {
            classes.push(match usize::try_from(t) {
                _ if t == ignore_index => None,
                Ok(c) if c < n => Some(c),
                _ => panic!("{op}: Target {t} is out of bounds. The input has {n} classes (shape {x:?})."),
            });
        }
        ClassTargets { layout, classes, shape: if axis == 0 { Vec::new() } else { shape.to_vec() } }
    }

    /// What each class's `−log p` counts at each position, of the shape of the scores: `hard` times its
    /// weight for the position's class, and `soft` times its weight for every class. Nothing where the
    /// position is ignored.
    pub(super) fn shares(&self, weight: Option<&Tensor>, hard: f64, soft: f64, scores: &[usize]) -> Tensor {
        let weight = weight.map(|w| w.to_dtype(DType::F64).to_vec::<f64>());
        let of = |class: usize| weight.as_ref().map_or(1.0, |w| w[class]);
        let mut shares = vec![0.0; scores.iter().product()];
        for (i, &class) in self.classes.iter().enumerate() {
            let Some(class) = class else { continue };
            for c in 0..self.layout.classes {
                shares[self.layout.at(i, c)] = soft * of(c);
            }
            shares[self.layout.at(i, class)] += hard * of(class);
        }
        Tensor::from_vec(shares, scores)
    }

    /// [`ClassTargets::total_weight`] of weights of any dtype.
    pub(super) fn total_of(&self, weight: Option<&Tensor>) -> f64 {
        let weight = weight.map(|w| w.to_dtype(DType::F64));
        self.total_weight(weight.as_ref().map(|w| w.as_slice::<f64>()))
    }

    /// The sum of the weights of the classes named: what the mean divides by.
    pub(super) fn total_weight<T: Float>(&self, weight: Option<&[T]>) -> f64 {
        let named = self.classes.iter().flatten();
        match weight {
            Some(w) => named.map(|&c| w[c].to_f64()).sum(),
            None => named.count() as f64,
        }
    }
}

/// The class weights, one for each class and of the dtype of the scores.
#[track_caller]
pub(super) fn class_weight(
    op: &str,
    weight: Option<&Tensor>,
    classes: usize,
    dtype: DType,
) -> Option<Tensor> {
    weight.map(|w| {
        assert!(
            w.shape() == [classes],
            "{op}: weight tensor should be defined either for all {classes} classes or no classes but got weight \
             tensor of shape: {:?}",
            w.shape()
        );
        assert!(
            w.dtype() == dtype,
            "{op}: expected scalar type {dtype} but found {} for the weight of shape {:?}",
            w.dtype(),
            w.shape()
        );
        w.contiguous()
    })
}

/// How much each position's loss counts in the result, gradient included: `dy` of that position, or the
/// same for all, by what the reduction divides by.
pub(super) fn position_gradients<T: Float>(
    dy: &Tensor,
    reduction: Reduction,
    divisor: f64,
    n: usize,
) -> Vec<T> {
    match reduction {
        Reduction::None => dy.contiguous().as_slice::<T>().to_vec(),
        Reduction::Sum => vec![T::from_f64(dy.item()); n],
        Reduction::Mean => vec![T::from_f64(dy.item() / divisor); n],
    }
}

/// The losses of all positions, reduced.
pub(super) fn reduce_positions<T: Float>(
    losses: Vec<T>,
    reduction: Reduction,
    divisor: f64,
    shape: &[usize],
) -> Tensor {
    let scalar = |x: T| Tensor::from_vec(vec![x], ());
    match reduction {
        Reduction::None => Tensor::from_vec(losses, shape),
        Reduction::Sum => scalar(sum_in_levels(&losses)),
        Reduction::Mean => scalar(sum_in_levels(&losses) / T::from_f64(divisor)),
    }
}

/// As [`position_gradients`], beside the scores of shape `[.., 1, ..]` with the axis of classes kept, on
/// whatever a rule computes on.
pub(super) fn recorded_gradients<V: Differentiable>(
    dy: V,
    reduction: Reduction,
    divisor: f64,
    kept: &[usize],
) -> V {
    match reduction {
        Reduction::None => dy.reshape(kept),
        Reduction::Sum => dy,
        Reduction::Mean => dy * (1.0 / divisor),
    }
}
