use tensor::{Tensor, broadcast_tensors};

use super::operators::sum_to;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// The elements where `mask` is true, in one row, as `torch.masked_select`; the two are broadcast. The gradient goes
    /// to those elements.
    ///
    /// # Panics
    /// If `mask` is not `Bool`, or the shapes do not broadcast.
    #[track_caller]
    pub fn masked_select(&self, mask: &Tensor) -> Variable {
        let x = self.data();
        let y = x.masked_select(mask);
        Variable::from_op(y, &[self], || MaskedSelect {
            mask: broadcast_tensors(mask, &x).0,
            shape: x.shape().to_vec(),
        })
    }
}

struct MaskedSelect {
    /// Of the shape that it and the input broadcast to.
    mask: Tensor,
    shape: Vec<usize>,
}

impl Backward for MaskedSelect {
    fn name(&self) -> &'static str {
        "MaskedSelectBackward0"
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let mut dx = tensor::zeros_dtype(self.mask.shape(), dy.dtype());
        if dy.numel() > 0 {
            // As many were taken before an element as the mask has true ones before it.
            let flat = self.mask.reshape([-1]);
            let taken = (flat.cumsum(0) - 1).clamp(Some(0), None);
            let spread = dy.index_select(0, &taken).reshape(self.mask.shape());
            dx = self.mask.where_(&spread, &dx);
        }
        Grads::from_elem(Some(sum_to(dx, &self.shape)), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn masked_select_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        let mask = x.gt_scalar(0.3);
        gradcheck(|x| x[0].masked_select(&mask), &[x.clone()]);
        gradcheck(|x| x[0].masked_select(&Tensor::from([false, true, true])), &[x.clone()]);
        gradcheck(|x| x[0].masked_select(&mask), &[x.narrow(0, 0, 1)]);
        gradcheck(|x| x[0].masked_select(&Tensor::from(false)).sum() + x[0].sum(), &[x]);
    }
}
