use tensor::{DType, Float, Tensor};

use super::class_target::{
    ClassLossOptions, ClassTargets, class_weight, position_gradients, reduce_positions,
};
use crate::{Backward, Grads, Variable};

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
    let rule = NllLoss { targets, weight, options: options.clone(), x_shape: x.shape(), dtype: x.dtype() };
    let x_data = x.data().contiguous();
    let y = match x.dtype() {
        DType::F32 => rule.forward::<f32>(&x_data),
        DType::F64 => rule.forward::<f64>(&x_data),
        dtype => panic!("{NAME}: not defined for {dtype} (shape {:?})", x.shape()),
    };
    Variable::from_op(y, &[x], || rule)
}

const NAME: &str = "nll_loss";

struct NllLoss {
    targets: ClassTargets,
    weight: Option<Tensor>,
    options: ClassLossOptions,
    x_shape: Vec<usize>,
    dtype: DType,
}

impl NllLoss {
    fn forward<T: Float>(&self, x: &Tensor) -> Tensor {
        let ClassTargets { layout, classes, shape } = &self.targets;
        let x = x.as_slice::<T>();
        let weight = self.weight.as_ref().map(|w| w.as_slice::<T>());
        let losses = classes.iter().enumerate().map(|(i, &class)| match class {
            Some(c) => -weight_of(weight, c) * x[layout.at(i, c)],
            None => T::ZERO,
        });
        reduce_positions(losses.collect(), self.options.reduction, self.targets.total_weight(weight), shape)
    }

    fn backward<T: Float>(&self, dy: &Tensor) -> Tensor {
        let ClassTargets { layout, classes, .. } = &self.targets;
        let weight = self.weight.as_ref().map(|w| w.as_slice::<T>());
        let divisor = self.targets.total_weight(weight);
        let g = position_gradients::<T>(dy, self.options.reduction, divisor, layout.positions());
        let mut dx = tensor::zeros_dtype(&self.x_shape[..], self.dtype);
        let out = dx.make_mut::<T>();
        for (i, &class) in classes.iter().enumerate() {
            if let Some(c) = class {
                out[layout.at(i, c)] = -weight_of(weight, c) * g[i];
            }
        }
        dx
    }
}

impl Backward for NllLoss {
    fn name(&self) -> &'static str {
        "NllLossBackward0"
    }

    /// `dx[t] = −w[t]·dy`, 0 elsewhere.
    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let dx = match self.dtype {
            DType::F32 => self.backward::<f32>(&dy),
            _ => self.backward::<f64>(&dy),
        };
        [Some(dx)].into_iter().collect()
    }
}

#[inline(always)]
pub(super) fn weight_of<T: Float>(weight: Option<&[T]>, class: usize) -> T {
    weight.map_or(T::ONE, |w| w[class])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Reduction, gradcheck};

    #[test]
    fn nll_loss_gradient_matches_finite_differences() {
        let x = Tensor::from([[[-0.5f64, -1.2], [-2.0, -0.3], [-0.9, -2.5]]]); // (1, 3, 2)
        let target = Tensor::from([[2i64, 0]]);
        for reduction in [Reduction::None, Reduction::Mean, Reduction::Sum] {
            let weight = Some(Tensor::from([0.5f64, 2.0, 1.0]));
            let options = ClassLossOptions { weight, reduction, ..Default::default() };
            gradcheck(|x| nll_loss(&x[0], &target, &options), std::slice::from_ref(&x));
        }
    }
}
