use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `z = x/y`, elementwise, with broadcasting: `dx = dz/y`, `dy = −dz·(z/y)`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn div(&self, y: &Variable) -> Variable {
        apply(Div, &[self, y]).single()
    }
}

struct Div;

impl Op for Div {
    describe!("DivBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(1);
        save.output_if(save.needs[1], 0);
        x[0].div(&x[1]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dz: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dz = dz.single();
        let dy = needs[1].then(|| (saved[1].clone() / &saved[0] * &dz).into_mul_scalar(-1.0));
        [needs[0].then(|| dz / &saved[0]), dy].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn div_gradient_matches_finite_differences() {
        let (x, y) = (Tensor::from([[0.5, -1.0], [3.5, 2.0]]), Tensor::from([0.3, 0.7]));
        gradchecks(|x| &x[0] / &x[1], &[x.clone(), y.clone()]);
        gradchecks(|x| &x[0] / &x[1], &[y, x]);
    }
    /// `-(dz/y)·(x/y)` would be off by one in the last place in each.
    #[test]
    fn the_gradient_of_a_divisor_is_rounded_as_torchs() {
        let (x, dz) = (Tensor::from([0.588f32, 1.132, 0.661]), Tensor::from([0.576f32, 0.968, 0.141]));
        let y = Variable::new([0.997f32, 0.863, 0.711]).requires_grad_(true);
        (x / &y).backward_with(dz);
        assert_eq!(y.grad().expect("a leaf").to_vec::<f32>(), [-0.340_729_33, -1.471_296_5, -0.184_366_21]);
    }
}
