use tensor::{Scalar, Tensor};

use crate::{Attribute, Differentiable, Dy, Grads, Op, Outputs, Saved, Saver};

/// `y = c·x + d`, `dx = c·dy`: what `+ - * /` are beside a number.
pub(super) struct Affine {
    pub(super) name: &'static str,
    /// `c`
    pub(super) factor: f64,
    /// Whether torch keeps the factor as a tensor, which is gone after the first pass.
    pub(super) spent: bool,
    /// The function, and the number in it.
    pub(super) of: fn(&Tensor, Scalar) -> Tensor,
    pub(super) scalar: Scalar,
}

impl Op for Affine {
    fn name(&self) -> &'static str {
        self.name
    }

    fn attributes(&self) -> Vec<(&'static str, Attribute)> {
        vec![("other", self.scalar.to_f64().into())]
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        if self.spent {
            save.spent();
        }
        (self.of)(&x[0], self.scalar).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let dy = dy.single();
        if self.factor == 1.0 { dy.into() } else { dy.into_mul_scalar(self.factor).into() }
    }
}
