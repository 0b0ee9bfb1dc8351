//! Going through a tree of modules. The order is everywhere torch's: a module before its children, and
//! its own parameters and buffers before theirs.

use std::collections::HashSet;

use autograd::Variable;
use tensor::DType;

use crate::module::lazy::{LazyModule, refuse_waiting, waiting};
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

/// A walk through a tree, in a loop: trees may be deeper than the stack.
struct Walk<'a> {
    visit: Visit,
    /// The name of the module that was visited last.
    name: String,
    root: Option<&'a dyn Module>,
    /// The modules between the root and that one, both included.
    path: Vec<Level<'a>>,
}

struct Level<'a> {
    members: Members<'a>,
    /// Where among them the next child is looked for.
    next: usize,
    /// The length of the module's name.
    name: usize,
}

impl<'a> Walk<'a> {
    fn new(root: &'a dyn Module, visit: Visit) -> Self {
        Self { visit, name: String::new(), root: Some(root), path: Vec::new() }
    }

    /// The next module, with its name, its parts, and its lazy side if it still waits.
    #[allow(clippy::type_complexity)] // a tuple of four
    fn next(&mut self) -> Option<(&str, &'a dyn Module, &Members<'a>, Option<&'a dyn LazyModule>)> {
        let module = match self.root.take() {
            Some(root) => root,
            None => self.next_child()?,
        };
        // Asked before its parts are listed: another thread may end the waiting in between.
        let lazy = waiting(module);
        self.path.push(Level { members: module.members(), next: 0, name: self.name.len() });
        let level = self.path.last().expect("it was just added");
        Some((&self.name, module, &level.members, lazy))
    }

    /// The next module below the root; `name` becomes its name.
    fn next_child(&mut self) -> Option<&'a dyn Module> {
        loop {
            let Level { members, next, name } = self.path.last_mut()?;
            let Some((at, child_name, child, id)) = members.module_from(*next) else {
                self.path.pop();
                continue;
            };
            *next = at + 1;
            if self.visit.is_due(id) {
                self.name.truncate(*name);
                if !self.name.is_empty() {
                    self.name.push('.');
                }
                self.name.push_str(child_name);
                return Some(child);
            }
        }
    }
}

pub(crate) fn named_modules(root: &dyn Module) -> Vec<(String, &dyn Module)> {
    all_modules(Walk::new(root, Visit::once()))
}

/// [`named_modules`] with shared modules under each of their names.
pub(crate) fn named_modules_every_name(root: &dyn Module) -> Vec<(String, &dyn Module)> {
    all_modules(Walk::new(root, Visit::EveryName))
}

fn all_modules(mut walk: Walk<'_>) -> Vec<(String, &dyn Module)> {
    let mut modules = Vec::new();
    while let Some((name, module, ..)) = walk.next() {
        modules.push((name.to_owned(), module));
    }
    modules
}

/// [`named_modules`] without the names, whose length together grows with the square of the depth.
pub(crate) fn modules(root: &dyn Module) -> Vec<&dyn Module> {
    let mut walk = Walk::new(root, Visit::once());
    let mut modules = Vec::new();
    while let Some((_, module, ..)) = walk.next() {
        modules.push(module);
    }
    modules
}

pub(crate) fn named_children(module: &dyn Module) -> Vec<(String, &dyn Module)> {
    let mut visit = Visit::once();
    let members = module.members();
    let children = members.modules().filter(|(.., id)| visit.is_due(*id));
    children.map(|(name, child, _)| (name.to_owned(), child)).collect()
}

/// The module called `target` below `root`.
#[track_caller]
pub(crate) fn submodule<'a>(operation: &str, root: &'a dyn Module, target: &str) -> &'a dyn Module {
    let names = target.split('.').filter(|_| !target.is_empty());
    names.fold(root, |module, name| {
        let members = module.members();
        let child = members.modules().find(|(known, ..)| *known == name).map(|(_, child, _)| child);
        child.unwrap_or_else(|| {
            let known: Vec<_> = members.modules().map(|(name, ..)| name.to_owned()).collect();
            panic!("{operation}: {} has no module \"{name}\"; it has {known:?}", module.kind())
        })
    })
}

/// What `find` finds under the last part of the name `target`, in the module that the rest of it names.
#[track_caller]
pub(crate) fn part<'a, T>(
    operation: &str,
    what: &str,
    root: &'a dyn Module,
    target: &str,
    find: impl Fn(Members<'a>, &str) -> Option<&'a T>,
) -> &'a T {
    let (path, own) = target.rsplit_once('.').unwrap_or(("", target));
    let module = submodule(operation, root, path);
    let found = find(module.members(), own);
    found.unwrap_or_else(|| panic!("{operation}: {} has no {what} \"{own}\"", module.kind()))
}

/// All parameters, each with the first name it came with.
#[track_caller]
pub(crate) fn named_parameters(root: &dyn Module) -> Vec<(String, Parameter)> {
    let mut found = Vec::new();
    each_parameter(root, |module, own, parameter| found.push((join(module, own), parameter.clone())));
    found
}

