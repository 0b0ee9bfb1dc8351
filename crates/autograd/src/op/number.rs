//! A variable as a number of an elementwise rule, whose every step is recorded.

use tensor::{Array, Number, Tensor};

use crate::Variable;

macro_rules! recorded {
    ($($name:ident $method:ident)*) => {$(
        fn $name(self) -> Self {
            Variable::$method(&self)
        }
    )*};
}

macro_rules! compared {
    ($($name:ident)*) => {$(
        fn $name(&self, c: f64) -> Tensor {
            Variable::$name(self, c)
        }
    )*};
}

impl Number for Variable {
    type Mask = Tensor;

    fn like(&self, c: f64) -> Variable {
        Variable::new(self.data().full_like(c))
    }

    recorded!(
        exp exp ln log ln_1p log1p sin sin cos cos sinh sinh cosh cosh tanh tanh sigmoid sigmoid erf erf erf_inside erf
        erfcx erfcx i0 i0 i0e i0e i1 i1 i1e i1e digamma digamma
    );

    fn polygamma(self, n: u32) -> Variable {
        Variable::polygamma(&self, n)
    }

    fn exp_at(self, _: bool) -> Variable {
        self.exp()
    }

    fn sigmoid_at(self, _: bool) -> Variable {
        Variable::sigmoid(&self)
    }

    fn mul_add(self, a: Variable, b: Variable) -> Variable {
        self * a + b
    }

    fn powf(self, p: f64) -> Variable {
        Variable::powf(&self, p)
    }

    compared!(lt le gt ge);

    fn or(a: Tensor, b: Tensor) -> Tensor {
        a.logical_or(&b)
    }

    fn select(mask: Tensor, yes: Variable, no: Variable) -> Variable {
        yes.where_(&mask, &no)
    }
}

impl Array for Variable {
    fn same(&self, y: &Variable) -> Tensor {
        self.data().eq(&y.data())
    }

    fn less(&self, y: &Variable) -> Tensor {
        self.data().lt(&y.data())
    }

    fn is_nan(&self) -> Tensor {
        self.data().isnan()
    }

    fn not(mask: Tensor) -> Tensor {
        mask.logical_not()
    }

    fn trunc(self) -> Variable {
        Variable::trunc(&self)
    }

    fn div_floor(self, y: Variable) -> Variable {
        Variable::div_floor(&self, &y)
    }

    fn lgamma(self) -> Variable {
        Variable::lgamma(&self)
    }

    fn pow(self, y: Variable) -> Variable {
        Variable::pow(&self, &y)
    }

    fn xlogy(self, y: Variable) -> Variable {
        Variable::xlogy(&self, &y)
    }

    fn xlog1py(self, y: Variable) -> Variable {
        Variable::xlog1py(&self, &y)
    }

    fn zeta(self, y: Variable) -> Variable {
        Variable::zeta(&self, &y)
    }
}
