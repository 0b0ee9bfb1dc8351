use std::any::{Any, TypeId, type_name};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::builder::{Builder, Made};
use crate::error::StateDictError;
use crate::module::{load, walk};
use crate::{Architecture, Error, Layer, Module, StateDict, layers};

/// Which type stands behind a kind's name, so that models can be built from files.
///
/// The layers of this crate are in it; a layer of your own takes one line. Only layers that a file names on
/// its own need to be here, those in a [`Sequential`](crate::Sequential) or a `Box<dyn Layer>`: the fields
/// of a derived module have their types in Rust.
///
/// With the architecture and the state dict of a model in hand, [`build`](Self::build) is also its deep copy.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Linear, Module, Registry, sequential};
///
/// #[derive(Module)]
/// struct Double {
///     inner: Linear,
/// }
///
/// impl Forward for Double {
///     fn forward(&self, x: &Variable) -> Variable {
///         self.inner.forward(&self.inner.forward(x))
///     }
/// }
///
/// let net = sequential![Linear::new(4, 2), Double { inner: Linear::new(2, 2) }];
///
/// let mut registry = Registry::new();
/// registry.register::<Double>();
/// let again = registry.build(&net.architecture(), &net.state_dict())?;
/// assert_eq!(again.to_string(), net.to_string());
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone)]
pub struct Registry {
    kinds: BTreeMap<&'static str, Registered>,
}

/// A type as a registry knows it.
#[derive(Clone, Copy)]
pub(crate) struct Registered {
    pub(crate) construct: fn(&mut Builder<'_>) -> Result<Box<dyn Layer>, Error>,
    /// The module as a layer, if it is of this type.
    pub(crate) as_layer: fn(AnyModule) -> Option<Arc<dyn Layer>>,
    id: fn() -> TypeId,
    type_name: fn() -> &'static str,
}

/// A shared module of any type.
pub(crate) type AnyModule = Arc<dyn Any + Send + Sync>;

impl Registry {
    /// A registry of the layers of this crate.
    pub fn new() -> Self {
        let mut registry = Self { kinds: BTreeMap::new() };
        layers::register(&mut registry);
        registry
    }

    /// Adds a layer under its kind, the name of its type. Adding it again changes nothing.
    ///
    /// # Panics
    /// If the kind already belongs to another type: then `#[module(name = "…")]` renames one of them.
    #[track_caller]
    pub fn register<L: Layer>(&mut self) -> &mut Self {
        let entry = Registered {
            construct: |builder| Ok(Box::new(L::build(builder)?)),
            as_layer: |module| module.downcast::<L>().ok().map(|layer| layer as Arc<dyn Layer>),
            id: TypeId::of::<L>,
            type_name: type_name::<L>,
        };
        if let Some(before) = self.kinds.insert(L::kind_name(), entry)
            && (before.id)() != TypeId::of::<L>()
        {
            panic!(
                "register: the kind \"{}\" is both {} and {}; rename one with #[module(name = \"…\")]",
                L::kind_name(),
                (before.type_name)(),
                type_name::<L>()
            );
        }
        self
    }

    /// The known kinds, in alphabetical order.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.keys().copied()
    }

    pub(crate) fn get(&self, kind: &str) -> Option<Registered> {
        self.kinds.get(kind).copied()
    }

    /// The model of an architecture, with the numbers of a state dict.
    ///
    /// # Errors
    /// If a kind is unknown, a description does not fit its type, or tensors are missing, left over, or of
    /// shapes that their module refuses.
    pub fn build(&self, architecture: &Architecture, state: &StateDict) -> Result<Box<dyn Layer>, Error> {
        self.build_with(architecture, state, |builder| builder.layer(), |layer| layer.as_module())
    }

    /// [`build`](Self::build) where the type of the whole is known; it need not be registered.
    ///
    /// # Errors
    /// As [`build`](Self::build), and if the file holds a model of another kind.
    pub fn build_as<M: Module>(&self, architecture: &Architecture, state: &StateDict) -> Result<M, Error> {
        self.build_with(
            architecture,
            state,
            |mut builder| M::build(&mut builder),
            |module| module.as_module(),
        )
    }

    fn build_with<T>(
        &self,
        architecture: &Architecture,
        state: &StateDict,
        build: impl FnOnce(Builder<'_>) -> Result<T, Error>,
        as_module: impl Fn(&T) -> &dyn Module,
    ) -> Result<T, Error> {
        let mut made = Made::default();
        let model = build(Builder::new(self, architecture, state, &mut made))?;
        let module = as_module(&model);
        nothing_left(module, architecture, "")?;
        let slots = walk::state(module);
        let error = StateDictError {
            kind: module.kind().to_owned(),
            missing: made.missing,
            unexpected: load::unexpected_keys(module, slots.iter().map(|(name, _)| name.as_str()), state),
            mismatched: Vec::new(),
        };
        if error.is_empty() { Ok(model) } else { Err(error.into()) }
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

/// Everything the description names has become a part of the module.
fn nothing_left(module: &dyn Module, node: &Architecture, path: &str) -> Result<(), Error> {
    let members = module.members();
    let left = |name: &str| Error::Architecture {
        path: path.to_owned(),
        problem: format!("{} has no part \"{name}\"", module.kind()),
    };
    let tensors: HashSet<&str> =
        members.parameters().map(|(n, _)| n).chain(members.buffers().map(|(n, _)| n)).collect();
    let mut specs = node.parameters.iter().chain(&node.buffers);
    if let Some(spec) = specs.find(|spec| !tensors.contains(&*spec.name)) {
        return Err(left(&spec.name));
    }
    let modules: HashMap<&str, &dyn Module> = members.modules().map(|(n, module, _)| (n, module)).collect();
    for (name, child) in &node.children {
        let Some(module) = modules.get(&**name) else { return Err(left(name)) };
        nothing_left(*module, child, &walk::join(path, name))?;
    }
    Ok(())
}
