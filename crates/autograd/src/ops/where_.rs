use tensor::{Scalar, Tensor};

use super::operators::sum_to;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// This where `condition` (`Bool`, or `U8`, true unless 0) holds, `other` elsewhere, with broadcasting; the twin of
    /// `torch.where(condition, self, other)`. Each gets the gradient where it was chosen.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn where_(&self, condition: &Tensor, other: &Variable) -> Variable {
        let (x, y) = (self.data(), other.data());
        let z = condition.where_(&x, &y);
        Variable::from_op(z, &[self, other], || Where {
            condition: condition.clone(),
            x: x.shape().to_vec(),
            y: y.shape().to_vec(),
        })
    }

    /// `value` where `mask` (`Bool`) holds, this elsewhere.
    ///
    /// # Panics
    /// If `mask` is not `Bool`, the shapes do not broadcast, or the dtype cannot hold `value`.
    #[track_caller]
    pub fn masked_fill(&self, mask: &Tensor, value: impl Into<Scalar>) -> Variable {
        let y = self.data().masked_fill(mask, value);
        Variable::from_op(y, &[self], || MaskedFill { mask: mask.clone(), x: self.shape() })
    }
}

struct Where {
    condition: Tensor,
    x: Vec<usize>,
    y: Vec<usize>,
}

impl Backward for Where {
    fn name(&self) -> &'static str {
        "WhereBackward0"
    }

    fn backward(&self, dz: Tensor, needs: &[bool]) -> Grads {
        let zeros = tensor::zeros_dtype((), dz.dtype());
        let dx = needs[0].then(|| sum_to(self.condition.where_(&dz, &zeros), &self.x));
        let dy = needs[1].then(|| sum_to(self.condition.where_(&zeros, &dz), &self.y));
        [dx, dy].into_iter().collect()
    }
}

struct MaskedFill {
    mask: Tensor,
    x: Vec<usize>,
}

impl Backward for MaskedFill {
    fn name(&self) -> &'static str {
        "MaskedFillBackward0"
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        Grads::from_elem(Some(sum_to(dy.masked_fill(&self.mask, 0), &self.x)), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn where_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5, -1.0], [3.5, 2.0]]);
        let condition = Tensor::from([[true, false], [false, true]]);
        gradcheck(|x| x[0].where_(&condition, &x[1]), &[x.clone(), Tensor::from([0.1, 0.2])]);
        gradcheck(|x| x[0].masked_fill(&condition, 7.0), &[x]);
        gradcheck(|x| x[0].masked_fill(&condition, 7), &[Tensor::from([0.1, 0.2])]);
    }
}
