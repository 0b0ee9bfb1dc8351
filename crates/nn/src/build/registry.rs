use std::any::{Any, TypeId, type_name};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::builder::{Builder, Made};
use super::kind;
use crate::error::StateDictError;
use crate::module::{load, walk};
use crate::{
    Architecture, Error, Lambda, Layer, Module, ModuleDict, ModuleList, ParameterDict, Sequential, StateDict,
    layers, losses, models,
};

/// Which type stands behind a kind, so that models can be built from files.
///
/// The modules of this crate are in it; one of your own takes one line. Only those need to be here whose
/// type is known from the file alone, in a [`Sequential`](crate::Sequential) or a `Box<dyn Layer>`: the
/// fields of a derived module have their types in Rust.
///
/// The [kind](Module::kind_path) of a type of your own contains its path. A file may have another path, if
/// the type has moved since or its crate was renamed, or none, as older files do: the kind then means the
/// only type of that name in the registry.
///
/// [`deepcopy`](Self::deepcopy) copies models that hold layers of your own.
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
    /// By [`Module::kind_path`].
    kinds: BTreeMap<String, Registered>,
}

/// A type as a registry knows it.
#[derive(Clone)]
pub(crate) struct Registered {
    pub(crate) construct: Construct<dyn Module>,
    /// For a type that is known as a layer.
    pub(crate) layer: Option<AsLayer>,
    id: TypeId,
    type_name: &'static str,
}

#[derive(Clone, Copy)]
pub(crate) struct AsLayer {
    pub(crate) construct: Construct<dyn Layer>,
    /// The module as a layer, if it is of this type.
    pub(crate) downcast: fn(AnyModule) -> Option<Arc<dyn Layer>>,
}

/// A shared module of any type.
pub(crate) type AnyModule = Arc<dyn Module>;

/// The module as a type, if it is of that type.
pub(crate) fn downcast<M: Module>(module: AnyModule) -> Option<Arc<M>> {
    (module as Arc<dyn Any + Send + Sync>).downcast().ok()
}

type Construct<M> = fn(&mut Builder<'_>) -> Result<Box<M>, Error>;

/// Exports the modules of a folder, a file for each with what else it exports, and lists them for
/// [`Registry::new`]: `modules! { register; linear: Linear, LinearOptions; … }`.
macro_rules! modules {
    ($register:ident; $($file:ident: $module:ident $(, $companion:ident)*;)*) => {
        $(pub use $file::{$module $(, $companion)*};)*

        pub(crate) fn register(registry: &mut $crate::Registry) {
            $(registry.$register::<$module>();)*
        }
    };
}
pub(crate) use modules;

impl Registry {
    /// A registry of the modules of this crate.
    pub fn new() -> Self {
        let mut registry = Self { kinds: BTreeMap::new() };
        registry.register::<Sequential>().register::<Lambda>().register_module::<ModuleList>();
        registry.register_module::<ModuleDict>().register_module::<ParameterDict>();
        // They take the places of the maxima, too, so they are no layers.
        registry.register_module::<layers::MaxUnpool1d>();
        registry.register_module::<layers::MaxUnpool2d>().register_module::<layers::MaxUnpool3d>();
        use layers::{
            activation, attention, conv, embedding, lazy, norm, pad, pair, pool, recurrent, vision,
        };
        let of_folders: [fn(&mut Registry); _] = [
            layers::register,
            activation::register,
            attention::register,
            conv::register,
            embedding::register,
            lazy::register,
            norm::register,
            pad::register,
            pair::register,
            pool::register,
            recurrent::register,
            vision::register,
            losses::register,
            models::register,
        ];
        for register in of_folders {
            register(&mut registry);
        }
        registry
    }

    /// Adds a layer under its [kind](Module::kind_path). Adding it again changes nothing.
    ///
    /// # Panics
    /// If the kind already belongs to another type: then `#[module(name = "…")]` renames one of them.
    #[track_caller]
    pub fn register<L: Layer>(&mut self) -> &mut Self {
        self.add::<L>(Some(AsLayer {
            construct: |builder| Ok(Box::new(L::build(builder)?)),
            downcast: |module| Some(downcast::<L>(module)?),
        }))
    }

    /// [`register`](Self::register) for any module: one that is no layer can be a `Box<dyn Module>`, and the
    /// whole of what [`build_module`](Self::build_module) builds.
    ///
    /// # Panics
    /// As [`register`](Self::register).
    #[track_caller]
    pub fn register_module<M: Module>(&mut self) -> &mut Self {
        self.add::<M>(None)
    }

    #[track_caller]
    fn add<M: Module>(&mut self, layer: Option<AsLayer>) -> &mut Self {
        let (id, type_name) = (TypeId::of::<M>(), type_name::<M>());
        let entry = self.kinds.entry(M::kind_path()).or_insert(Registered {
            construct: |builder| Ok(Box::new(M::build(builder)?)),
            layer,
            id,
            type_name,
        });
        assert!(
            entry.id == id,
            "register: the kind \"{}\" is both {} and {type_name}; rename one with #[module(name = \"…\")]",
            M::kind_path(),
            entry.type_name
        );
        entry.layer = entry.layer.or(layer);
        self
    }

    /// The known kinds, in alphabetical order.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.kinds.keys().map(String::as_str)
    }

    /// The type that a file means by a kind: the one of just this kind, else the only one that fits. If that
    /// is not one, the kinds of all that fit.
    pub(crate) fn find(&self, kind: &str) -> Result<&Registered, Vec<&str>> {
        if let Some(exact) = self.kinds.get(kind) {
            return Ok(exact);
        }
        let fitting: Vec<_> = self.kinds.iter().filter(|(known, _)| kind::fits(kind, known)).collect();
        match fitting[..] {
            [(_, only)] => Ok(only),
            _ => Err(fitting.into_iter().map(|(known, _)| known.as_str()).collect()),
        }
    }

    /// The model of an architecture, with the numbers of a state dict.
    ///
    /// # Errors
    /// If a kind is unknown, fits several types or is no layer where one has to be, a description does not
    /// fit its type, or tensors are missing, left over, or of shapes that their module refuses.
    pub fn build(&self, architecture: &Architecture, state: &StateDict) -> Result<Box<dyn Layer>, Error> {
        self.build_with(architecture, state, |builder| builder.layer(), |layer| layer.as_module())
    }

    /// [`build`](Self::build) of a model that need not be a layer.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn build_module(
        &self,
        architecture: &Architecture,
        state: &StateDict,
    ) -> Result<Box<dyn Module>, Error> {
        self.build_with(architecture, state, |builder| builder.module(), |module| module.as_module())
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

    /// [`Module::deepcopy`] of a model that holds layers of your own, which this registry knows.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    ///
    /// # Panics
    /// If a [`Lazy`](crate::Lazy) layer has no parameters yet.
    #[track_caller]
    pub fn deepcopy<M: Module>(&self, module: &M) -> Result<M, Error> {
        self.build_as(&module.architecture(), &module.state_dict())
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
        let slots = walk::state(module, |_, _| Vec::new());
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
