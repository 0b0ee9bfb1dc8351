use tensor::Tensor;

use crate::{Backward, Grads, Variable};

/// The variables one after the other along `dim`; each gets its part of the gradient.
///
/// # Panics
/// If there are none, or their other sizes differ.
#[track_caller]
pub fn cat(variables: &[Variable], dim: isize) -> Variable {
    let data: Vec<Tensor> = variables.iter().map(Variable::data).collect();
    let y = tensor::cat(&data, dim);
    let inputs: Vec<&Variable> = variables.iter().collect();
    Variable::from_op(y, &inputs, || Cat { sizes: data.iter().map(|x| x.size(dim)).collect(), dim })
}

struct Cat {
    sizes: Vec<usize>,
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
        let part = |&size: &usize| {
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
        gradcheck(|x| cat(x, -1), &[x.clone(), x]);
    }
}
