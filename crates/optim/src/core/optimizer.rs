use std::fmt;

use autograd::{HookHandle, Variable};
use nn::Value;

use super::assert_possible;
use crate::{AnyGroup, Core, Error, ParamGroup, Rule, StepHooks};

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

    /// A step that first evaluates the loss, and returns it: torch's `step(closure)`. `closure` computes the
    /// loss, calls `backward` on it and returns it; [`LBFGS`](crate::LBFGS) calls it several times.
    ///
    /// The gradients are cleared before each call: in torch the closure calls `optimizer.zero_grad()`, which
    /// here is at work itself meanwhile.
    ///
    /// ```
    /// use optim::{Optimizer, SGD};
    ///
    /// let w = nn::Parameter::new(tensor::Tensor::from(3.0_f32));
    /// let mut optim = SGD::new([w.clone()], 0.25);
    /// let loss = optim.step_with(&mut || {
    ///     let loss = w.square();
    ///     loss.backward();
    ///     loss
    /// });
    /// assert_eq!((loss.item(), w.item()), (9.0, 1.5));
    /// ```
    ///
    /// # Panics
    /// As [`step`](Optimizer::step).
    #[track_caller]
    fn step_with(&mut self, closure: &mut dyn FnMut() -> Variable) -> Variable;

    /// The functions that are called before and after each step.
    fn step_hooks(&self) -> &StepHooks;

    /// Calls `hook` with this optimizer before each step, as torch's method of this name, and before the
    /// closure of [`step_with`](Optimizer::step_with); it may change groups and gradients. A
    /// `&mut dyn Optimizer` has it in its [`step_hooks`](Optimizer::step_hooks).
    ///
    /// ```
    /// use optim::{Optimizer, SGD, clip_grad_norm_};
    ///
    /// let w = nn::Parameter::new(tensor::Tensor::from(3.0_f32));
    /// let mut optim = SGD::new([w.clone()], 1.0);
    /// let handle = optim.register_step_pre_hook(|optim| {
    ///     for group in optim.param_groups() {
    ///         clip_grad_norm_(group.params(), 0.5);
    ///     }
    /// });
    /// w.square().backward();
    /// optim.step();
    /// assert!((w.item() - 2.5).abs() < 1e-5);
    /// handle.remove();
    /// ```
    fn register_step_pre_hook(&self, hook: impl Fn(&mut dyn Optimizer) + Send + Sync + 'static) -> HookHandle
    where
        Self: Sized,
    {
        self.step_hooks().register_before(hook)
    }

    /// Calls `hook` with this optimizer after each step, as torch's method of this name.
    fn register_step_post_hook(&self, hook: impl Fn(&mut dyn Optimizer) + Send + Sync + 'static) -> HookHandle
    where
        Self: Sized,
    {
        self.step_hooks().register_after(hook)
    }

    /// The learning rate of the first group: `param_groups[0]['lr']`.
    #[track_caller]
    fn lr(&self) -> f64 {
        self.param_groups()[0].lr()
    }

    /// Sets the learning rate of all groups.
    #[track_caller]
    fn set_lr(&mut self, lr: f64) {
        for group in self.param_groups_mut() {
            group.set_lr(lr);
        }
    }

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
        self.before_step();
        R::step(self);
        self.after_step();
    }

    #[track_caller]
    fn step_with(&mut self, closure: &mut dyn FnMut() -> Variable) -> Variable {
        self.before_step();
        let loss = R::step_with(self, closure);
        self.after_step();
        loss
    }

    fn step_hooks(&self) -> &StepHooks {
        &self.hooks
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

impl<R: Rule> Core<R> {
    #[track_caller]
    fn before_step(&mut self) {
        for hook in self.hooks.before() {
            hook(self);
        }
        for group in &self.groups {
            assert_possible(&group.options); // not in a closure, which would hide the caller
        }
    }

    fn after_step(&mut self) {
        for hook in self.hooks.after() {
            hook(self);
        }
    }
}

impl<O: Optimizer + ?Sized> Optimizer for Box<O> {
    #[track_caller]
    fn step(&mut self) {
        (**self).step();
    }

    #[track_caller]
    fn step_with(&mut self, closure: &mut dyn FnMut() -> Variable) -> Variable {
        (**self).step_with(closure)
    }

    fn step_hooks(&self) -> &StepHooks {
        (**self).step_hooks()
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
