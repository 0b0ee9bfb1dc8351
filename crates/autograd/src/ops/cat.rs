use tensor::Tensor;

use crate::{Backward, Grads, Variable};

/// The variables one after the other along `dim`; each gets its part of the gradient. A 1-d one of no elements is skipped,
/// as in torch.
///
/// # Panics
/// If there are none, or their other sizes differ.
#[track_caller]
pub fn cat(variables: &[Variable], dim: isize) -> Variable {
    let data: Vec<Tensor> = variables.iter().map(Variable::data).collect();
    let y = tensor::cat(&data, dim);
    let inputs: Vec<&Variable> = variables.iter().collect();
    let size = |x: &Tensor| (x.shape() != [0]).then(|| x.size(dim));
    Variable::from_op(y, &inputs, || Cat { sizes: data.iter().map(size).collect(), dim })
}

struct Cat {
    /// Of each part along `dim`; none of one that was skipped.
    sizes: Vec<Option<usize>>,
    dim: isize,
}

impl Backward for Cat {
    fn name(&self) -> &'static str {
        "CatBackward0"
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let mut start = 0;
        let part = |&size: &Option<usize>| {
            let Some(size) = size else { return Some(tensor::zeros_dtype(0, dy.dtype())) };
            let part = dy.narrow(self.dim, start, size);
            start += size as isize;
            Some(part)
        };
        self.sizes.iter().map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck;

    #[test]
    fn cat_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0]]), Tensor::from([[0.3, 0.7], [1.0, 2.0]]));
        gradcheck(|x| cat(x, 0), &[x.clone(), y.clone()]);
        gradcheck(|x| cat(x, -1), &[x.clone(), x.clone()]);
        gradcheck(|x| cat(x, 1), &[x.narrow(1, 0, 0), x]);
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
