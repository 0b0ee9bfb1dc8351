//! A variable as a number of an elementwise rule, whose every step is recorded.

use tensor::{Number, Tensor};

use crate::Variable;

macro_rules! recorded {
    ($($name:ident $method:ident)*) => {$(
        fn $name(self) -> Self {
            Variable::$method(&self)
        }
    )*};
}

macro_rules! compared {
    ($($name:ident $method:ident)*) => {$(
        fn $name(&self, c: f64) -> Tensor {
            self.data().$method(c)
        }
    )*};
}

impl Number for Variable {
    type Mask = Tensor;

    fn like(&self, c: f64) -> Variable {
        Variable::new(self.data().full_like(c))
    }

    recorded!(
        exp exp ln log ln_1p log1p sin sin cos cos tanh tanh sigmoid sigmoid erf erf digamma digamma
    );

    fn polygamma(self, n: u32) -> Variable {
        Variable::polygamma(&self, n)
    }

    fn powf(self, p: f64) -> Variable {
        Variable::powf(&self, p)
    }

    compared!(lt lt_scalar le le_scalar gt gt_scalar ge ge_scalar);

    fn or(a: Tensor, b: Tensor) -> Tensor {
        a.logical_or(&b)
    }

    fn select(mask: Tensor, yes: Variable, no: Variable) -> Variable {
        yes.where_(&mask, &no)
    }
}
