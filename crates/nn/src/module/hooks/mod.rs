//! Functions that are called when a module is: around its `forward`, and in the pass backward.

mod call;
mod list;

use autograd::{HookHandle, HookResult, Variable};

use crate::Module;

pub use call::{Hooked, call, probe};
pub(crate) use list::{Hooks, Pruned, masks, prune, take_pruned};
use list::{register_backward, register_forward, register_pre};

/// Hooks of a module: functions that are called when it is.
///
/// All layers of this crate that are called with one variable have hooks, but lazy ones and the nets of
/// [`models`](crate::models), whose layers do; and one of your own that says `#[hooks]`, see
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

    /// Calls `hook` with this module, its input and its output after every `forward`; a variable that it
    /// gives back becomes the output.
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

    /// Calls `hook` in every pass backward, as soon as the gradient of the module's input is there, with
    /// that and the gradient of its output; a variable that it gives back becomes the input's. The input's
    /// is `None` if it needs none, and the hook then cannot give another. Torch's hook gets the module, too:
    /// here it may be gone when the pass comes.
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
