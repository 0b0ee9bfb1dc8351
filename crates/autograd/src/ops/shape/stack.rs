use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// Each variable gets its slice of the gradient.
#[track_caller]
pub(super) fn stack(variables: &[Variable], dim: isize) -> Variable {
    let inputs: Vec<&Variable> = variables.iter().collect();
    apply(Stack { dim }, &inputs).single()
}

struct Stack {
    dim: isize,
}

impl Op for Stack {
    describe!("StackBackward0", dim);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        tensor::stack(x, self.dim).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let part = |(i, &needed): (usize, &bool)| needed.then(|| dy.select(self.dim, i as isize));
        needs.iter().enumerate().map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::gradchecks;

    #[test]
    fn stack_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([0.5, -1.0]), Tensor::from([0.3, 0.7]));
        gradchecks(|x| stack(x, 0), &[x.clone(), y.clone()]);
        gradchecks(|x| stack(x, -1), &[x, y]);
    }
}
