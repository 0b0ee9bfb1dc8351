use tensor::Tensor;

use super::sum::kept_shape;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// The product of all elements, as `torch.prod`; `dx` is the product of the others times `dy`, at zeros too.
    #[track_caller]
    pub fn prod(&self) -> Variable {
        let x = self.data();
        Variable::from_op(x.prod(), &[self], || Prod { name: "ProdBackward0", dims: Vec::new(), x })
    }

    /// The product over the axes `dims`, all of them if it is empty; with `keepdim` they stay, of size 1.
    ///
    /// # Panics
    /// If an axis does not exist or is named twice.
    #[track_caller]
    pub fn prod_dim(&self, dims: &[isize], keepdim: bool) -> Variable {
        let x = self.data();
        let y = x.prod_dim(dims, keepdim);
        Variable::from_op(y, &[self], || Prod { name: "ProdBackward1", dims: dims.to_vec(), x })
    }
}

struct Prod {
    name: &'static str,
    dims: Vec<isize>,
    x: Tensor,
}

impl Backward for Prod {
    fn name(&self) -> &'static str {
        self.name
    }

    /// With 1 in place of zeros, the others' product is the whole one divided by the element, and then it is 0 if
    /// one of those others is a zero.
    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let Prod { dims, x, .. } = self;
        let dy = dy.reshape(&kept_shape(x.shape(), dims)[..]);
        let zero = x.eq_scalar(0);
        let filled = x.masked_fill(&zero, 1.0);
        let others = filled.prod_dim(dims, true).div(&filled);
        let zero = zero.to_dtype(x.dtype());
        let other_zeros = zero.sum_dim(dims, true).sub(&zero);
        let dx = others.masked_fill(&other_zeros.gt_scalar(0), 0.0).into_mul(&dy);
        Grads::from_elem(Some(dx), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn prod_gradients_match_finite_differences_with_and_without_zeros() {
        for zeros in 0..4 {
            let mut x = [0.5, -1.0, 2.0, 3.5, -2.1, 0.1];
            x[..zeros].fill(0.0);
            let x = Tensor::from(x).reshape([2, 3]);
            gradcheck(|x| x[0].prod(), &[x.clone()]);
            gradcheck(|x| x[0].prod_dim(&[0], false), &[x.clone()]);
            gradcheck(|x| x[0].prod_dim(&[-1], true), &[x.clone()]);
            gradcheck(|x| x[0].prod_dim(&[0, 1], false), &[x]);
        }
    }
}
