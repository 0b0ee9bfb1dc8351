use tensor::{DType, Tensor};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The same values as another dtype; itself if the dtype is the same. A result that is not a float
    /// requires no gradient.
    pub fn to_dtype(&self, dtype: DType) -> Variable {
        if self.dtype() == dtype {
            return self.clone();
        }
        apply(ToDtype { dtype }, &[self]).single()
    }
}

struct ToDtype {
    dtype: DType,
}

impl Op for ToDtype {
    describe!("ToCopyBackward0", dtype);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].to_dtype(self.dtype).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().into() // the graph converts it
    }
}

#[cfg(test)]
mod tests {
    use tensor::{DType, Tensor};

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn to_dtype_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].to_dtype(DType::F64).square(), &[Tensor::from([0.5, -1.0])]);
    }

    #[test]
    fn the_gradient_comes_back_in_the_dtype_of_the_leaf() {
        let x = Variable::new(Tensor::from([0.5f32])).requires_grad_(true);
        x.to_dtype(DType::F64).square().sum().backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [1.0]);
        assert!(!x.to_dtype(DType::I64).requires_grad());
    }
}
