use tensor::{Scalar, Tensor};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// This where `condition` (`Bool`, or `U8`, true unless 0) holds, `other` elsewhere, with broadcasting;
    /// the twin of `torch.where(condition, self, other)`. Each gets the gradient where it was chosen.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn where_(&self, condition: &Tensor, other: &Variable) -> Variable {
        apply(Where { condition: condition.clone() }, &[self, other]).single()
    }

    /// `value` where `mask` (`Bool`) holds, this elsewhere.
    ///
    /// # Panics
    /// If `mask` is not `Bool`, the shapes do not broadcast, or the dtype cannot hold `value`.
    #[track_caller]
    pub fn masked_fill(&self, mask: &Tensor, value: impl Into<Scalar>) -> Variable {
        apply(MaskedFill { mask: mask.clone(), value: value.into() }, &[self]).single()
    }
}

struct Where {
    condition: Tensor,
}

impl Op for Where {
    describe!("WhereBackward0", condition);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        self.condition.where_(&x[0], &x[1]).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dz: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dz = dz.single();
        let zeros = V::constant(tensor::zeros_dtype((), dz.value().dtype()));
        let dx = needs[0].then(|| dz.where_(&self.condition, &zeros));
        let dy = needs[1].then(|| zeros.where_(&self.condition, &dz));
        [dx, dy].into()
    }
}

struct MaskedFill {
    mask: Tensor,
    value: Scalar,
}

impl Op for MaskedFill {
    describe!("MaskedFillBackward0", mask, value);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        x[0].masked_fill(&self.mask, self.value).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().masked_fill(&self.mask, 0.0).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn where_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0], [3.5, 2.0]]);
        let condition = Tensor::from([[true, false], [false, true]]);
        gradchecks(|x| x[0].where_(&condition, &x[1]), &[x.clone(), Tensor::from([0.1, 0.2])]);
        gradchecks(|x| x[0].masked_fill(&condition, 7.0), &[x]);
        gradchecks(|x| x[0].masked_fill(&condition, 7), &[Tensor::from([0.1, 0.2])]);
    }
}
