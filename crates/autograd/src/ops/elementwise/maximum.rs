use tensor::Tensor;

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The larger of two elements, with broadcasting. Equal ones share the gradient by halves, as in torch.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn maximum(&self, y: &Variable) -> Variable {
        apply(Choice { larger: true }, &[self, y]).single()
    }

    /// The smaller of two elements, with broadcasting. Equal ones share the gradient by halves, as in torch.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn minimum(&self, y: &Variable) -> Variable {
        apply(Choice { larger: false }, &[self, y]).single()
    }
}

struct Choice {
    /// Of two elements the larger; else the smaller.
    larger: bool,
}

impl Op for Choice {
    fn name(&self) -> &'static str {
        if self.larger { "MaximumBackward0" } else { "MinimumBackward0" }
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let [x, y] = [&x[0], &x[1]];
        save.constant(|| x.eq(y));
        save.constant_if(save.needs[0], || if self.larger { x.lt(y) } else { x.gt(y) });
        save.constant_if(save.needs[1], || if self.larger { x.gt(y) } else { x.lt(y) });
        if self.larger { x.maximum(y) } else { x.minimum(y) }.into()
    }

    /// Half of `dz` to equals, all of it to the winner; beside a NaN, to both.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dz: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (dz, equal) = (dz.single(), saved[0].value());
        let zero = V::constant(tensor::zeros_dtype((), dz.value().dtype()));
        let shared = (dz.clone() * 0.5).where_(&equal, &dz);
        let dx = needs[0].then(|| zero.where_(&saved[1].value(), &shared));
        let dy = needs[1].then(|| zero.where_(&saved[2].value(), &shared));
        [dx, dy].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn maximum_and_minimum_gradients_match_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        gradchecks(|x| x[0].maximum(&x[1]), &[x.clone(), y.clone()]);
        gradchecks(|x| x[0].minimum(&x[1]), &[x, y]);
    }

    #[test]
    fn equal_elements_share_the_gradient() {
        let x = Variable::new(Tensor::from([1.0f32])).requires_grad_(true);
        let y = Variable::new(Tensor::from([1.0f32])).requires_grad_(true);
        x.maximum(&y).sum().backward();
        assert_eq!((x.grad().expect("took part").item(), y.grad().expect("took part").item()), (0.5, 0.5));
    }
}
