use std::fmt;

use nn::Value;

use crate::{Core, Error, ParamGroup};

/// An optimizer: [`step`](Optimizer::step) changes its parameters by their gradients.
///
/// Everything but the step itself comes from the [`Core`] an optimizer contains. The trait is object-safe:
/// schedules and programs that choose an optimizer at run time work with `&mut dyn Optimizer` and `Box<dyn
/// Optimizer>`, which prints as torch prints it.
///
/// ```
/// use optim::{Optimizer, Sgd};
///
/// let w = nn::Parameter::new(tensor::ones([2]));
/// let mut optim: Box<dyn Optimizer> = Box::new(Sgd::new([w], 0.1));
/// optim.param_groups_mut()[0].lr = 0.05;
/// assert!(optim.to_string().contains("    lr: 0.05\n"));
/// ```
pub trait Optimizer: Send {
    /// The groups and the state.
    fn core(&self) -> &Core;

    /// The groups and the state, to change.
    fn core_mut(&mut self) -> &mut Core;

    /// Updates every parameter that has a gradient, in place; the others and their state stay as they are.
    fn step(&mut self);

    /// Removes the gradient of every parameter, as torch's `zero_grad(set_to_none=True)`.
    fn zero_grad(&mut self) {
        self.core().zero_grad();
    }

    /// The groups of parameters with their hyper-parameters.
    fn param_groups(&self) -> &[ParamGroup] {
        self.core().param_groups()
    }

    /// The groups, to change: `optim.param_groups_mut()[0].lr = 0.01`.
    fn param_groups_mut(&mut self) -> &mut [ParamGroup] {
        self.core_mut().param_groups_mut()
    }

    /// Adds a group; what it does not set it takes from the values this optimizer was made with.
    ///
    /// # Panics
    /// If one of its parameters already belongs to the optimizer.
    #[track_caller]
    fn add_param_group(&mut self, group: ParamGroup) {
        self.core_mut().add_param_group(group);
    }

    /// State and hyper-parameters in torch's layout: `{'state': {0: {…}, …}, 'param_groups':
    /// [{'lr': …, 'params': [0, …]}]}`.
    fn state_dict(&self) -> Value {
        self.core().state_dict()
    }

    /// Takes over what [`state_dict`](Optimizer::state_dict), or torch, gave; hyper-parameters included.
    ///
    /// State tensors are copied and cast to their parameter's type. Nothing changes unless everything fits.
    ///
    /// # Errors
    /// If the groups differ in number or size, or entries are missing, of the wrong kind or of the wrong
    /// shape.
    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error> {
        self.core_mut().load_state_dict(state_dict)
    }
}

impl<O: Optimizer + ?Sized> Optimizer for Box<O> {
    fn core(&self) -> &Core {
        (**self).core()
    }

    fn core_mut(&mut self) -> &mut Core {
        (**self).core_mut()
    }

    #[track_caller]
    fn step(&mut self) {
        (**self).step();
    }

    #[track_caller]
    fn add_param_group(&mut self, group: ParamGroup) {
        (**self).add_param_group(group);
    }

    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error> {
        (**self).load_state_dict(state_dict)
    }
}

impl fmt::Display for dyn Optimizer + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core().fmt(f)
    }
}

/// `Display` as torch's `repr`, for an optimizer that is not behind `dyn`.
macro_rules! display_core {
    ($optimizer:ty) => {
        impl std::fmt::Display for $optimizer {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt($crate::Optimizer::core(self), f)
            }
        }
    };
}
pub(crate) use display_core;
