use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use autograd::distributions::Argument;
use autograd::{Variable, Variables};
use tensor::Tensor;

/// A [`Variable`] that a module owns and an optimizer trains; it requires a gradient.
///
/// Cloning copies the handle, not the numbers: the module, the optimizer and every list from
/// [`parameters`](crate::Module::parameters) hold the same parameter, and stay together through
/// [`set_data`](Variable::set_data) and [`load_state_dict`](crate::Module::load_state_dict).
///
/// Beside an operator it is its variable: `&self.weight * x + &self.bias`.
///
/// ```
/// use nn::Parameter;
/// use tensor::Tensor;
///
/// let weight = Parameter::new(Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]));
/// assert_eq!(
///     weight.to_string(),
///     "Parameter containing:\ntensor([[1., 2.],\n        [3., 4.]], requires_grad=True)"
/// );
/// ```
#[doc(alias = "register_parameter")]
#[derive(Clone)]
pub struct Parameter(Variable);

impl Parameter {
    /// A parameter that starts as `data`, a tensor of floats.
    ///
    /// # Panics
    /// If `data` does not hold floats: nothing else can require a gradient.
    #[track_caller]
    pub fn new(data: Tensor) -> Self {
        Self(Variable::new(data).requires_grad_(true))
    }
}

impl Deref for Parameter {
    type Target = Variable;

    fn deref(&self) -> &Variable {
        &self.0
    }
}

impl Borrow<Variable> for Parameter {
    fn borrow(&self) -> &Variable {
        &self.0
    }
}

impl Variables for Parameter {
    fn variables(&self) -> Vec<Variable> {
        self.0.variables()
    }
}

/// The variable that it is, for functions that take `impl Into<Variable>`.
impl From<&Parameter> for Variable {
    fn from(parameter: &Parameter) -> Variable {
        parameter.0.clone()
    }
}

/// A parameter that is learnt, of a distribution.
///
/// ```
/// use autograd::distributions::{Distribution, Normal};
/// use nn::Parameter;
///
/// let mu = Parameter::new(tensor::zeros(2));
/// Normal::new(&mu, 1.0).log_prob(&tensor::ones(2).into()).sum().backward();
/// assert_eq!(mu.grad().expect("it took part").to_vec::<f32>(), [1.0, 1.0]);
/// ```
impl From<&Parameter> for Argument {
    fn from(parameter: &Parameter) -> Argument {
        Argument::Variable(parameter.into())
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameter containing:\n{}", self.0)
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A [`Variable`] that a module keeps and saves but does not train, such as a running mean.
///
/// Cloning copies the handle, as for [`Parameter`]. A field of this type, `mean: Buffer`, is what
/// `register_buffer("mean", …)` is in torch; one that is not saved has `#[module(skip)]` and is a tensor.
#[doc(alias = "register_buffer")]
#[derive(Clone)]
pub struct Buffer(Variable);

impl Buffer {
    /// A buffer that starts as `data`, of any dtype.
    pub fn new(data: Tensor) -> Self {
        Self(Variable::new(data))
    }
}

impl Deref for Buffer {
    type Target = Variable;

    fn deref(&self) -> &Variable {
        &self.0
    }
}

impl fmt::Display for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
