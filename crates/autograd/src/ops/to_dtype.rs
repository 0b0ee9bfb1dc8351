use tensor::{DType, Tensor};

use crate::{Backward, Grads, Variable};

impl Variable {
    /// The same values as another dtype; itself if the dtype is the same. A result that is not a float
    /// requires no gradient.
    pub fn to_dtype(&self, dtype: DType) -> Variable {
        let x = self.data();
        if x.dtype() == dtype {
            return self.clone();
        }
        let y = x.to_dtype(dtype);
        if !dtype.is_float() {
            return Variable::new(y);
        }
        Variable::from_op(y, &[self], || ToDtype { dtype: x.dtype() })
    }
}

struct ToDtype {
    dtype: DType,
}

impl Backward for ToDtype {
    fn name(&self) -> &'static str {
        "ToCopyBackward0"
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        Grads::from_elem(Some(dy.to_dtype(self.dtype)), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::{DType, Tensor};

    use crate::{Variable, gradcheck};

    #[test]
    fn to_dtype_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].to_dtype(DType::F64).square(), &[Tensor::from([0.5, -1.0])]);
    }

    #[test]
    fn the_gradient_comes_back_in_the_dtype_of_the_leaf() {
        let x = Variable::new(Tensor::from([0.5f32])).requires_grad_(true);
        x.to_dtype(DType::F64).square().sum().backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [1.0]);
        assert!(!x.to_dtype(DType::I64).requires_grad());
    }
}
