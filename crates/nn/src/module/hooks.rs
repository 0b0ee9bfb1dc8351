//! Functions that are called when a module is: around its `forward`, and in the pass backward.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use autograd::{
    Differentiable, Dy, Grads, HookHandle, HookList, HookResult, Op, Outputs, Saved, Saver, Variable, apply,
};
use tensor::Tensor;

use crate::Module;

/// Hooks of a module: functions that are called when it is.
///
/// All layers of this crate have hooks, and one of your own that says `#[hooks]`, see
/// [`hooks`](macro@crate::hooks). Every module has these methods, also behind a `dyn Module`; they panic if
/// its calls would go past the hooks. A hook stays until its handle [removes](HookHandle::remove) it.
pub trait ModuleHooks: Module {
    /// Calls `hook` with this module and its input before every `forward`; a variable that it gives back
    /// becomes the input. Hooks are called in the order of their registration.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, Linear, ModuleHooks, sequential};
    ///
    /// let net = sequential![Linear::new(2, 3)];
    /// let handle = net[0].register_forward_pre_hook(|_, x| x * 0.0);
    /// let x = Variable::new(tensor::ones([1, 2]));
    /// let bias = net.layer::<Linear>(0).bias.as_ref().unwrap();
    /// assert_eq!(net.forward(&x).data().to_vec::<f32>(), bias.data().to_vec::<f32>());
    /// handle.remove();
    /// assert_ne!(net.forward(&x).data().to_vec::<f32>(), bias.data().to_vec::<f32>());
    /// ```
    ///
    /// # Panics
    /// If this module has no hooks.
    #[track_caller]
    fn register_forward_pre_hook<R: HookResult>(
        &self,
        hook: impl Fn(&dyn Module, &Variable) -> R + Send + Sync + 'static,
    ) -> HookHandle {
        register_pre(self.as_module(), hook)
    }

    /// Calls `hook` with this module, its input and its output after every `forward`; a variable that it gives
    /// back becomes the output.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    ///
    /// use autograd::Variable;
    /// use nn::{Forward, Linear, Module, ModuleHooks, ReLU, sequential};
    ///
    /// let net = sequential![Linear::new(2, 3), ReLU::new(), Linear::new(3, 1)];
    /// let shapes = Arc::new(Mutex::new(Vec::new()));
    /// for module in net.modules() {
    ///     let shapes = shapes.clone();
    ///     module.register_forward_hook(move |module, _, y| {
    ///         shapes.lock().unwrap().push((module.kind(), y.shape()));
    ///     });
    /// }
    /// net.forward(&Variable::new(tensor::ones([5, 2])));
    /// let kinds: Vec<_> = shapes.lock().unwrap().iter().map(|(kind, _)| *kind).collect();
    /// assert_eq!(kinds, ["Linear", "ReLU", "Linear", "Sequential"]);
    /// ```
    ///
    /// # Panics
    /// If this module has no hooks.
    #[track_caller]
    fn register_forward_hook<R: HookResult>(
        &self,
        hook: impl Fn(&dyn Module, &Variable, &Variable) -> R + Send + Sync + 'static,
    ) -> HookHandle {
        register_forward(self.as_module(), hook)
    }

    /// Calls `hook` in every pass backward, as soon as the gradient of the module's input is there, with that
    /// and the gradient of its output; a variable that it gives back becomes the input's. The input's is `None`
    /// if it needs none, and the hook then cannot give another. Torch's hook gets the module, too: here it may
    /// be gone when the pass comes.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, Linear, ModuleHooks, sequential};
    ///
    /// let net = sequential![Linear::new(2, 3), Linear::new(3, 1)];
    /// net[1].register_full_backward_hook(|_, dy| println!("{dy}"));
    /// net[1].register_full_backward_hook(|dx, _| dx.map(|dx| dx * 0.0));
    /// net.forward(&Variable::new(tensor::ones([1, 2]))).sum().backward();
    /// let first = net.layer::<Linear>(0).weight.grad().unwrap();
    /// assert_eq!(first.to_vec::<f32>(), [0.0; 6]);
    /// ```
    ///
    /// # Panics
    /// If this module has no hooks; and the pass, if the hook gives a gradient of another shape or dtype.
    #[track_caller]
    fn register_full_backward_hook<R: HookResult>(
        &self,
        hook: impl Fn(Option<&Variable>, &Variable) -> R + Send + Sync + 'static,
    ) -> HookHandle {
        register_backward(self.as_module(), hook)
    }
}

