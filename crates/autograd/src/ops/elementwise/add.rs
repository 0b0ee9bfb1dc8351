use tensor::{Scalar, Tensor};

use super::Affine;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `z = x + y`, with broadcasting; the gradient goes to both unchanged.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn add(&self, y: &Variable) -> Variable {
        apply(Add, &[self, y]).single()
    }

    /// `x + y` for a scalar `y`.
    #[track_caller]
    pub fn add_scalar(&self, y: impl Into<Scalar>) -> Variable {
        let op = Affine {
            name: "AddBackward0",
            factor: 1.0,
            spent: false,
            of: Tensor::add_scalar,
            scalar: y.into(),
        };
        apply(op, &[self]).single()
    }
}

struct Add;

impl Op for Add {
    fn name(&self) -> &'static str {
        "AddBackward0"
    }

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].add(&x[1]).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dz: Dy<V>, needs: &[bool]) -> Grads<V> {
        // The graph sums over what broadcasting repeated.
        let dz = dz.single();
        [needs[0].then(|| dz.clone()), needs[1].then_some(dz)].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn add_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        gradchecks(|x| &x[0] + &x[1], &[x.clone(), y.clone()]);
        gradchecks(|x| &x[0] + &x[1], &[y, x]);
    }

    #[test]
    fn a_variable_added_to_itself_counts_twice() {
        gradchecks(|x| &x[0] + &x[0], &[Tensor::from([1.0, 2.0])]);
    }
}
