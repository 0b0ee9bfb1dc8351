use tensor::{Tensor, broadcast_tensors};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The elements where `mask` is true, in one row, as `torch.masked_select`; the two are broadcast. The
    /// gradient goes to those elements.
    ///
    /// # Panics
    /// If `mask` is not `Bool`, or the shapes do not broadcast.
    #[track_caller]
    pub fn masked_select(&self, mask: &Tensor) -> Variable {
        apply(MaskedSelect { mask: mask.clone() }, &[self]).single()
    }
}

struct MaskedSelect {
    mask: Tensor,
}

impl Op for MaskedSelect {
    describe!("MaskedSelectBackward0", mask);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.constant(|| broadcast_tensors(&[&self.mask, &x[0]]).remove(0));
        x[0].masked_select(&self.mask).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, mask) = (dy.single(), saved[0].value());
        let zeros = V::constant(tensor::zeros_dtype(mask.shape(), dy.value().dtype()));
        if dy.value().numel() == 0 {
            return zeros.into();
        }
        // As many were taken before an element as the mask has true ones before it.
        let taken = (mask.reshape([-1]).cumsum(0) - 1).clamp(Some(0), None);
        let spread = dy.index_select(0, &taken).reshape(mask.shape());
        spread.where_(&mask, &zeros).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn masked_select_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        let mask = x.gt(0.3);
        gradchecks(|x| x[0].masked_select(&mask), &[x.clone()]);
        gradchecks(|x| x[0].masked_select(&Tensor::from([false, true, true])), &[x.clone()]);
        gradchecks(|x| x[0].masked_select(&mask), &[x.narrow(0, 0, 1)]);
        gradchecks(|x| x[0].masked_select(&Tensor::from(false)).sum() + x[0].sum(), &[x]);
    }
}
