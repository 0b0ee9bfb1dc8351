//! Going through a tree of modules. The order is everywhere torch's: a module before its children, and
//! its own parameters and buffers before theirs.

use std::collections::HashSet;
use std::ops::Deref;

use autograd::Variable;
use tensor::DType;

use crate::{Buffer, Member, Members, Module, Parameter, SharedId, StateDict};

/// `outer.inner`, where an empty outer name is that of the root.
pub(crate) fn join(outer: &str, inner: &str) -> String {
    if outer.is_empty() { inner.to_owned() } else { format!("{outer}.{inner}") }
}

/// Which modules a walk visits.
enum Visit {
    /// Shared modules under each of their names.
    EveryName,
    /// Shared modules under their first name.
    Once(HashSet<SharedId>),
}

impl Visit {
    fn once() -> Self {
        Self::Once(HashSet::new())
    }

    fn is_due(&mut self, id: Option<SharedId>) -> bool {
        match (self, id) {
            (Self::Once(seen), Some(id)) => seen.insert(id),
            _ => true,
        }
    }
}

fn walk<'a>(
    module: &'a dyn Module,
    name: &str,
    visit: &mut Visit,
    f: &mut dyn FnMut(&str, &'a dyn Module, &Members<'a>),
) {
    let members = module.members();
    f(name, module, &members);
    for (child_name, child, id) in members.modules() {
        if visit.is_due(id) {
            walk(child, &join(name, child_name), visit, f);
        }
    }
}

pub(crate) fn named_modules(root: &dyn Module) -> Vec<(String, &dyn Module)> {
    let mut modules = Vec::new();
    walk(root, "", &mut Visit::once(), &mut |name, module, _| modules.push((name.to_owned(), module)));
    modules
}

/// [`named_modules`] with shared modules under each of their names.
pub(crate) fn named_modules_every_name(root: &dyn Module) -> Vec<(String, &dyn Module)> {
    let mut modules = Vec::new();
    walk(root, "", &mut Visit::EveryName, &mut |name, module, _| modules.push((name.to_owned(), module)));
    modules
}

pub(crate) fn named_children(module: &dyn Module) -> Vec<(String, &dyn Module)> {
    let mut visit = Visit::once();
    let members = module.members();
    let children = members.modules().filter(|(.., id)| visit.is_due(*id));
    children.map(|(name, child, _)| (name.to_owned(), child)).collect()
}

pub(crate) fn named_parameters(root: &dyn Module) -> Vec<(String, Parameter)> {
    let mut parameters = Distinct::default();
    walk(root, "", &mut Visit::once(), &mut |name, _, members| {
        members.parameters().for_each(|(own, parameter)| parameters.add(name, own, parameter));
    });
    parameters.found
}

pub(crate) fn named_buffers(root: &dyn Module) -> Vec<(String, Buffer)> {
    let mut buffers = Distinct::default();
    walk(root, "", &mut Visit::once(), &mut |name, _, members| {
        members.buffers().for_each(|(own, buffer)| buffers.add(name, own, buffer));
    });
    buffers.found
}

/// A list of handles, each under the first name it came with.
struct Distinct<T> {
    seen: HashSet<usize>,
    found: Vec<(String, T)>,
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self { seen: HashSet::new(), found: Vec::new() }
    }
}

impl<T: Clone + Deref<Target = Variable>> Distinct<T> {
    fn add(&mut self, module: &str, own: &str, handle: &T) {
        if self.seen.insert(handle.id()) {
            self.found.push((join(module, own), handle.clone()));
        }
    }
}

/// Every parameter and buffer under each of its names: what a state dict holds.
pub(crate) fn state(root: &dyn Module) -> Vec<(String, &Variable)> {
    let mut state: Vec<(String, &Variable)> = Vec::new();
    walk(root, "", &mut Visit::EveryName, &mut |name, _, members| {
        state.extend(members.parameters().map(|(own, parameter)| (join(name, own), &**parameter)));
        state.extend(members.buffers().map(|(own, buffer)| (join(name, own), &**buffer)));
    });
    state
}

pub(crate) fn state_dict(root: &dyn Module) -> StateDict {
    state(root).into_iter().map(|(name, variable)| (name, variable.data())).collect()
}

pub(crate) fn set_training(root: &dyn Module, training: bool) {
    walk(root, "", &mut Visit::once(), &mut |_, _, members| {
        for (_, member) in members.iter() {
            if let Member::Training(flag) = member {
                flag.set(training);
            }
        }
    });
}

pub(crate) fn is_training(module: &dyn Module) -> bool {
    fn first_flag(module: &dyn Module) -> Option<bool> {
        let members = module.members();
        members
            .training()
            .map(|flag| flag.get())
            .or_else(|| members.modules().find_map(|(_, child, _)| first_flag(child)))
    }
    first_flag(module).unwrap_or(true)
}

pub(crate) fn to_dtype(root: &dyn Module, dtype: DType) {
    for (_, variable) in state(root) {
        if variable.dtype().is_float() && variable.dtype() != dtype {
            let gradient = variable.grad();
            variable.update_data(|data| *data = data.to_dtype(dtype));
            if let Some(gradient) = gradient {
                variable.set_grad(Some(gradient.to_dtype(dtype)));
            }
        }
    }
}

pub(crate) fn apply(module: &dyn Module, f: &mut dyn FnMut(&dyn Module)) {
    for (_, child) in named_children(module) {
        apply(child, f);
    }
    f(module);
}
