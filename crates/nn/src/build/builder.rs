use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use autograd::Variable;
use tensor::{Options, Tensor, Value, zeros};

use super::architecture::TensorSpec;
use super::registry::{AnyModule, AsLayer, Registered, downcast};
use super::{flat, kind};
use crate::module::walk;
use crate::{Architecture, Buffer, Error, Field, Layer, Module, Parameter, Registry, Setting, StateDict};

/// The source of [`Module::build`]: the description of one module in a file, and the tensors.
///
/// The derive calls [`field`](Self::field) and [`config`](Self::config) for each field by its name. Missing
/// tensors are remembered rather than reported one by one: a [`Registry`] refuses the finished model and
/// names them all.
pub struct Builder<'a> {
    registry: &'a Registry,
    state: &'a StateDict,
    root: &'a Architecture,
    node: &'a Architecture,
    path: String,
    /// Which child of which leads from the root here.
    place: Vec<usize>,
    /// Where the last part was that was looked for: the next is nearly always the one after it.
    last: Cell<usize>,
    made: &'a mut Made,
}

/// The parts built so far, by full name, for those who share them; and the tensors that were not there.
#[derive(Default)]
pub(crate) struct Made {
    parameters: HashMap<String, Parameter>,
    buffers: HashMap<String, Buffer>,
    /// With their places.
    modules: HashMap<String, (AnyModule, Vec<usize>)>,
    pub(crate) missing: Vec<String>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(
        registry: &'a Registry,
        root: &'a Architecture,
        state: &'a StateDict,
        made: &'a mut Made,
    ) -> Self {
        let (path, place, last) = (String::new(), Vec::new(), Cell::new(0));
        Self { registry, state, root, node: root, path, place, last, made }
    }

    /// Reads a field that holds state.
    ///
    /// # Errors
    /// If the file does not describe it, or not as this type.
    pub fn field<F: Field>(&mut self, name: &str) -> Result<F, Error> {
        F::build(self, name)
    }

    /// Reads a setting.
    ///
    /// # Errors
    /// If it is not there or of another type.
    pub fn config<T: Setting>(&mut self, name: &str) -> Result<T, Error> {
        let Some((_, value)) = self.node.config.iter().find(|(n, _)| n == name) else {
            return Err(self.error(format!("{} has no setting \"{name}\"", self.name())));
        };
        value.to().map_err(|e| self.error(format!("the setting \"{name}\" of {}: {e}", self.name())))
    }

    /// Reads a struct of options from the settings of their names; those that are not there have their
    /// default.
    ///
    /// # Errors
    /// If one is of another type or out of its range.
    pub fn options<O: Options>(&mut self) -> Result<O, Error> {
        let theirs = self.node.config.iter().filter(|(name, _)| O::NAMES.contains(&name.as_str()));
        let options = O::from_value(&Value::dict(theirs.cloned()));
        options.map_err(|problems| self.error(format!("the settings of {}: {problems}", self.name())))
    }

    /// Asserts that the file describes a module of the kind of `M`, whose path may have been another.
    ///
    /// # Errors
    /// If it is another kind.
    pub fn expect_kind<M: Module>(&self) -> Result<(), Error> {
        let (expected, found) = (M::kind_path(), &self.node.kind);
        if kind::fits(found, &expected) {
            return Ok(());
        }
        let [short, found_short] = [&expected, found].map(|kind| kind::short(kind));
        Err(self.error(match short == found_short {
            true => format!("expected {expected}, found {found}"),
            false => format!("expected {short}, found {found_short}"),
        }))
    }

    /// Turns what a module says against its own parts into an error. Says nothing while tensors are
    /// missing, since the parts are then incomplete.
    ///
    /// # Errors
    /// If the module objects.
    pub fn check(&self, outcome: Result<(), String>) -> Result<(), Error> {
        match outcome {
            Err(problem) if self.made.missing.is_empty() => Err(self.error(problem)),
            _ => Ok(()),
        }
    }

    /// An error about this module that carries its place in the tree.
    pub fn error(&self, problem: impl Into<String>) -> Error {
        Error::Architecture { path: self.path.clone(), problem: problem.into() }
    }

    /// The kind that the file gives to this module.
    pub fn kind(&self) -> &str {
        &self.node.kind
    }

    /// The name of that kind, as modules print it.
    fn name(&self) -> &str {
        kind::name(&self.node.kind)
    }

    /// Whether this module was in training mode.
    pub fn training(&self) -> bool {
        self.node.training
    }

