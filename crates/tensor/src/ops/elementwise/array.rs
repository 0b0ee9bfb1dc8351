use super::Number;
use super::functions::PowF;
use crate::{Elementwise, Tensor};

/// A whole array as a number: the rules of functions of two arrays, and of functions too seldom used for a
/// loop of their own, compute on tensors in a plain pass and on variables where they are recorded, one
/// operation after the other.
#[allow(missing_docs)] // as the methods of `Tensor`
pub trait Array: Number {
    /// Where the two are equal; NaN is not.
    fn same(&self, y: &Self) -> Self::Mask;
    /// Where this is less than `y`.
    fn less(&self, y: &Self) -> Self::Mask;
    fn is_nan(&self) -> Self::Mask;
    fn not(mask: Self::Mask) -> Self::Mask;
    fn trunc(self) -> Self;
    fn div_floor(self, y: Self) -> Self;
    fn lgamma(self) -> Self;
    fn pow(self, y: Self) -> Self;
    fn xlogy(self, y: Self) -> Self;
    fn xlog1py(self, y: Self) -> Self;
    fn zeta(self, y: Self) -> Self;

    /// Where both hold.
    fn and(a: Self::Mask, b: Self::Mask) -> Self::Mask {
        Self::not(Self::or(Self::not(a), Self::not(b)))
    }
}

macro_rules! steps {
    ($($name:ident $method:ident)*) => {$(
        fn $name(self) -> Tensor {
            Tensor::$method(&self)
        }
    )*};
}

macro_rules! compared {
    ($($name:ident)*) => {$(
        fn $name(&self, c: f64) -> Tensor {
            Tensor::$name(self, c)
        }
    )*};
}

impl Number for Tensor {
    type Mask = Tensor;

    /// Without axes, as it broadcasts.
    fn like(&self, c: f64) -> Tensor {
        crate::full_dtype((), c, self.dtype)
    }

    steps!(
        exp exp ln log ln_1p log1p sin sin cos cos sinh sinh cosh cosh tanh tanh sigmoid sigmoid erf erf erf_inside erf
        erfcx erfcx i0 i0 i0e i0e i1 i1 i1e i1e digamma digamma
    );

    fn polygamma(self, n: u32) -> Tensor {
        Tensor::polygamma(&self, n)
    }

    fn exp_at(self, _: bool) -> Tensor {
        self.exp()
    }

    fn sigmoid_at(self, _: bool) -> Tensor {
        Tensor::sigmoid(&self)
    }

    fn mul_add(self, a: Tensor, b: Tensor) -> Tensor {
        self * a + b
    }

    fn powf(self, p: f64) -> Tensor {
        PowF { exponent: p }.value(&self)
    }

    compared!(lt le gt ge);

    fn or(a: Tensor, b: Tensor) -> Tensor {
        a.logical_or(&b)
    }

    fn select(mask: Tensor, yes: Tensor, no: Tensor) -> Tensor {
        mask.where_(&yes, &no)
    }
}

impl Array for Tensor {
    fn same(&self, y: &Tensor) -> Tensor {
        self.eq(y)
    }

    fn less(&self, y: &Tensor) -> Tensor {
        Tensor::lt(self, y)
    }

    fn is_nan(&self) -> Tensor {
        self.isnan()
    }

    fn not(mask: Tensor) -> Tensor {
        mask.logical_not()
    }

    fn trunc(self) -> Tensor {
        Tensor::trunc(&self)
    }

    fn div_floor(self, y: Tensor) -> Tensor {
        Tensor::div_floor(&self, &y)
    }

    fn lgamma(self) -> Tensor {
        Tensor::lgamma(&self)
    }

    fn pow(self, y: Tensor) -> Tensor {
        Tensor::pow(&self, &y)
    }

    fn xlogy(self, y: Tensor) -> Tensor {
        Tensor::xlogy(&self, &y)
    }

    fn xlog1py(self, y: Tensor) -> Tensor {
        Tensor::xlog1py(&self, &y)
    }

    fn zeta(self, y: Tensor) -> Tensor {
        Tensor::zeta(&self, &y)
    }
}
