//! The call of a module with its hooks around it.

use std::borrow::Cow;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use autograd::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};
use tensor::Tensor;

use super::list::{Backward, Hook, USED};
use crate::Module;

/// The computation of a module whose `Forward` goes through its hooks; `#[hooks]` writes both.
#[doc(hidden)]
pub trait Hooked: Module {
    /// The output for the input `x`.
    fn __computed(&self, x: &Variable) -> Variable;
}

/// How a derived `Module` finds out whether its type is [`Hooked`]: the first of these two traits that fits.
#[doc(hidden)]
pub mod probe {
    use std::marker::PhantomData;

    pub struct Probe<M>(PhantomData<M>);

    impl<M> Probe<M> {
        #[allow(clippy::new_without_default)]
        pub fn new() -> Self {
            Self(PhantomData)
        }
    }

    pub trait WithHooks {
        fn is_hooked(&self) -> bool;
    }

    impl<M: super::Hooked> WithHooks for Probe<M> {
        fn is_hooked(&self) -> bool {
            true
        }
    }

    pub trait Plain {
        fn is_hooked(&self) -> bool;
    }

    impl<M> Plain for &Probe<M> {
        fn is_hooked(&self) -> bool {
            false
        }
    }
}

/// What `module` computes, with its hooks around it.
#[doc(hidden)]
#[track_caller]
pub fn call<M: Hooked>(module: &M, x: &Variable) -> Variable {
    if !USED.load(Ordering::Relaxed) {
        return Hooked::__computed(module, x);
    }
    let hooks = module.members().training().map(|training| training.hooks.all()).unwrap_or_default();
    if hooks.is_empty() {
        return Hooked::__computed(module, x);
    }
    let mut x = Cow::Borrowed(x);
    for hook in &hooks {
        if let Hook::Before(hook) = hook
            && let Some(given) = hook(module.as_module(), &x)
        {
            x = Cow::Owned(given);
        }
    }
    let backward = hooks.iter().filter_map(|hook| match hook {
        Hook::Backward(hook) => Some(hook.clone()),
        _ => None,
    });
    let backward = Around::new(backward.collect());
    let x = backward.input(x);
    let mut y = Hooked::__computed(module, &x);
    for hook in &hooks {
        if let Hook::After(hook) = hook
            && let Some(given) = hook(module.as_module(), &x, &y)
        {
            y = given;
        }
    }
    backward.output(y, &x)
}

/// The backward hooks of one call, between an input and an output of its own.
struct Around {
    hooks: Vec<Arc<Backward>>,
    /// The gradient of the output, once it is there.
    dy: Arc<Mutex<Option<Variable>>>,
}

impl Around {
    fn new(hooks: Vec<Arc<Backward>>) -> Self {
        Self { hooks, dy: Arc::default() }
    }

    fn input<'a>(&self, x: Cow<'a, Variable>) -> Cow<'a, Variable> {
        if self.hooks.is_empty() || !autograd::is_grad_enabled() || !x.requires_grad() {
            return x;
        }
        let x = apply(Itself, &[&x]).single();
        let (hooks, dy) = (self.hooks.clone(), self.dy.clone());
        x.register_hook(move |dx| {
            let dy = dy.lock().unwrap_or_else(PoisonError::into_inner).take()?;
            let mut given: Option<Variable> = None;
            for hook in &hooks {
                given = hook(Some(given.as_ref().unwrap_or(dx)), &dy).or(given);
            }
            given
        });
        Cow::Owned(x)
    }

    fn output(&self, y: Variable, x: &Variable) -> Variable {
        if self.hooks.is_empty() || !autograd::is_grad_enabled() || !y.requires_grad() {
            return y;
        }
        let y = apply(Itself, &[&y]).single();
        let (hooks, kept, alone) = (self.hooks.clone(), self.dy.clone(), !x.requires_grad());
        y.register_hook(move |dy| {
            match alone {
                false => *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(dy.clone()),
                true => {
                    for hook in &hooks {
                        assert!(
                            hook(None, dy).is_none(),
                            "register_full_backward_hook: Backward hooks for Modules where no input requires \
                             gradient should always return None or None for all gradients."
                        );
                    }
                }
            }
            None::<Variable>
        });
        y
    }
}

/// The identity, so that a call has a place of its own in the graph.
struct Itself;

impl Op for Itself {
    fn name(&self) -> &'static str {
        "BackwardHookFunctionBackward"
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        x[0].clone().into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().into()
    }
}