/// [`named_parameters`] without the names; see [`modules`].
#[track_caller]
pub(crate) fn parameters(root: &dyn Module) -> Vec<Parameter> {
    let mut found = Vec::new();
    each_parameter(root, |_, _, parameter| found.push(parameter.clone()));
    found
}

/// Calls `f` once for each parameter, with the names of its module and its own.
#[track_caller]
fn each_parameter(root: &dyn Module, mut f: impl FnMut(&str, &str, &Parameter)) {
    let mut walk = Walk::new(root, Visit::once());
    let mut seen = HashSet::new();
    while let Some((name, module, members, lazy)) = walk.next() {
        refuse_waiting("parameters", name, module, lazy);
        for (own, parameter) in members.parameters() {
            if seen.insert(parameter.id()) {
                f(name, own, parameter);
            }
        }
    }
}

/// Forgets all gradients.
pub(crate) fn zero_grad(root: &dyn Module) {
    let mut walk = Walk::new(root, Visit::once());
    while let Some((_, _, members, _)) = walk.next() {
        members.parameters().for_each(|(_, parameter)| parameter.zero_grad());
    }
}

#[track_caller]
pub(crate) fn named_buffers(root: &dyn Module) -> Vec<(String, Buffer)> {
    let mut walk = Walk::new(root, Visit::once());
    let (mut seen, mut found) = (HashSet::new(), Vec::new());
    while let Some((name, module, members, lazy)) = walk.next() {
        refuse_waiting("buffers", name, module, lazy);
        for (own, buffer) in members.buffers() {
            if seen.insert(buffer.id()) {
                found.push((join(name, own), buffer.clone()));
            }
        }
    }
    found
}

/// Every parameter and buffer under each of its names: what a state dict holds. Those of a lazy module that
/// still waits come from `of_waiting`, by its name.
pub(crate) fn state<'a>(
    root: &'a dyn Module,
    mut of_waiting: impl FnMut(&str, &'a dyn LazyModule) -> Vec<(String, Variable)>,
) -> Vec<(String, Variable)> {
    let mut walk = Walk::new(root, Visit::EveryName);
    let mut state = Vec::new();
    while let Some((name, _, members, lazy)) = walk.next() {
        state.extend(match lazy {
            Some(lazy) => of_waiting(name, lazy),
            None => own_state(name, members),
        });
    }
    state
}

/// The parameters and buffers of the module called `name`, without its children's.
pub(crate) fn own_state(name: &str, members: &Members<'_>) -> Vec<(String, Variable)> {
    let parameters = members.parameters().map(|(own, parameter)| (own, &**parameter));
    let all = parameters.chain(members.buffers().map(|(own, buffer)| (own, &**buffer)));
    all.map(|(own, variable)| (join(name, own), variable.clone())).collect()
}

#[track_caller]
pub(crate) fn state_dict(root: &dyn Module) -> StateDict {
    let mut walk = Walk::new(root, Visit::EveryName);
    let mut state = Vec::new();
    while let Some((name, module, members, lazy)) = walk.next() {
        refuse_waiting("state_dict", name, module, lazy);
        state.extend(own_state(name, members));
    }
    state.into_iter().map(|(name, variable)| (name, variable.data())).collect()
}

pub(crate) fn set_training(root: &dyn Module, training: bool) {
    let mut walk = Walk::new(root, Visit::once());
    while let Some((_, _, members, _)) = walk.next() {
        for (_, member) in members.iter() {
            if let Member::Training(flag) = member {
                flag.set(training);
            }
        }
    }
}

pub(crate) fn is_training(root: &dyn Module) -> bool {
    let mut walk = Walk::new(root, Visit::once());
    while let Some((_, _, members, _)) = walk.next() {
        if let Some(flag) = members.training() {
            return flag.get();
        }
    }
    true
}

#[track_caller]
pub(crate) fn to_dtype(root: &dyn Module, dtype: DType) {
    let mut walk = Walk::new(root, Visit::once());
    while let Some((name, module, members, lazy)) = walk.next() {
        refuse_waiting("to_dtype", name, module, lazy);
        let parameters = members.parameters().map(|(_, parameter)| &**parameter);
        for variable in parameters.chain(members.buffers().map(|(_, buffer)| &**buffer)) {
            if variable.dtype().is_float() && variable.dtype() != dtype {
                variable.to_dtype_(dtype);
            }
        }
    }
}

pub(crate) fn apply<'a>(root: &'a dyn Module, f: &mut dyn FnMut(&dyn Module)) {
    let children = |module: &'a dyn Module| named_children(module).into_iter();
    let mut path = vec![(root, children(root))];
    while let Some((module, rest)) = path.last_mut() {
        match rest.next() {
            Some((_, child)) => path.push((child, children(child))),
            None => {
                f(*module);
                path.pop();
            }
        }
    }
}
