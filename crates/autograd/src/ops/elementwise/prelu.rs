use tensor::Tensor;

use crate::op::{describe, sum_to};
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `y = x` where it is positive, else `weight·x`, as [`Tensor::prelu`]: `weight` is one number, or one
    /// for each channel, which lie along axis 1 (He et al., *Delving deep into rectifiers*, 2015).
    ///
    /// `dx = dy` or `weight·dy`; `dweight = Σ x·dy` over the elements that are not positive.
    ///
    /// ```
    /// use autograd::Variable;
    /// use tensor::Tensor;
    /// let x = Variable::new(Tensor::from([[-2.0f32, 3.0], [1.0, -4.0]]));
    /// let weight = Variable::new(Tensor::from([0.5f32, 0.25])).requires_grad_(true);
    /// let y = x.prelu(&weight);
    /// assert_eq!(y.data().to_vec::<f32>(), [-1.0, 3.0, 1.0, -1.0]);
    /// y.sum().backward();
    /// assert_eq!(weight.grad().unwrap().to_vec::<f32>(), [-2.0, -4.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::prelu`].
    #[track_caller]
    pub fn prelu(&self, weight: &Variable) -> Variable {
        apply(PRelu, &[self, weight]).single()
    }
}

struct PRelu;

impl Op for PRelu {
    describe!("PreluKernelBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.input(1);
        x[0].prelu(&x[1]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (dy, x, weight) = (dy.single(), &saved[0], &saved[1]);
        let positive = x.value().gt(0);
        let mut beside = vec![1; positive.ndim()];
        if let Some(channels) = beside.get_mut(1) {
            *channels = weight.value().numel();
        }
        let dx = || dy.where_(&positive, &(dy.clone() * &weight.reshape(&beside)));
        let dweight = || {
            let each = (dy.clone() * x).masked_fill(&positive, 0.0);
            sum_to(each, &beside).reshape(saved.shape(1))
        };
        [needs[0].then(dx), needs[1].then(dweight)].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn prelu_gradients_match_finite_differences() {
        let x = Tensor::from([[[0.5, -1.0], [2.0, 3.5], [-2.1, 0.1]]]);
        gradchecks(|x| x[0].prelu(&x[1]), &[x.clone(), Tensor::from([0.25, -0.5, 2.0])]);
        gradchecks(|x| x[0].prelu(&x[1]), &[x.clone(), Tensor::from([0.25])]);
        gradchecks(|x| x[0].prelu(&x[1]), &[x.select(0, 0).select(0, 2), Tensor::from(0.25)]);
        gradchecks(|x| x[0].prelu(&x[1]), &[Tensor::from(-1.5), Tensor::from([0.25])]);
        let (constant, weight) = (Variable::new(x.clone()), Tensor::from([0.25]));
        gradchecks(|w| constant.prelu(&w[0]), &[weight.clone()]);
        gradchecks(|x| x[0].prelu(&Variable::new(weight.clone())), &[x]);
    }
}
