//! The elementwise functions of one variable: all rows of the table in [`tensor::functions`].

use tensor::functions;
use tensor::{Elementwise, Map, Number, Reads, Tensor};

use crate::{Attribute, Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

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
    /// Applies an elementwise function.
    #[track_caller]
    pub(super) fn elementwise(&self, function: impl Elementwise) -> Variable {
        apply(OfElements(function), &[self]).single()
    }
}

struct OfElements<F>(F);

impl<F: Elementwise> Op for OfElements<F> {
    fn name(&self) -> &'static str {
        F::NODE
    }

    fn attributes(&self) -> Vec<(&'static str, Attribute)> {
        self.0.attributes().into_iter().map(|(name, value)| (name, value.into())).collect()
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
        if const { matches!(F::READS, Reads::Nothing) } {
            dy.into_map(Gradient(self.0)).into()
        } else {
            dy.into_zip(&saved[0], Gradient(self.0)).into()
        }
    }
}

#[derive(Clone, Copy)]
struct Gradient<F>(F);

impl<F: Elementwise, N: Number> Map<(N, N), N> for Gradient<F> {
    #[inline(always)]
    fn f(&self, (dy, read): (N, N)) -> N {
        self.0.gradient(dy, read)
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
            let points = [-2.7, -1.2, -0.3, 0.2, 0.9, 1.8, 3.4, 6.6];
            let defined = |x: &f64| !f(&Variable::new(Tensor::from(*x))).item().is_nan();
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
    }

    #[test]
    fn a_tensor_and_a_variable_have_the_same_values() {
        let x = Tensor::from([0.3f32, 1.7]);
        macro_rules! compare {
            ($(
                $(#[$doc:meta])*
                $name:ident($($arg:ident = $default:literal),*) $kind:ident { $($rule:tt)* }
            )*) => {$(
                let (y, z) = (x.$name($($default),*), Variable::new(x.clone()).$name($($default),*).data());
                assert_eq!(y.to_vec::<f32>(), z.to_vec::<f32>(), stringify!($name));
            )*};
        }
        tensor::elementwise_functions!(compare);
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
