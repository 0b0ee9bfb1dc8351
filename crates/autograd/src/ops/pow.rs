use tensor::{Float, Scalar, Tensor};

use super::operators::sum_to;
use crate::{Backward, Grads, Saves, UnaryOp, Variable};

impl Variable {
    /// `y = xᵖ`, `dy/dx = p·xᵖ⁻¹`.
    #[track_caller]
    pub fn powf(&self, p: f64) -> Variable {
        self.unary(PowF(p))
    }

    /// `y = xᵖ`, of integers and a whole `p` an integer, as [`Tensor::pow_scalar`]; else as [`Variable::powf`].
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

    /// `z = xʸ`, elementwise, with broadcasting: `dx = y·xʸ⁻¹·dz`, `dy = xʸ·ln x·dz`, the latter 0 where `x` is
    /// 0 and `y ≥ 0`.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn pow(&self, y: &Variable) -> Variable {
        let (x, e) = (self.data(), y.data());
        let z = x.pow(&e);
        Variable::from_op(z.clone(), &[self, y], || Pow { x, y: e, z })
    }
}

#[derive(Clone, Copy)]
struct PowF(f64);

impl UnaryOp for PowF {
    const NAME: &'static str = "PowBackward0";
    const SAVES: Saves = Saves::Input;

    fn f(self, x: &Tensor) -> Tensor {
        x.powf(self.0)
    }

    #[inline(always)]
    fn df<T: Float>(self, x: T) -> T {
        match self.0 {
            0.0 => T::ZERO,
            1.0 => T::ONE,
            2.0 => x + x,
            p => T::from_f64(p) * power(x, p - 1.0),
        }
    }

    #[inline(always)]
    fn dx<T: Float>(self, dy: T, x: T) -> T {
        // Not a product where the power is 1 everywhere.
        if self.0 == 0.0 { T::ZERO } else { dy * self.df(x) }
    }
}

/// `xᵠ`, directly where torch does so: a root of −∞ is NaN, unlike its power ½. Out of line, as the general
/// power is: the loop around it then stays a loop over `x + x` for squares.
#[inline(never)]
fn power<T: Float>(x: T, q: f64) -> T {
    match q {
        0.5 => x.sqrt(),
        -0.5 => T::ONE / x.sqrt(),
        2.0 => x * x,
        3.0 => x * x * x,
        -1.0 => T::ONE / x,
        -2.0 => T::ONE / (x * x),
        q => x.powf(T::from_f64(q)),
    }
}

struct Pow {
    x: Tensor,
    y: Tensor,
    z: Tensor,
}

impl Backward for Pow {
    fn name(&self) -> &'static str {
        "PowBackward1"
    }

    fn backward(&self, dz: Tensor, needs: &[bool]) -> Grads {
        let (x, y) = (&self.x, &self.y);
        let dx = needs[0].then(|| {
            // Where y = 0 the gradient is 0 whatever xʸ⁻¹ and dz are.
            let dx = &dz * &(y * &x.pow(&(y - 1.0)));
            sum_to(y.ne_scalar(0.0).where_(&dx, &dx.zeros_like()), x.shape())
        });
        let dy = needs[1].then(|| {
            let at_zero = x.eq_scalar(0.0).logical_and(&y.ge_scalar(0.0));
            let slope = at_zero.where_(&dz.zeros_like(), &(&self.z * &x.log()));
            sum_to(dz * &slope, y.shape())
        });
        [dx, dy].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::{Variable, gradcheck};

    #[test]
    fn powf_gradient_matches_finite_differences() {
        for p in [-1.5, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0] {
            gradcheck(|x| x[0].powf(p), &[Tensor::from([0.5, 1.0, 3.5])]);
        }
    }

    #[test]
    fn pow_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].pow(&x[1]), &[Tensor::from([[0.5, 2.0], [1.0, 3.5]]), Tensor::from([2.0, -1.5])]);
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
