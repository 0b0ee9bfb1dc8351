use autograd::{Variable, enable_grad};
use nn::{OptionError, Options, Parameter};
use tensor::kernels::rounding::root::Roots;

use crate::{Core, Memory, Optimizer, Real};

/// One kind of optimizer, by its options: what it remembers of a parameter, and how it steps.
///
/// [`Core`] has the rest: `Core<AdamOptions>` is Adam. The crate's page shows a whole rule.
pub trait Rule: Options {
    /// torch's name, under which the optimizer prints.
    const NAME: &'static str;

    /// torch's names of the state's slots: tensors that have the shape and type of the parameter.
    const SLOTS: &'static [&'static str] = &[];

    /// Whether the state counts steps. Default: it does.
    const COUNTS: bool = true;

    /// Whether the slots are there before the first step. Default: each is made when it is first used.
    const EAGER: bool = false;

    /// Whether all parameters must be one group. Default: they need not.
    const ONE_GROUP: bool = false;

    /// The rest of the state: scalars, lists, tensors of other shapes. `()` if there is nothing else.
    type Memory: Memory;

    /// Whether these options use slot `i`. Default: they do.
    fn uses(&self, _i: usize) -> bool {
        true
    }

    /// The number that slot `i` is filled with when it is made. Default: 0.
    fn fill(&self, _i: usize) -> f64 {
        0.0
    }

    /// Sets the options whose defaults depend on others, when an optimizer is made. Default: there are none.
    fn complete(&mut self) {}

    /// Whether the rule has a meaning with these options together; [`Options::check`] is about their ranges.
    ///
    /// It is asked of every group when the group is made, loaded and stepped. Default: it has.
    ///
    /// # Errors
    /// Naming the options that exclude each other.
    fn possible(&self) -> Result<(), OptionError> {
        Ok(())
    }

    /// Whether the rule takes this parameter. Default: it takes any.
    ///
    /// # Errors
    /// Saying which ones it takes.
    fn accepts(_p: &Parameter) -> Result<(), OptionError> {
        Ok(())
    }

    /// The step of [`Optimizer::step_with`](crate::Optimizer::step_with). Default: the loss and its
    /// gradients once, then [`step`](Rule::step).
    #[track_caller]
    fn step_with(core: &mut Core<Self>, closure: &mut dyn FnMut() -> Variable) -> Variable {
        core.zero_grad();
        let loss = enable_grad(closure);
        Self::step(core);
        loss
    }

    /// Updates every parameter that has a gradient, by [`Core::sweep`] where each element depends on itself
    /// alone, else by [`Core::each`].
    #[track_caller]
    fn step(core: &mut Core<Self>);
}

/// The parameter whose scalars a rule computes.
pub struct At<'a, M> {
    /// The number of the step, counted from 1, over the steps with a gradient.
    pub step: f64,
    /// Whether no slot had been made when the step began.
    pub first: bool,
    /// The state besides the slots, to read and to change.
    pub memory: &'a mut M,
}

/// The arithmetic of a rule with `N` slots at one step, its scalars included.
///
/// [`Core::sweep`] runs it on pieces of the parameters, from several threads, compiled for the instruction
/// set of the machine; so the result for an element may depend on that element alone.
pub trait Update<const N: usize>: Copy + Send + Sync {
    /// Updates the parameter `w` and its slots from the gradient `g`, all of the same length.
    ///
    /// The slots are in the order of [`Rule::SLOTS`]; one that was never made is empty. `roots` is how torch
    /// takes square roots on this machine, for [`Real::roots`]. Must be `#[inline(always)]`.
    fn apply<T: Real>(self, w: &mut [T], g: &[T], slots: [&mut [T]; N], roots: Roots);
}
