use std::fmt;

use nn::Value;

use super::assert_possible;
use crate::{AnyGroup, Core, Error, ParamGroup, Rule};

/// An optimizer: [`step`](Optimizer::step) changes its parameters by their gradients.
///
/// Every [`Core`] is one. The trait is object-safe: schedules and programs that choose an optimizer at run
/// time work with `&mut dyn Optimizer` and `Box<dyn Optimizer>`, whose groups have their options by torch's
/// names. It prints as torch's `repr`.
///
/// ```
/// use optim::{Optimizer, SGD};
///
/// let w = nn::Parameter::new(tensor::ones([2]));
/// let mut optim: Box<dyn Optimizer> = Box::new(SGD::new([w], 0.1));
/// optim.param_groups_mut()[0].set_lr(0.05);
/// optim.param_groups_mut()[0].set("momentum", 0.9.into());
/// assert!(optim.to_string().contains("    lr: 0.05\n"));
/// ```
pub trait Optimizer: fmt::Display + Send {
    /// Updates every parameter that has a gradient, in place; the others and their state stay as they are.
    ///
    /// # Panics
    /// If the options of a group exclude each other, as the textbooks' formula of [`SGD`](crate::SGD) and
    /// `nesterov`, or a gradient does not fit its parameter.
    #[track_caller]
    fn step(&mut self);

    /// Removes the gradient of every parameter, as torch's `zero_grad(set_to_none=True)`.
    fn zero_grad(&mut self);

    /// The groups of parameters with their options.
    fn param_groups(&self) -> Vec<&dyn AnyGroup>;

    /// The groups, to change their options.
    fn param_groups_mut(&mut self) -> Vec<&mut dyn AnyGroup>;

    /// Adds a group; what it does not set it takes from the options this optimizer was made with.
    ///
    /// # Panics
    /// If one of its parameters already belongs to the optimizer.
    #[track_caller]
    fn add_param_group(&mut self, group: ParamGroup);

    /// State and options in torch's layout:
    /// `{'state': {0: {…}, …}, 'param_groups': [{'lr': …, 'params': [0, …]}]}`.
    fn state_dict(&self) -> Value;

    /// Takes over what [`state_dict`](Optimizer::state_dict), or torch, gave; options included.
    ///
    /// Slots are copied and cast to their parameter's type. Nothing changes unless everything fits.
    ///
    /// # Errors
    /// If the groups differ in number or size, or entries are missing, of the wrong kind or of the wrong
    /// shape.
    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error>;
}

impl<R: Rule> Optimizer for Core<R> {
    #[track_caller]
    fn step(&mut self) {
        for group in &self.groups {
            assert_possible(&group.options); // not in a closure, which would hide the caller
        }
        R::step(self);
    }

    fn zero_grad(&mut self) {
        self.groups.iter().flat_map(|group| group.params()).for_each(|p| p.zero_grad());
    }

    fn param_groups(&self) -> Vec<&dyn AnyGroup> {
        self.groups.iter().map(|group| group as _).collect()
    }

    fn param_groups_mut(&mut self) -> Vec<&mut dyn AnyGroup> {
        self.groups.iter_mut().map(|group| group as _).collect()
    }

    #[track_caller]
    fn add_param_group(&mut self, group: ParamGroup) {
        self.add_param_group(group);
    }

    fn state_dict(&self) -> Value {
        self.state_dict()
    }

    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error> {
        self.load_state_dict(state_dict)
    }
}

impl<O: Optimizer + ?Sized> Optimizer for Box<O> {
    #[track_caller]
    fn step(&mut self) {
        (**self).step();
    }

    fn zero_grad(&mut self) {
        (**self).zero_grad();
    }

    fn param_groups(&self) -> Vec<&dyn AnyGroup> {
        (**self).param_groups()
    }

    fn param_groups_mut(&mut self) -> Vec<&mut dyn AnyGroup> {
        (**self).param_groups_mut()
    }

    #[track_caller]
    fn add_param_group(&mut self, group: ParamGroup) {
        (**self).add_param_group(group);
    }

    fn state_dict(&self) -> Value {
        (**self).state_dict()
    }

    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error> {
        (**self).load_state_dict(state_dict)
    }
}
