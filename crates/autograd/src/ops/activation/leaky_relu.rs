use tensor::{Float, Map, Tensor};

use crate::ops::elementwise::{Elementwise, Saves, map_floats};
use crate::{Attribute, Number, Variable};

impl Variable {
    /// `x` where it is positive, else `slope·x`.
    #[track_caller]
    pub fn leaky_relu(&self, negative_slope: f64) -> Variable {
        self.unary(LeakyRelu { slope: negative_slope })
    }
}

#[derive(Clone, Copy)]
struct LeakyRelu {
    slope: f64,
}

impl Map for LeakyRelu {
    #[inline(always)]
    fn f<T: Float>(self, x: T) -> T {
        x * self.df(x)
    }
}

impl Elementwise for LeakyRelu {
    const NAME: &'static str = "LeakyReluBackward0";
    const SAVES: Saves = Saves::Input;

    fn attributes(self) -> Vec<(&'static str, Attribute)> {
        vec![("negative_slope", self.slope.into())]
    }

    fn f(self, x: &Tensor) -> Tensor {
        map_floats("leaky_relu", x, self)
    }

    #[inline(always)]
    fn df<N: Number>(self, x: N) -> N {
        N::select(x.gt(0.0), x.like(1.0), x.like(self.slope))
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn leaky_relu_gradient_matches_finite_differences() {
        let x = Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]]);
        gradchecks(|x| x[0].leaky_relu(0.2), &[x]);
    }
}
