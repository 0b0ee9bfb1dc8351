//! Modules whose parameters wait for their first input, as walks through a tree meet them.

use crate::Module;

/// What a [`Lazy`](crate::Lazy) layer of any type can do.
#[doc(hidden)]
pub trait LazyModule {
    /// The layer that it has become.
    fn layer(&self) -> Option<&dyn Module>;

    /// The layer that it would become with tensors of these shapes, which `shape` knows by their names, if
    /// they tell how many inputs it has. Its numbers are no draws of the default generator.
    fn fitting(&self, shape: &dyn Fn(&str) -> Option<Vec<usize>>) -> Option<Box<dyn Module>>;

    /// The smallest layer that it could become.
    fn smallest(&self) -> Box<dyn Module>;

    /// Becomes this layer, unless it has become one before.
    fn become_layer(&self, layer: Box<dyn Module>);
}

/// The lazy side of a module that still waits.
pub(crate) fn waiting(module: &dyn Module) -> Option<&dyn LazyModule> {
    module.as_lazy().filter(|lazy| lazy.layer().is_none())
}

/// Refuses to go on in `operation` if this module, called `name` in its tree, still waits, as `lazy` says.
///
/// # Panics
/// If it does.
#[track_caller]
pub(crate) fn refuse_waiting(
    operation: &str,
    name: &str,
    module: &dyn Module,
    lazy: Option<&dyn LazyModule>,
) {
    if lazy.is_some() {
        let kind = module.kind();
        let place = if name.is_empty() { kind.to_owned() } else { format!("{kind} \"{name}\"") };
        panic!(
            "{operation}: Attempted to use an uninitialized parameter, of {place}. Call `forward` with a dummy \
             batch to initialize the parameters before"
        );
    }
}
