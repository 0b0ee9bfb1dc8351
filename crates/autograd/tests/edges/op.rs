//! A row of the table: an operation here, the same in torch, and the inputs both get.

use autograd::Variable;
use tensor::{Scalar, Tensor};

/// An operation on values of one kind.
pub(crate) type On<T> = Box<dyn Fn(&[T]) -> Vec<Output>>;

/// One operation with its arguments.
pub(crate) struct Op {
    /// The name of the function or method.
    pub(crate) name: &'static str,
    /// The expression in torch, of `x`, `y`, `z` and `w`.
    pub(crate) torch: String,
    /// The operation on variables; its gradients are compared too.
    pub(crate) on_variables: Option<On<Variable>>,
    /// The operation on tensors.
    pub(crate) on_tensors: Option<On<Tensor>>,
    /// The names of each case's inputs.
    pub(crate) inputs: Vec<String>,
    /// How far a value may be from torch's.
    pub(crate) bound: Bound,
    /// The same for gradients.
    pub(crate) gradient_bound: Bound,
}

/// How far a float may be from torch's; by default not at all.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bound {
    /// Units in the last place.
    pub(crate) ulps: f64,
    /// Numbers smaller than this count as this large: they are what a subtraction leaves of such numbers.
    pub(crate) around: f64,
    /// Whether 0 and −0 are the same.
    pub(crate) zeros_alike: bool,
    /// Whether an `F64` may have been rounded to `F32` on the way: torch does so
    /// where the inputs' dtypes are mixed.
    pub(crate) by_way_of_f32: bool,
}

/// The result of an operation.
pub(crate) enum Output {
    Variable(Variable),
    Tensor(Tensor),
}

pub(crate) trait Outputs {
    fn outputs(self) -> Vec<Output>;
}

impl Outputs for Variable {
    fn outputs(self) -> Vec<Output> {
        vec![Output::Variable(self)]
    }
}

impl Outputs for Tensor {
    fn outputs(self) -> Vec<Output> {
        vec![Output::Tensor(self)]
    }
}

impl Outputs for bool {
    fn outputs(self) -> Vec<Output> {
        Tensor::from(self).outputs()
    }
}

impl<T: Outputs> Outputs for Vec<T> {
    fn outputs(self) -> Vec<Output> {
        self.into_iter().flat_map(T::outputs).collect()
    }
}

impl<A: Outputs, B: Outputs> Outputs for (A, B) {
    fn outputs(self) -> Vec<Output> {
        [self.0.outputs(), self.1.outputs()].into_iter().flatten().collect()
    }
}

/// Arguments that a call on variables and one on tensors have in common.
pub(crate) trait Value {
    fn as_tensor(&self) -> Tensor;
}

impl Value for Variable {
    fn as_tensor(&self) -> Tensor {
        self.data()
    }
}

impl Value for Tensor {
    fn as_tensor(&self) -> Tensor {
        self.clone()
    }
}

/// The rows of a subject, as they are gathered.
pub(crate) struct Table {
    pub(crate) subject: &'static str,
    pub(crate) ops: Vec<Op>,
}

impl Table {
    pub(crate) fn add(&mut self, name: &'static str, torch: impl Into<String>, inputs: &[String]) -> &mut Op {
        self.ops.push(Op {
            name,
            torch: torch.into(),
            on_variables: None,
            on_tensors: None,
            inputs: inputs.to_vec(),
            bound: Bound::default(),
            gradient_bound: Bound::default(),
        });
        self.ops.last_mut().expect("one was just added")
    }
}

impl Op {
    pub(crate) fn variables<R: Outputs>(&mut self, call: impl Fn(&[Variable]) -> R + 'static) -> &mut Op {
        self.on_variables = Some(Box::new(move |x| call(x).outputs()));
        self
    }

    pub(crate) fn tensors<R: Outputs>(&mut self, call: impl Fn(&[Tensor]) -> R + 'static) -> &mut Op {
        self.on_tensors = Some(Box::new(move |x| call(x).outputs()));
        self
    }

    /// Values and gradients may differ by roundings: so many units in the last place.
    pub(crate) fn within(&mut self, ulps: f64, gradient_ulps: f64) -> &mut Op {
        (self.bound.ulps, self.gradient_bound.ulps) = (ulps, gradient_ulps);
        self
    }

    /// These units are those of `size` in numbers that are smaller: what is left of a subtraction. In
    /// gradients, times the weights of the elements, up to 37.
    pub(crate) fn around(&mut self, size: f64) -> &mut Op {
        (self.bound.around, self.gradient_bound.around) = (size, 37.0 * size);
        self
    }

    /// Which of two zeros comes out is a matter of the order or of the vector's width, also in torch.
    pub(crate) fn zeros_alike(&mut self) -> &mut Op {
        (self.bound.zeros_alike, self.gradient_bound.zeros_alike) = (true, true);
        self
    }

    /// The text that the recorder reads: one line for each case.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        let kind = if self.on_variables.is_some() { "grad" } else { "value" };
        self.inputs.iter().map(move |inputs| format!("{kind}\t{}\t{}\t{inputs}", self.name, self.torch))
    }
}

/// A row for a call that reads the same on variables and on tensors.
macro_rules! both {
    ($table:ident, $name:ident, $torch:expr, $inputs:expr, |$x:ident| $call:expr) => {
        $table
            .add(stringify!($name), $torch, $inputs)
            .variables({
                #[allow(unused_imports)]
                use autograd as lib;
                move |$x| $call
            })
            .tensors({
                #[allow(unused_imports)]
                use tensor as lib;
                move |$x| $call
            })
    };
}

/// A row for a call on variables.
macro_rules! variables {
    ($table:ident, $name:ident, $torch:expr, $inputs:expr, |$x:ident| $call:expr) => {
        $table.add(stringify!($name), $torch, $inputs).variables(move |$x| $call)
    };
}

/// A row for a call on tensors.
macro_rules! tensors {
    ($table:ident, $name:ident, $torch:expr, $inputs:expr, |$x:ident| $call:expr) => {
        $table.add(stringify!($name), $torch, $inputs).tensors(move |$x| $call)
    };
}

pub(crate) use {both, tensors, variables};

/// A number as Python writes it.
pub(crate) fn python(x: Scalar) -> String {
    match x {
        Scalar::Bool(true) => "True".into(),
        Scalar::Bool(false) => "False".into(),
        Scalar::Int(x) => x.to_string(),
        Scalar::Float(x) if x.is_nan() => "nan".into(),
        Scalar::Float(x) => format!("{x:?}"),
    }
}
