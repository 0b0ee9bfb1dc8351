//! `+ - * /` beside a number.

use tensor::{Scalar, Tensor};

use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// A row has the documentation, the method's name on both types, the node's name and the factor `c` of
/// `dx = c·dy`; `spent` where torch keeps it as a tensor, which is gone after the first pass.
macro_rules! with_scalar {
    ($($(#[$doc:meta])* $name:ident $node:literal $factor:expr, spent $spent:literal;)*) => {
        impl Variable {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self, y: impl Into<Scalar>) -> Variable {
                let (factor, scalar): (fn(f64) -> f64, Scalar) = ($factor, y.into());
                let factor = factor(scalar.to_f64());
                let op = Affine { name: $node, factor, spent: $spent, of: Tensor::$name, scalar };
                apply(op, &[self]).single()
            }
        )*}
    };
}

with_scalar! {
    /// `x + y` for a scalar `y`.
    add_scalar "AddBackward0" |_| 1.0, spent false;
    /// `x − y` for a scalar `y`.
    sub_scalar "SubBackward0" |_| 1.0, spent false;
    /// `y − x` for a scalar `y`, as `torch.rsub`; what `y - x` calls.
    ///
    /// # Panics
    /// If one of the two is `Bool`.
    rsub_scalar "RsubBackward1" |_| -1.0, spent false;
    /// `x·y` for a scalar `y`.
    mul_scalar "MulBackward0" |y| y, spent true;
    /// `x/y` for a scalar `y`.
    div_scalar "DivBackward0" |y| 1.0 / y, spent true;
}

impl Variable {
    /// `y/x` for a scalar `y`: `y·(1/x)`, as torch computes `y / x`.
    #[track_caller]
    pub(crate) fn scalar_div(&self, y: impl Into<Scalar>) -> Variable {
        self.reciprocal().mul_scalar(y)
    }
}

/// `y = c·x + d`, `dx = c·dy`.
struct Affine {
    name: &'static str,
    /// `c`
    factor: f64,
    spent: bool,
    /// The function, and the number in it.
    of: fn(&Tensor, Scalar) -> Tensor,
    scalar: Scalar,
}

impl Op for Affine {
    fn name(&self) -> &'static str {
        self.name
    }

    attributes!(other: scalar);

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
