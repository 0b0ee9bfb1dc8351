use tensor::dispatch::by_float;
use tensor::{DType, Float, Tensor};

use super::Reduction;
use super::class_target::{
    ClassLayout, ClassLossOptions, ClassTargets, class_weight, position_gradients, recorded_gradients,
    reduce_positions,
};
use crate::ops::reduce::kept_shape;
use crate::{Attribute, Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// Negative log-likelihood: `−w[t]·x[t]` for log-probabilities `x` and the target class `t`, reduced.
///
/// # Shapes
/// - `x`: (C), (N, C) or (N, C, d₁, …), log-probabilities along C
/// - `target`: (), (N) or (N, d₁, …), classes as `I64` or `U8`
///
/// # Panics
/// If the shapes or dtypes do not fit, or a target is neither a class of `x` nor `ignore_index`.
#[track_caller]
pub fn nll_loss(x: &Variable, target: &Tensor, options: &ClassLossOptions) -> Variable {
    let targets = ClassTargets::new(NAME, &x.shape(), target, options.ignore_index);
    let weight = class_weight(NAME, options.weight.as_ref(), targets.layout.classes, x.dtype());
    let dtype = x.dtype();
    assert!(
        matches!(dtype, DType::F32 | DType::F64),
        "{NAME}: not defined for {dtype} (shape {:?})",
        x.shape()
    );
    apply(NllLoss { targets, weight, reduction: options.reduction }, &[x]).single()
}

const NAME: &str = "nll_loss";

struct NllLoss {
    targets: ClassTargets,
    weight: Option<Tensor>,
    reduction: Reduction,
}

impl NllLoss {
    fn value<T: Float>(&self, x: &Tensor) -> Tensor {
        let ClassTargets { layout, classes, shape } = &self.targets;
        let x = x.contiguous();
        let x = x.as_slice::<T>();
        let weight = self.weight.as_ref().map(|w| w.as_slice::<T>());
        let losses = classes.iter().enumerate().map(|(i, &class)| match class {
            Some(c) => -weight_of(weight, c) * x[layout.at(i, c)],
            None => T::ZERO,
        });
        reduce_positions(losses.collect(), self.reduction, self.targets.total_weight(weight), shape)
    }

    fn gradient<T: Float>(&self, dy: &Tensor, shape: &[usize]) -> Tensor {
        let ClassTargets { layout, classes, .. } = &self.targets;
        let weight = self.weight.as_ref().map(|w| w.as_slice::<T>());
        let divisor = self.targets.total_weight(weight);
        let g = position_gradients::<T>(dy, self.reduction, divisor, layout.positions());
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

    fn attributes(&self) -> Vec<(&'static str, Attribute)> {
        self.weight
            .iter()
            .map(|w| ("weight", w.into()))
            .chain([("reduction", self.reduction.name().into())])
            .collect()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        by_float!(NAME, &x[0], T => self.value::<T>(&x[0])).into()
    }

    /// `dx[t] = −w[t]·dy`, 0 elsewhere.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, shape) = (dy.single(), saved.shape(0));
        match dy.plain() {
            Some(dy) => V::constant(by_float!(NAME, dy, T => self.gradient::<T>(dy, shape))),
            None => {
                let shares =
                    self.targets.shares(self.weight.as_ref(), -1.0, 0.0, shape).to_dtype(dy.value().dtype());
                let (_, axis) = ClassLayout::of(NAME, shape);
                let kept = kept_shape(shape, &[axis as isize]);
                V::constant(shares)
                    * &recorded_gradients(
                        dy,
                        self.reduction,
                        self.targets.total_of(self.weight.as_ref()),
                        &kept,
                    )
            }
        }
        .into()
    }
}

#[inline(always)]
pub(super) fn weight_of<T: Float>(weight: Option<&[T]>, class: usize) -> T {
    weight.map_or(T::ONE, |w| w[class])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::gradchecks;

    #[test]
    fn nll_loss_gradient_matches_finite_differences() {
        let x = Tensor::from([[[-0.5f64, -1.2], [-2.0, -0.3], [-0.9, -2.5]]]); // (1, 3, 2)
        let target = Tensor::from([[2i64, 0]]);
        for reduction in [Reduction::None, Reduction::Mean, Reduction::Sum] {
            let weight = Some(Tensor::from([0.5f64, 2.0, 1.0]));
            let options = ClassLossOptions { weight, reduction, ..Default::default() };
            gradchecks(|x| nll_loss(&x[0], &target, &options), std::slice::from_ref(&x));
        }
    }
}
