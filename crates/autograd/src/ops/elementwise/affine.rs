//! `+ - * /` beside a number.

use tensor::{Scalar, Tensor};

use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// A row has the documentation, the method's name on both types, the node's name and the slope for a number;
/// `spent` where torch keeps it as a tensor, which is gone after the first pass.
macro_rules! with_scalar {
    ($($(#[$doc:meta])* $name:ident $node:literal $slope:expr, spent $spent:literal;)*) => {
        impl Variable {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self, y: impl Into<Scalar>) -> Variable {
                let (slope, scalar): (fn(Scalar) -> Slope, Scalar) = ($slope, y.into());
                let op = Affine { name: $node, slope: slope(scalar), spent: $spent, of: Tensor::$name, scalar };
                apply(op, &[self]).single()
            }
        )*}
    };
}

with_scalar! {
    /// `x + y` for a scalar `y`.
    add_scalar "AddBackward0" |_| Slope::One, spent false;
    /// `x − y` for a scalar `y`.
    sub_scalar "SubBackward0" |_| Slope::One, spent false;
    /// `y − x` for a scalar `y`, as `torch.rsub`; what `y - x` calls.
    ///
    /// # Panics
    /// If one of the two is `Bool`.
    rsub_scalar "RsubBackward1" |_| Slope::Times(-1.0), spent false;
    /// `x·y` for a scalar `y`.
    mul_scalar "MulBackward0" |y| Slope::Times(y.to_f64()), spent true;
    /// `x/y` for a scalar `y`.
    div_scalar "DivBackward0" |y| Slope::Over(y.to_f64()), spent true;
}

impl Variable {
    /// `y/x` for a scalar `y`: `y·(1/x)`, as torch computes `y / x`.
    #[track_caller]
    pub(crate) fn scalar_div(&self, y: impl Into<Scalar>) -> Variable {
        self.reciprocal().mul_scalar(y)
    }
}

/// What the gradient is multiplied or divided by: the two are rounded otherwise.
enum Slope {
    One,
    Times(f64),
    Over(f64),
}

/// `y = c·x + d`, `dx = c·dy`.
struct Affine {
    name: &'static str,
    slope: Slope,
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
        match self.slope {
            Slope::One => dy,
            Slope::Times(c) => dy.into_mul_scalar(c),
            Slope::Over(c) => dy.into_div_scalar(c),
        }
        .into()
    }
}