impl<M: Module + ?Sized> ModuleHooks for M {}

type Before = dyn Fn(&dyn Module, &Variable) -> Option<Variable> + Send + Sync;
type After = dyn Fn(&dyn Module, &Variable, &Variable) -> Option<Variable> + Send + Sync;
type Backward = dyn Fn(Option<&Variable>, &Variable) -> Option<Variable> + Send + Sync;

#[derive(Clone)]
enum Hook {
    Before(Arc<Before>),
    After(Arc<After>),
    Backward(Arc<Backward>),
}

/// The hooks of one module, in the order in which they were registered. Without any it holds no memory.
pub(crate) struct Hooks(OnceLock<Box<Inside>>);

#[derive(Default)]
struct Inside {
    hooks: HookList<Hook>,
    pruned: Mutex<Vec<Pruned>>,
}

impl Inside {
    fn pruned(&self) -> MutexGuard<'_, Vec<Pruned>> {
        self.pruned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A parameter of the module that is pruned.
pub(crate) struct Pruned {
    pub(crate) name: String,
    /// 0 where it is pruned, else 1.
    pub(crate) mask: Tensor,
    /// The hooks that keep it so.
    pub(crate) handles: Vec<HookHandle>,
}

/// What is pruned of `module`, with the names and masks of it, if it has hooks at all.
pub(crate) fn masks(module: &dyn Module) -> Vec<(String, Tensor)> {
    let members = module.members();
    let Some(inside) = members.training().and_then(|training| training.hooks.0.get()) else {
        return Vec::new();
    };
    inside.pruned().iter().map(|pruned| (pruned.name.clone(), pruned.mask.clone())).collect()
}

/// Adds a pruned parameter to a module, whose hooks it has.
pub(crate) fn prune(module: &dyn Module, pruned: Pruned) {
    of(module, "prune").0.get_or_init(Box::default).pruned().push(pruned);
}

/// Takes the pruned parameter of this name out.
pub(crate) fn take_pruned(module: &dyn Module, name: &str) -> Option<Pruned> {
    let members = module.members();
    let mut pruned = members.training()?.hooks.0.get()?.pruned();
    let at = pruned.iter().position(|pruned| pruned.name == name)?;
    Some(pruned.remove(at))
}

impl Hooks {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    fn register(&self, hook: Hook) -> HookHandle {
        USED.store(true, Ordering::Relaxed);
        self.0.get_or_init(Box::default).hooks.register(hook)
    }

    fn all(&self) -> Vec<Hook> {
        self.0.get().map(|inside| inside.hooks.hooks().into_vec()).unwrap_or_default()
    }
}

/// Whether any module ever had a hook: until then a call looks no further.
static USED: AtomicBool = AtomicBool::new(false);

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

#[track_caller]
fn of<'a>(module: &'a dyn Module, operation: &str) -> &'a Hooks {
    let training = module.members().training().filter(|_| module.is_hooked());
    match training {
        Some(training) => &training.hooks,
        None => panic!(
            "{operation}: {} has no hooks. A layer of your own needs `#[hooks]` on its `impl Forward` and a field \
             `training: Training`",
            module.kind()
        ),
    }
}

#[track_caller]
pub(crate) fn register_pre<R: HookResult>(
    module: &dyn Module,
    hook: impl Fn(&dyn Module, &Variable) -> R + Send + Sync + 'static,
) -> HookHandle {
    let hook = move |module: &dyn Module, x: &Variable| hook(module, x).replacement();
    of(module, "register_forward_pre_hook").register(Hook::Before(Arc::new(hook)))
}

#[track_caller]
pub(crate) fn register_forward<R: HookResult>(
    module: &dyn Module,
    hook: impl Fn(&dyn Module, &Variable, &Variable) -> R + Send + Sync + 'static,
) -> HookHandle {
    let hook = move |module: &dyn Module, x: &Variable, y: &Variable| hook(module, x, y).replacement();
    of(module, "register_forward_hook").register(Hook::After(Arc::new(hook)))
}

#[track_caller]
pub(crate) fn register_backward<R: HookResult>(
    module: &dyn Module,
    hook: impl Fn(Option<&Variable>, &Variable) -> R + Send + Sync + 'static,
) -> HookHandle {
    let hook = move |dx: Option<&Variable>, dy: &Variable| hook(dx, dy).replacement();
    of(module, "register_full_backward_hook").register(Hook::Backward(Arc::new(hook)))
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
        if self.hooks.is_empty() || !y.requires_grad() {
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
