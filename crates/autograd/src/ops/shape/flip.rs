use smallvec::SmallVec;
use tensor::{Integers, Tensor};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The elements in opposite order along each of the axes `dims`, as `torch.flip`; the shape stays.
    /// Negative axes count from the end, and no axes leave the values as they are. `dx` is `dy` flipped.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[1.0, 2.0], [3.0, 4.0]])).requires_grad_(true);
    /// let y = x.flip([0, -1]);
    /// assert_eq!(y.data().to_vec::<f64>(), [4.0, 3.0, 2.0, 1.0]);
    /// y.backward_with(Tensor::from([[1.0, 0.0], [0.0, 0.5]]));
    /// assert_eq!(x.grad().unwrap().to_vec::<f64>(), [0.5, 0.0, 0.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis (`dimension out of range`), or if one is named twice
    /// (`dim 0 appears multiple times in the list of dims`).
    #[track_caller]
    pub fn flip(&self, dims: impl Integers) -> Variable {
        self.flipped(&dims.integers())
    }

    #[track_caller]
    fn flipped(&self, dims: &[isize]) -> Variable {
        apply(Flip { dims: dims.into() }, &[self]).single()
    }
}

struct Flip {
    dims: SmallVec<[isize; 6]>,
}

impl Op for Flip {
    describe!("FlipBackward0", dims);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].flip(&self.dims).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().flip(&self.dims).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn flip_gradient_matches_finite_differences() {
        let x = Tensor::from([[[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]]);
        for dims in [&[1][..], &[-1], &[0, -1], &[2, 1], &[]] {
            gradchecks(|x| x[0].flip(dims), &[x.clone()]);
            gradchecks(|x| x[0].square().flip(dims), &[x.transpose(0, -1)]);
        }
        gradchecks(|x| x[0].flip(0), &[Tensor::from(3.0)]);
        gradchecks(|x| x[0].flip([0, 1]), &[tensor::zeros([0, 3]).to_dtype(tensor::DType::F64)]);
    }
}
