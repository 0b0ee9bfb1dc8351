//! The elementwise functions of one variable: all rows of the table in [`tensor::functions`].

use tensor::functions;
use tensor::{Elementwise, Map, Number, Reads, Tensor, Value};

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

macro_rules! methods {
    ($(
        $(#[$doc:meta])*
        $name:ident($($arg:ident = $default:literal),*) $kind:ident { $of:ident $($rule:tt)* }
    )*) => {
        impl Variable {$(
            $(#[$doc])*
            $(#[doc = concat!("\n\nIn torch, `", stringify!($arg), "` is ", stringify!($default), " by default.")])*
            #[doc = tensor::elementwise_dtypes!($of)]
            #[track_caller]
            pub fn $name(&self $(, $arg: f64)*) -> Variable {
                self.elementwise(functions::$kind { $($arg),* })
            }
        )*}
    };
}
tensor::elementwise_functions!(methods);

impl Variable {
    /// A function of every element: one of [`tensor::functions`], or of your own.
    ///
    /// ```
    /// use autograd::{Variable, gradcheck, gradgradcheck};
    /// use tensor::{Elementwise, Float, Map, Number, Reads, Tensor};
    ///
    /// /// `y = x·|x|`, `dy/dx = 2|x|`.
    /// #[derive(Clone, Copy)]
    /// struct SignedSquare;
    ///
    /// impl<T: Float> Map<T> for SignedSquare {
    ///     fn f(&self, x: T) -> T {
    ///         x * x.abs()
    ///     }
    /// }
    ///
    /// impl Elementwise for SignedSquare {
    ///     const NODE: &'static str = "SignedSquareBackward";
    ///     const READS: Reads = Reads::Input;
    ///
    ///     fn value(&self, x: &Tensor) -> Tensor {
    ///         x.map(*self)
    ///     }
    ///
    ///     fn gradient<N: Number>(&self, dy: N, x: N) -> N {
    ///         dy * N::select(x.lt(0.0), -x.clone(), x.clone()) * x.like(2.0)
    ///     }
    /// }
    ///
    /// let x = Tensor::from([0.5f64, -2.0]);
    /// assert_eq!(Variable::new(x.clone()).elementwise(SignedSquare).data().to_vec::<f64>(), [0.25, -4.0]);
    /// gradcheck(|x| x[0].elementwise(SignedSquare), &[x.clone()]);
    /// gradgradcheck(|x| x[0].elementwise(SignedSquare), &[x]);
    /// ```
    ///
    /// # Panics
    /// On dtypes that the function refuses.
    #[track_caller]
    pub fn elementwise(&self, function: impl Elementwise) -> Variable {
        apply(OfElements(function), &[self]).single()
    }
}

struct OfElements<F>(F);

impl<F: Elementwise> Op for OfElements<F> {
    fn name(&self) -> &'static str {
        F::NODE
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.0.attributes()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        match F::READS {
            Reads::Input => save.input(0),
            Reads::Output => save.output(0),
            Reads::Nothing => {}
        }
        self.0.value(&x[0]).into()
    }

    /// In `dy`'s own memory.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let dy = dy.single();
        if const { !F::FUSED } {
            let read = if matches!(F::READS, Reads::Nothing) { dy.clone() } else { saved[0].clone() };
            dy.by_steps(read, self.0).into()
        } else if const { matches!(F::READS, Reads::Nothing) } {
            dy.into_map(Gradient(self.0)).into()
        } else {
            dy.into_zip(&saved[0], Gradient(self.0)).into()
        }
    }
}

#[derive(Clone, Copy)]
struct Gradient<F>(F);

impl<F: Elementwise, N: Number> Map<(N, N), N> for Gradient<F> {
    const SPLITS: bool = F::SPLITS;

    #[inline(always)]
    fn f(&self, (dy, read): (N, N)) -> N {
        self.0.gradient(dy, read)
    }

    #[inline(always)]
    fn alone(&self, (dy, read): (N, N)) -> N {
        self.0.gradient_alone(dy, read)
    }
}

impl<F: Elementwise, N: Number> Map<N> for Gradient<F> {
    #[inline(always)]
    fn f(&self, dy: N) -> N {
        self.0.gradient(dy.clone(), dy)
    }
}

#[cfg(test)]
mod tests {
    use tensor::{DType, Tensor};

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    type Function = fn(&Variable) -> Variable;

    macro_rules! list {
        ($(
            $(#[$doc:meta])*
            $name:ident($($arg:ident = $default:literal),*) $kind:ident { $($rule:tt)* }
        )*) => {
            /// Every function of the table, with torch's defaults.
            const FUNCTIONS: &[(&str, Function)] = &[$((stringify!($name), |x| x.$name($($default),*))),*];
        };
    }
    tensor::elementwise_functions!(list);

    #[test]
    fn gradients_match_finite_differences_wherever_a_function_is_defined() {
        for (name, f) in FUNCTIONS {
            // No corner and no jump of any of them is here.
            let points = [-2.7, -1.2, -0.8, -0.3, 0.2, 0.4, 0.6, 0.75, 0.9, 1.3, 1.8, 2.2, 3.4, 6.6];
            let defined = |x: &f64| f(&Variable::new(Tensor::from(*x))).item().is_finite();
            let points: Vec<f64> = points.into_iter().filter(defined).collect();
            assert!(points.len() >= 5, "{name} is defined at {points:?} alone");
            gradchecks(|x| f(&x[0]), &[Tensor::from(points)]);
        }
    }

    #[test]
    fn other_parameters_have_their_gradients() {
        let x = [Tensor::from([[0.5f64, -1.2, 2.0], [-0.3, 0.9, -2.5]])];
        gradchecks(|x| x[0].elu(0.7), &x);
        gradchecks(|x| x[0].leaky_relu(0.2), &x);
        gradchecks(|x| x[0].softplus(2.0, 3.0), &x);
        gradchecks(|x| x[0].hardtanh(-1.0, 1.5), &x);
        gradchecks(|x| x[0].celu(0.7), &x);
        gradchecks(|x| x[0].softshrink(1.0), &x);
        gradchecks(|x| x[0].hardshrink(1.0), &x);
    }

    #[test]
    fn integers_stay_integers_between_bounds_that_are_cut() {
        let y = Variable::new(Tensor::from([0u8, 3, 255])).hardtanh(2.7, 5.9);
        assert_eq!(y.data().to_vec::<u8>(), [2, 3, 5]);
        let y = Variable::new(Tensor::from([i64::MIN, -3, (1 << 53) + 1])).hardtanh(-2.7, f64::INFINITY);
        assert_eq!(y.data().to_vec::<i64>(), [-2, -2, (1 << 53) + 1]);
        assert_eq!(Variable::new(Tensor::from([2i64])).tanh().dtype(), DType::F32);
    }

    #[test]
    fn what_saves_nothing_can_be_passed_through_again() {
        let x = Variable::new(Tensor::from([0.5f32, -1.5])).requires_grad_(true);
        let y = (x.neg() + x.floor()).sum();
        y.backward();
        y.backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [-2.0, -2.0]);
    }
}
