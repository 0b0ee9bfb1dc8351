//! The elementwise functions of two variables: all rows of the table in [`tensor::pairs`].

use tensor::pairs;
use tensor::{Given, Operand, Pairwise, Tensor};

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

macro_rules! methods {
    ($(
        $(#[$doc:meta])*
        $name:ident $kind:ident {
            $of:ident $($how:ident)? |$x:ident, $y:ident| $value:expr
                $(, number |$nx:ident, $s:ident| $number:expr)? $(, refused if $wrong:expr, $words:literal)?;
            $($rule:tt)*
        }
    )*) => {
        impl Variable {$(
            $(#[$doc])*
            ///
            #[doc = tensor::pair_dtypes!($of)]
            #[track_caller]
            pub fn $name<'a>(&self, y: impl Into<Operand<'a, Variable>>) -> Variable {
                match y.into() {
                    Operand::Array(y) => self.pairwise(y, pairs::$kind),
                    Operand::Number(y) => tensor::beside_number!(self, y, $(|$nx, $s| $number,)? {
                        let y = y.beside(self.dtype(), tensor::pair_of_floats!($of));
                        self.to_dtype(y.dtype()).pairwise(&Variable::new(y), pairs::$kind)
                    }),
                }
            }
        )*}
    };
}
tensor::pair_functions!(methods);

impl<'a> From<&'a Variable> for Operand<'a, Variable> {
    fn from(variable: &'a Variable) -> Self {
        Operand::Array(variable)
    }
}

impl Variable {
    /// A function of every pair of elements: one of [`tensor::pairs`], or of your own.
    ///
    /// # Panics
    /// If the shapes do not broadcast, and on dtypes that the function refuses.
    #[track_caller]
    pub fn pairwise(&self, y: &Variable, function: impl Pairwise) -> Variable {
        apply(OfPairs(function), &[self, y]).single()
    }
}

struct OfPairs<F>(F);

impl<F: Pairwise> Op for OfPairs<F> {
    fn name(&self) -> &'static str {
        F::NODE
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let read = |which: fn(&Given<bool>) -> bool| {
            F::READS.iter().zip(save.needs).any(|(reads, &needed)| needed && which(reads))
        };
        let [by_x, by_y, by_z] = [read(|given| given.x), read(|given| given.y), read(|given| given.z)];
        save.input_if(by_x, 0);
        save.input_if(by_y, 1);
        save.output_if(by_z, 0);
        self.0.value(&x[0], &x[1]).into()
    }

    /// The graph sums over repeats.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dz: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dz = dz.single();
        let shape = dz.value().shape().to_vec();
        let given = |reads: Given<bool>| Given {
            x: reads.x.then(|| saved[0].clone()),
            y: reads.y.then(|| saved[1].clone()),
            z: reads.z.then(|| saved[2].clone()),
        };
        let [by_x, by_y] = F::READS;
        let dx = needs[0].then(|| dz.clone().to_first(given(by_x), self.0).expand(&shape));
        let dy = needs[1].then(|| dz.to_second(given(by_y), self.0).expand(&shape));
        [dx, dy].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    type Function = fn(&Variable, &Variable) -> Variable;

    macro_rules! list {
        ($($(#[$doc:meta])* $name:ident $kind:ident { $($rule:tt)* })*) => {
            /// Every function of the table.
            const FUNCTIONS: &[(&str, Function)] = &[$((stringify!($name), |x, y| x.$name(y))),*];
        };
    }
    tensor::pair_functions!(list);

    #[test]
    fn gradients_match_finite_differences() {
        // Near no corner and no jump of any function, nor where one is not defined.
        let x = Tensor::from([[0.55, 1.2, 3.4], [0.7, 2.1, 0.9]]);
        let y = Tensor::from([0.4, 1.7, 2.6]);
        for (name, f) in FUNCTIONS {
            match *name {
                "floor_divide" | "heaviside" | "nextafter" => {} // steps, or refused
                "gammainc" => gradchecks(|y| f(&Variable::new(x.clone()), &y[0]), &[y.clone()]),
                "zeta" => gradchecks(|y| f(&Variable::new(&x + 1.0), &y[0]), &[y.clone()]),
                _ => gradchecks(|x| f(&x[0], &x[1]), &[x.clone(), y.clone()]),
            }
        }
    }

    #[test]
    fn a_zero_base_gives_no_nan() {
        let x = Variable::new(Tensor::from([0.0f32, 0.0])).requires_grad_(true);
        let y = Variable::new(Tensor::from([0.0f32, 2.0])).requires_grad_(true);
        x.pow(&y).sum().backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [0.0, 0.0]);
        assert_eq!(y.grad().expect("y took part").to_vec::<f32>(), [0.0, 0.0]);
    }

    #[test]
    fn equal_elements_share_the_gradient() {
        let x = Variable::new(Tensor::from([1.0f32])).requires_grad_(true);
        let y = Variable::new(Tensor::from([1.0f32])).requires_grad_(true);
        x.maximum(&y).sum().backward();
        assert_eq!((x.grad().expect("took part").item(), y.grad().expect("took part").item()), (0.5, 0.5));
    }

    #[test]
    fn numbers_stand_for_a_second_operand() {
        let x = Variable::new(Tensor::from([3.5f64, -3.5])).requires_grad_(true);
        x.remainder(2).sum().backward();
        assert_eq!(x.remainder(2).data().to_vec::<f64>(), [1.5, 0.5]);
        assert_eq!(x.grad().expect("x took part").to_vec::<f64>(), [1.0, 1.0]);
        assert_eq!(x.pow(2).data().to_vec::<f64>(), [12.25, 12.25]);
        let whole = Variable::new(Tensor::from([7i64]));
        assert_eq!(whole.floor_divide(2).data().to_vec::<i64>(), [3]);
        assert_eq!(whole.fmod(2.5).data().to_vec::<f32>(), [2.0]);
    }

    #[test]
    #[should_panic(expected = "derivative for gammainc by its first operand is not implemented")]
    fn there_is_none_by_the_shape() {
        let a = Variable::new(tensor::ones(2)).requires_grad_(true);
        a.gammainc(&Variable::new(tensor::ones(2))).sum().backward();
    }
}
