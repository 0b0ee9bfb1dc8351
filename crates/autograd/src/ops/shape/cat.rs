use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// Each variable gets its part of the gradient; a 1-d one of no elements is skipped, as in torch.
#[track_caller]
pub(super) fn cat(variables: &[Variable], dim: isize) -> Variable {
    let inputs: Vec<&Variable> = variables.iter().collect();
    // What is wrong with `dim` or a shape, the forward pass says.
    let size = |x: &Variable| {
        let axis = if dim < 0 { dim + x.ndim() as isize } else { dim };
        x.shape().get(axis as usize).copied().filter(|_| x.shape() != [0])
    };
    apply(Cat { sizes: variables.iter().map(size).collect(), dim }, &inputs).single()
}

struct Cat {
    /// Of each part along `dim`; none of one that was skipped.
    sizes: Vec<Option<usize>>,
    dim: isize,
}

impl Op for Cat {
    describe!("CatBackward0", dim);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        tensor::cat(x, self.dim).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let mut start = 0;
        let mut grads = Vec::new();
        for (size, &needed) in self.sizes.iter().zip(needs) {
            let Some(size) = *size else {
                grads.push(Some(V::constant(tensor::zeros_dtype(0, dy.value().dtype()))));
                continue;
            };
            grads.push(needed.then(|| dy.narrow(self.dim, start, size)));
            start += size as isize;
        }
        grads.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::gradchecks;

    #[test]
    fn cat_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0]]), Tensor::from([[0.3, 0.7], [1.0, 2.0]]));
        gradchecks(|x| cat(x, 0), &[x.clone(), y.clone()]);
        gradchecks(|x| cat(x, -1), &[x.clone(), x.clone()]);
        gradchecks(|x| cat(x, 1), &[x.narrow(1, 0, 0), x]);
    }

    #[test]
    fn what_is_skipped_has_an_empty_gradient() {
        for dim in [1, -1] {
            let nothing = Variable::new(tensor::zeros(0)).requires_grad_(true);
            let x = Variable::new(tensor::ones([5, 5])).requires_grad_(true);
            let y = cat(&[nothing.clone(), x.clone(), nothing.clone()], dim);
            assert_eq!(y.shape(), [5, 5]);
            y.sum().backward();
            assert_eq!(nothing.grad().expect("a leaf").shape(), [0]);
            assert_eq!(x.grad().expect("a leaf").to_vec::<f32>(), [1.0; 25]);
        }
        let nothing = Variable::new(tensor::zeros(0)).requires_grad_(true);
        cat(&[nothing.clone(), nothing.clone()], 0).sum().backward();
        assert_eq!(nothing.grad().expect("a leaf").shape(), [0]);
    }
}
