use tensor::{Scalar, Tensor};

use crate::ops::elementwise::{Elementwise, Saves};
use crate::{Attribute, Differentiable, Dy, Grads, Number, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// `y = xᵖ`, `dy/dx = p·xᵖ⁻¹`.
    #[track_caller]
    pub fn powf(&self, p: f64) -> Variable {
        self.unary(PowF(p))
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

#[derive(Clone, Copy)]
struct PowF(f64);

impl Elementwise for PowF {
    const NAME: &'static str = "PowBackward0";
    const SAVES: Saves = Saves::Input;

    fn attributes(self) -> Vec<(&'static str, Attribute)> {
        vec![("exponent", self.0.into())]
    }

    fn f(self, x: &Tensor) -> Tensor {
        x.powf(self.0)
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        match self.0 {
            0.0 => x.like(0.0),
            1.0 => x.like(1.0),
            2.0 => x.clone() + x,
            p => x.like(p) * power(x, p - 1.0),
        }
    }

    #[inline(always)]
    fn dx<N: Number>(self, dy: N, x: N) -> N {
        // Not a product where the power is 1 everywhere.
        if self.0 == 0.0 { x.like(0.0) } else { dy * self.df(x) }
    }
}

/// `xᵠ`, directly where torch does so: a root of −∞ is NaN, unlike its power ½. Out of line, as the general
/// power is: the loop around it then stays a loop over `x + x` for squares.
#[inline(never)]
fn power<N: Number>(x: N, q: f64) -> N {
    match q {
        0.5 => x.sqrt(),
        -0.5 => x.like(1.0) / x.sqrt(),
        2.0 => x.clone() * x,
        3.0 => x.clone() * x.clone() * x,
        -1.0 => x.like(1.0) / x,
        -2.0 => x.like(1.0) / (x.clone() * x),
        q => x.powf(q),
    }
}

struct Pow;

impl Op for Pow {
    fn name(&self) -> &'static str {
        "PowBackward1"
    }

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
