use tensor::Tensor;

use crate::{Backward, Grads, Variable};

/// The variables as the slices of a new axis `dim`; each gets its slice of the gradient.
///
/// # Panics
/// If there are none, or their shapes differ.
#[track_caller]
pub fn stack(variables: &[Variable], dim: isize) -> Variable {
    let data: Vec<Tensor> = variables.iter().map(Variable::data).collect();
    let inputs: Vec<&Variable> = variables.iter().collect();
    Variable::from_op(tensor::stack(&data, dim), &inputs, || Stack { n: data.len(), dim })
}

struct Stack {
    n: usize,
    dim: isize,
}

impl Backward for Stack {
    fn name(&self) -> &'static str {
        "StackBackward0"
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        (0..self.n).map(|i| Some(dy.select(self.dim, i as isize))).collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck;

    #[test]
    fn stack_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([0.5, -1.0]), Tensor::from([0.3, 0.7]));
        gradcheck(|x| stack(x, 0), &[x.clone(), y.clone()]);
        gradcheck(|x| stack(x, -1), &[x, y]);
    }
}
