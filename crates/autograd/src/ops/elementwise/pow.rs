use tensor::functions::PowF;
use tensor::{Scalar, Tensor};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `y = xᵖ`, `dy/dx = p·xᵖ⁻¹`.
    #[track_caller]
    pub fn powf(&self, p: f64) -> Variable {
        self.elementwise(PowF { exponent: p })
    }

    /// `y = xᵖ`, of integers and a whole `p` an integer, as [`Tensor::pow_scalar`]; else as
    /// [`Variable::powf`].
    ///
    /// # Panics
    /// As [`Tensor::pow_scalar`].
    #[track_caller]
    pub fn pow_scalar(&self, p: impl Into<Scalar>) -> Variable {
        let p = p.into();
        if !self.dtype().is_float() {
            return Variable::new(self.data().pow_scalar(p)); // only floats have a gradient
        }
        self.powf(p.to_f64())
    }

    /// `z = xʸ`, elementwise, with broadcasting: `dx = y·xʸ⁻¹·dz`, `dy = xʸ·ln x·dz`, the latter 0 where
    /// `x` is 0 and `y ≥ 0`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn pow(&self, y: &Variable) -> Variable {
        apply(Pow, &[self, y]).single()
    }
}

struct Pow;

impl Op for Pow {
    describe!("PowBackward1");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.input(1);
        save.output_if(save.needs[1], 0);
        x[0].pow(&x[1]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dz: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (dz, x, y) = (dz.single(), &saved[0], &saved[1]);
        let zero = V::constant(tensor::zeros_dtype((), dz.value().dtype()));
        let dx = needs[0].then(|| {
            // Where y = 0 the gradient is 0 whatever xʸ⁻¹ and dz are.
            let dx = dz.clone() * &(y.clone() * &x.pow(&(y.clone() - 1.0)));
            dx.where_(&y.value().ne_scalar(0.0), &zero)
        });
        let dy = needs[1].then(|| {
            let at_zero = x.value().eq_scalar(0.0).logical_and(&y.value().ge_scalar(0.0));
            dz * &zero.where_(&at_zero, &(saved[2].clone() * &x.log()))
        });
        [dx, dy].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn powf_gradient_matches_finite_differences() {
        for p in [-1.5, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0] {
            gradchecks(|x| x[0].powf(p), &[Tensor::from([0.5, 1.0, 3.5])]);
        }
    }

    #[test]
    fn pow_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].pow(&x[1]), &[Tensor::from([[0.5, 2.0], [1.0, 3.5]]), Tensor::from([2.0, -1.5])]);
    }

    #[test]
    fn a_zero_base_gives_no_nan() {
        let x = Variable::new(Tensor::from([0.0f32, 0.0])).requires_grad_(true);
        let y = Variable::new(Tensor::from([0.0f32, 2.0])).requires_grad_(true);
        x.pow(&y).sum().backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [0.0, 0.0]);
        assert_eq!(y.grad().expect("y took part").to_vec::<f32>(), [0.0, 0.0]);
    }
}