    /// The names of all parts that are modules, in order.
    pub fn child_names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.node.children.iter().map(|(name, _)| name.as_str())
    }

    /// The names of this module's own parameters, in order.
    pub fn parameter_names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.node.parameters.iter().map(|spec| spec.name.as_str())
    }

    /// Reads parts called `0`, `1`, `2` and so on, as a list has them.
    ///
    /// # Errors
    /// If the parts have other names, or are not of this type.
    pub fn items<F: Field>(&mut self) -> Result<Vec<F>, Error> {
        let node = self.node;
        let names = || node.children.iter().map(|(n, _)| n).chain(node.parameters.iter().map(|s| &s.name));
        if let Some((i, name)) = names().enumerate().find(|(i, name)| **name != i.to_string()) {
            return Err(self.error(format!("part {i} of {} is called \"{name}\"", self.name())));
        }
        names().map(|name| self.field(name)).collect()
    }

    /// The description of a part that is a module.
    ///
    /// # Errors
    /// If there is none of this name.
    pub fn child(&mut self, name: &str) -> Result<Builder<'_>, Error> {
        let Some(i) = self.child_at(name) else {
            return Err(self.error(format!("{} has no module \"{name}\"", self.name())));
        };
        flat::check_depth(self.place.len() as u32 + 1).map_err(|problem| self.error(problem))?;
        let place = self.place.iter().copied().chain([i]).collect();
        let Self { registry, state, root, node, .. } = *self;
        let (node, path) = (&node.children[i].1, walk::join(&self.path, name));
        Ok(Builder { registry, state, root, node, path, place, last: Cell::new(0), made: &mut *self.made })
    }

    fn child_at(&self, name: &str) -> Option<usize> {
        self.find(&self.node.children, |(n, _)| n == name)
    }

    /// Where in a list of parts the one is that `is` tells, beginning at the last that was found.
    fn find<T>(&self, parts: &[T], is: impl Fn(&T) -> bool) -> Option<usize> {
        let first = self.last.get().min(parts.len());
        let at = (first..parts.len()).chain(0..first).find(|&i| is(&parts[i]))?;
        self.last.set(at);
        Some(at)
    }

    fn find_tensor(&self, specs: &'a [TensorSpec], name: &str) -> Option<&'a TensorSpec> {
        self.find(specs, |spec| spec.name == name).map(|i| &specs[i])
    }

    pub(crate) fn has_child(&self, name: &str) -> bool {
        self.child_at(name).is_some()
    }

    pub(crate) fn has_parameter(&self, name: &str) -> bool {
        self.find_tensor(&self.node.parameters, name).is_some()
    }

    pub(crate) fn has_buffer(&self, name: &str) -> bool {
        self.find_tensor(&self.node.buffers, name).is_some()
    }

    /// This module, of whatever kind the file says.
    pub(crate) fn module(mut self) -> Result<Box<dyn Module>, Error> {
        let construct = self.registered("register_module")?.construct;
        construct(&mut self)
    }

    /// This layer, of whatever kind the file says.
    pub(crate) fn layer(mut self) -> Result<Box<dyn Layer>, Error> {
        let construct = self.registered_layer()?.construct;
        construct(&mut self)
    }

    /// This module, or the one it is the same as.
    pub(crate) fn shared<M: Module>(self) -> Result<Arc<M>, Error> {
        self.share(|builder| M::build(builder).map(Arc::new), |module| module, downcast)
    }

    /// This module, of whatever kind the file says, or the one it is the same as.
    pub(crate) fn shared_module(self) -> Result<Arc<dyn Module>, Error> {
        let construct = self.registered("register_module")?.construct;
        self.share(|builder| construct(builder).map(Arc::from), |module| module, Some)
    }

    /// This layer, of whatever kind the file says, or the one it is the same as.
    pub(crate) fn shared_layer(self) -> Result<Arc<dyn Layer>, Error> {
        let AsLayer { construct, downcast } = *self.registered_layer()?;
        self.share(|builder| construct(builder).map(Arc::from), |layer| layer, downcast)
    }

    /// The module of which this is a further place, or a new one.
    fn share<M: ?Sized>(
        mut self,
        construct: impl FnOnce(&mut Self) -> Result<Arc<M>, Error>,
        upcast: fn(Arc<M>) -> AnyModule,
        downcast: fn(AnyModule) -> Option<Arc<M>>,
    ) -> Result<Arc<M>, Error> {
        if let Some((first, shared)) = self.made_before()? {
            let other = || self.error(format!("shares \"{first}\", which is of another type"));
            return downcast(shared).ok_or_else(other);
        }
        let module = construct(&mut self)?;
        self.made.modules.insert(self.path, (upcast(module.clone()), self.place));
        Ok(module)
    }

    fn registered_layer(&self) -> Result<&'a AsLayer, Error> {
        self.registered("register")?.layer.as_ref().ok_or_else(|| {
            let kind = kind::short(&self.node.kind);
            self.error(format!(
                "{kind} is not a layer: `registry.register::<{kind}>()` is for a type with `Forward`, one without \
                 can only be a `dyn Module`"
            ))
        })
    }

    /// The type of the file's kind, which else needs a call of `method`.
    fn registered(&self, method: &'static str) -> Result<&'a Registered, Error> {
        let kind = &self.node.kind;
        self.registry.find(kind).map_err(|fitting| match &fitting[..] {
            [] => Error::UnknownKind { path: self.path.clone(), kind: kind.clone(), method },
            _ => self.error(format!("the kind {kind} fits {}: register only one", fitting.join(" and "))),
        })
    }

    /// The shared module that this is a further place of. The two descriptions have to agree: otherwise a
    /// small file could stand for a tree that doubles at every level.
    fn made_before(&self) -> Result<Option<(&'a str, AnyModule)>, Error> {
        let Some(first) = &self.node.same_as else { return Ok(None) };
        let again = self.made.modules.get(first).filter(|(_, place)| {
            let original = place.iter().fold(self.root, |module, &i| &module.children[i].1);
            let Architecture { kind, config, training, parameters, buffers, children, same_as: _ } =
                self.node;
            original.same_as.is_none()
                && original.kind == *kind
                && original.config == *config
                && original.training == *training
                && original.parameters == *parameters
                && original.buffers == *buffers
                && original.children == *children
        });
        match again {
            Some((shared, _)) => Ok(Some((first, shared.clone()))),
            None => Err(self.error(format!("shares \"{first}\", which is not a shared module before it"))),
        }
    }

    pub(crate) fn parameter(&mut self, name: &str) -> Result<Parameter, Error> {
        let Some(spec) = self.find_tensor(&self.node.parameters, name) else {
            return Err(self.error(format!("{} has no parameter \"{name}\"", self.name())));
        };
        let full = walk::join(&self.path, name);
        if let Some(first) = self.first_place(spec, &full)? {
            return self.made_at(&self.made.parameters, name, first);
        }
        let data = self.tensor(&full);
        if !data.dtype().is_float() {
            let problem = format!("the parameter \"{name}\" holds {}, not floats", data.dtype().name());
            return Err(self.error(problem));
        }
        let parameter = Parameter::new(data);
        if !spec.requires_grad {
            let _ = Variable::clone(&parameter).requires_grad_(false);
        }
        self.made.parameters.insert(full, parameter.clone());
        Ok(parameter)
    }

    pub(crate) fn buffer(&mut self, name: &str) -> Result<Buffer, Error> {
        let Some(spec) = self.find_tensor(&self.node.buffers, name) else {
            return Err(self.error(format!("{} has no buffer \"{name}\"", self.name())));
        };
        let full = walk::join(&self.path, name);
        if let Some(first) = self.first_place(spec, &full)? {
            return self.made_at(&self.made.buffers, name, first);
        }
        let buffer = Buffer::new(self.tensor(&full));
        self.made.buffers.insert(full, buffer.clone());
        Ok(buffer)
    }

    /// Where a shared tensor was first.
    fn first_place<'s>(&self, spec: &'s TensorSpec, full: &str) -> Result<Option<&'s str>, Error> {
        match &spec.same_as {
            Some(first) if first == full => Err(self.error(format!("\"{}\" shares itself", spec.name))),
            first => Ok(first.as_deref()),
        }
    }

    /// The parameter or the buffer `name`, which was made at the place `first`.
    fn made_at<T: Clone>(&self, made: &HashMap<String, T>, name: &str, first: &str) -> Result<T, Error> {
        let missing = || self.error(format!("\"{name}\" shares \"{first}\", which is not there"));
        made.get(first).cloned().ok_or_else(missing)
    }

    fn tensor(&mut self, full: &str) -> Tensor {
        self.state.get(full).cloned().unwrap_or_else(|| {
            self.made.missing.push(full.to_owned());
            zeros([0])
        })
    }
}
