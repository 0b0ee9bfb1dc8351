use std::fmt;

use autograd::Variable;

use crate::{Builder, Error, Forward, Members, Module, Training};

/// A function as a layer: what a closure in [`sequential!`](crate::sequential!) becomes.
///
/// It has no parameters, and prints as `Lambda()`. A net with one saves its state dict as any other; saved
/// whole, it cannot be read, since a file has no functions: a layer of your own with `#[derive(Module)]` can.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Lambda, Linear, sequential};
///
/// let net = sequential![Linear::new(2, 4), |x: &Variable| x.relu() * 2.0, Variable::tanh];
/// assert_eq!(net.forward(&Variable::new(tensor::ones([3, 2]))).shape(), [3, 4]);
/// let double = Lambda::new(|x: &Variable| x * 2.0);
/// assert_eq!(double.forward(&Variable::new(tensor::ones([2]))).sum().item(), 4.0);
/// ```
pub struct Lambda {
    function: Box<Function>,
    training: Training,
}

type Function = dyn Fn(&Variable) -> Variable + Send + Sync;

impl Lambda {
    /// The layer that computes `function`.
    pub fn new(function: impl Fn(&Variable) -> Variable + Send + Sync + 'static) -> Self {
        Self { function: Box::new(function), training: Training::default() }
    }
}

#[nn::hooks]
impl Forward for Lambda {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        (self.function)(x)
    }
}

impl Module for Lambda {
    fn kind_name() -> &'static str {
        "Lambda"
    }

    fn is_hooked(&self) -> bool {
        true
    }

    fn members(&self) -> Members<'_> {
        let mut members = Members::new();
        members.add("training", &self.training);
        members
    }

    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        Err(builder.error("its function is one of the program that saved it"))
    }
}

impl fmt::Display for Lambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}

impl fmt::Debug for Lambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}
