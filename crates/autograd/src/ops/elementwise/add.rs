use tensor::Tensor;

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `z = x + y`, with broadcasting; the gradient goes to both unchanged.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn add(&self, y: &Variable) -> Variable {
        apply(Add { minus: false }, &[self, y]).single()
    }

    /// `z = x − y`, with broadcasting: `dx = dz`, `dy = −dz`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn sub(&self, y: &Variable) -> Variable {
        apply(Add { minus: true }, &[self, y]).single()
    }
}

struct Add {
    /// Whether it is the difference.
    minus: bool,
}

impl Op for Add {
    fn name(&self) -> &'static str {
        if self.minus { "SubBackward0" } else { "AddBackward0" }
    }

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        if self.minus { x[0].sub(&x[1]) } else { x[0].add(&x[1]) }.into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dz: Dy<V>, needs: &[bool]) -> Grads<V> {
        // The graph sums over what broadcasting repeated.
        let dz = dz.single();
        let dx = needs[0].then(|| dz.clone());
        let dy = needs[1].then(|| if self.minus { dz.into_mul_scalar(-1.0) } else { dz });
        [dx, dy].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn gradients_of_sums_and_differences_match_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        for inputs in [[x.clone(), y.clone()], [y, x]] {
            gradchecks(|x| &x[0] + &x[1], &inputs);
            gradchecks(|x| &x[0] - &x[1], &inputs);
        }
    }

    #[test]
    fn a_variable_added_to_itself_counts_twice() {
        gradchecks(|x| &x[0] + &x[0], &[Tensor::from([1.0, 2.0])]);
    }
}
