use std::any::{Any, type_name};
use std::fmt;

use autograd::Variable;
use tensor::DType;

use crate::module::lazy::LazyModule;
use crate::module::load::{self, LoadReport};
use crate::module::{repr, walk};
use crate::{Architecture, Buffer, Builder, Error, Members, Parameter, Registry, StateDict, Value};

/// A part of a network: parameters, buffers and further modules under names.
///
/// Write `#[derive(Module)]` on a struct and everything here follows from its fields; see the
/// [derive](macro@crate::Module) for what fields may be. What the module computes is [`Forward`], or a
/// method of your own where one tensor in and one tensor out does not fit.
///
/// All methods take `&self`: parameters are shared handles and the training mode is a shared flag, so a
/// model can be used from several places, and served from several threads, without a lock around it.
pub trait Module: Any + Send + Sync + AsModule {
    /// The name of the type: the first word in print.
    fn kind_name() -> &'static str
    where
        Self: Sized;

    /// The kind in descriptions, files and a [`Registry`](crate::Registry): from the derive it is the path of
    /// the type with its parameters, such as `mycrate::Block<Linear>`, else the name.
    fn kind_path() -> String
    where
        Self: Sized,
    {
        Self::kind_name().to_owned()
    }

    /// [`kind_name`](Self::kind_name) of this module's type.
    fn kind(&self) -> &'static str {
        self.as_kind()
    }

    /// The parts that hold state, in order of declaration.
    fn members(&self) -> Members<'_>;

    /// The settings that a file needs in order to build this module again.
    fn config(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// The text between the parentheses in print: by default the settings, as `name=value, name=value`.
    fn extra_repr(&self) -> String {
        repr::named_values(self.config())
    }

    /// The module as torch prints it; `Display` is this.
    ///
    /// # Panics
    /// If modules are nested more than 200 deep.
    #[track_caller]
    fn repr(&self) -> String {
        repr::module(self.as_module())
    }

    /// The module that a file describes: the derive reads each field from the builder by its name.
    ///
    /// # Errors
    /// If the description does not fit this type.
    fn build(builder: &mut Builder<'_>) -> Result<Self, Error>
    where
        Self: Sized,
    {
        Err(builder.error(format!("{} has no way to be built from a file", type_name::<Self>())))
    }

    /// This module as a [`Lazy`](crate::Lazy) one, if it is.
    #[doc(hidden)]
    fn as_lazy(&self) -> Option<&dyn LazyModule> {
        None
    }

    /// Whether its `Forward` goes through hooks.
    #[doc(hidden)]
    fn is_hooked(&self) -> bool {
        false
    }

    /// All parameters: the module's own first, then its children's, depth first. A shared one is listed
    /// once.
    ///
    /// # Panics
    /// If a [`Lazy`](crate::Lazy) layer has none yet.
    #[track_caller]
    fn parameters(&self) -> Vec<Parameter> {
        walk::parameters(self.as_module())
    }

    /// [`parameters`](Self::parameters) with their names, such as `layer2.0.weight`; a shared one has its
    /// first name.
    ///
    /// # Panics
    /// As [`parameters`](Self::parameters).
    #[track_caller]
    fn named_parameters(&self) -> Vec<(String, Parameter)> {
        walk::named_parameters(self.as_module())
    }

    /// All buffers, in the order and manner of [`parameters`](Self::parameters).
    ///
    /// # Panics
    /// As [`parameters`](Self::parameters).
    #[track_caller]
    fn buffers(&self) -> Vec<Buffer> {
        self.named_buffers().into_iter().map(|(_, buffer)| buffer).collect()
    }

    /// [`buffers`](Self::buffers) with their names.
    ///
    /// # Panics
    /// As [`parameters`](Self::parameters).
    #[track_caller]
    fn named_buffers(&self) -> Vec<(String, Buffer)> {
        walk::named_buffers(self.as_module())
    }

    /// The modules that are direct parts of this one.
    fn children(&self) -> Vec<&dyn Module> {
        self.named_children().into_iter().map(|(_, child)| child).collect()
    }

    /// [`children`](Self::children) with their names.
    fn named_children(&self) -> Vec<(String, &dyn Module)> {
        walk::named_children(self.as_module())
    }

    /// This module and all below it, each before its children. A shared one is listed once.
    fn modules(&self) -> Vec<&dyn Module> {
        walk::modules(self.as_module())
    }

    /// [`modules`](Self::modules) with their names; the name of this one is empty.
    fn named_modules(&self) -> Vec<(String, &dyn Module)> {
        walk::named_modules(self.as_module())
    }

    /// The module of this name in the tree, such as `layer2.0`; the empty name is this one's.
    ///
    /// ```
    /// use nn::{Linear, Module, ReLU, sequential};
    ///
    /// let net = sequential![sequential![Linear::new(2, 3), ReLU::new()], Linear::new(3, 1)];
    /// net.get_submodule("0").requires_grad_(false);
    /// assert!(net.get_submodule("0.1").is::<ReLU>());
    /// assert!(!net.get_parameter("0.0.weight").requires_grad());
    /// assert!(net.get_parameter("1.weight").requires_grad());
    /// ```
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    fn get_submodule(&self, target: &str) -> &dyn Module {
        walk::submodule("get_submodule", self.as_module(), target)
    }

    /// The parameter of this name, such as `layer2.0.weight`; a clone is a handle of the same.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    fn get_parameter(&self, target: &str) -> &Parameter {
        walk::part("get_parameter", "parameter", self.as_module(), target, |members, own| {
            members.parameters().find(|(name, _)| *name == own).map(|(_, p)| p)
        })
    }

    /// The buffer of this name.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    fn get_buffer(&self, target: &str) -> &Buffer {
        walk::part("get_buffer", "buffer", self.as_module(), target, |members, own| {
            members.buffers().find(|(name, _)| *name == own).map(|(_, b)| b)
        })
    }

    /// Every parameter and buffer under its name; what is shared appears under each of its names.
    ///
    /// The tensors are those of this moment: later training does not change them.
    ///
    /// # Panics
    /// As [`parameters`](Self::parameters).
    #[track_caller]
    fn state_dict(&self) -> StateDict {
        walk::state_dict(self.as_module())
    }

    /// Copies the tensors of a state dict into the parameters and buffers of the same names, converting
    /// them to the dtype found there. A [`Lazy`](crate::Lazy) layer becomes the one whose tensors these are.
    ///
    /// Where the names are others, [`StateDict::renamed`] makes them these.
    ///
    /// # Errors
    /// If a name is missing, unknown, or its tensor has another shape. The error lists every problem, and
    /// nothing has been changed.
    fn load_state_dict(&self, state: &StateDict) -> Result<LoadReport, Error> {
        load::load_state_dict(self.as_module(), state, true)
    }

    /// [`load_state_dict`](Self::load_state_dict) of the names that both sides have. The report lists the
    /// others.
    ///
    /// # Errors
    /// If a tensor has another shape than its parameter; nothing has been changed.
    fn load_state_dict_non_strict(&self, state: &StateDict) -> Result<LoadReport, Error> {
        load::load_state_dict(self.as_module(), state, false)
    }

    /// A module of its own with the same numbers, mode and frozen parameters, as `copy.deepcopy(net)`:
    /// training one leaves the other as it is. What is shared within the tree is shared within the copy;
    /// gradients and hooks stay behind.
    ///
    /// It is built from its description, so a layer of your own that stands in a
    /// [`Sequential`](crate::Sequential) or a `Box<dyn Layer>` has to be in a registry:
    /// [`Registry::deepcopy`](crate::Registry::deepcopy).
    ///
    /// ```
    /// use nn::{Linear, Module, Tanh, sequential};
    ///
    /// let net = sequential![Linear::new(2, 4), Tanh::new(), Linear::new(4, 1)];
    /// let target = net.deepcopy();
    /// net.layer::<Linear>(0).weight.update_data(|w| w.fill_(0.0));
    /// assert_ne!(target.layer::<Linear>(0).weight.data().abs().sum().item(), 0.0);
    /// target.load_state_dict(&net.state_dict())?;
    /// assert_eq!(target.layer::<Linear>(0).weight.data().abs().sum().item(), 0.0);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Panics
    /// If there is a layer that the registry lacks, or a [`Lazy`](crate::Lazy) one without parameters yet.
    #[doc(alias = "clone")]
    #[doc(alias = "deep_clone")]
    #[track_caller]
    fn deepcopy(&self) -> Self
    where
        Self: Sized,
    {
        match Registry::new().deepcopy(self) {
            Ok(copy) => copy,
            Err(error) => panic!("deepcopy: {error}"),
        }
    }

    /// Kinds, settings, names and sharing of the whole tree: all of a model but its numbers.
    ///
    /// # Panics
    /// If modules are nested more than 200 deep.
    #[track_caller]
    fn architecture(&self) -> Architecture {
        Architecture::of(self.as_module())
    }

    /// Puts the whole tree into training mode, in which modules start.
    fn train(&self) {
        self.set_training(true);
    }

    /// Puts the whole tree into evaluation mode: no dropout, running statistics. Gradients are still
    /// recorded; [`autograd::no_grad`] stops that.
    fn eval(&self) {
        self.set_training(false);
    }

    /// [`train`](Self::train) for `true`, [`eval`](Self::eval) for `false`.
    fn set_training(&self, training: bool) {
        walk::set_training(self.as_module(), training);
    }

    /// The mode: that of the first [`Training`](crate::Training) flag in the tree. All layers, losses and
    /// lists of this crate have one. A module of your own without one, or a `Vec`, has the mode of its first
    /// part; if nothing in the tree has one, it counts as training.
    fn is_training(&self) -> bool {
        walk::is_training(self.as_module())
    }

    /// Forgets the gradients of all parameters.
    fn zero_grad(&self) {
        walk::zero_grad(self.as_module());
    }

    /// The names of the parameters that require a gradient and have none: after `backward`, those that the
    /// loss does not depend on. A forgotten layer, a `detach` too many or a branch that was not taken shows
    /// here.
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{Forward, Linear, Module, sequential};
    ///
    /// let net = sequential![Linear::new(2, 4), Linear::new(4, 1)];
    /// let hidden = net[0].forward(&Variable::new(tensor::ones([3, 2])));
    /// net[1].forward(&hidden.detach()).sum().backward();
    /// assert_eq!(net.parameters_without_grad(), ["0.weight", "0.bias"]);
    /// ```
    ///
    /// # Panics
    /// As [`parameters`](Self::parameters).
    #[track_caller]
    fn parameters_without_grad(&self) -> Vec<String> {
        let without = |p: &Parameter| p.requires_grad() && p.grad().is_none();
        self.named_parameters().into_iter().filter(|(_, p)| without(p)).map(|(name, _)| name).collect()
    }

    /// Makes all parameters require a gradient, or none: `net.requires_grad_(false)` freezes a model, and
    /// `net.get_submodule("layer1").requires_grad_(false)` a part of it.
    ///
    /// # Panics
    /// As [`parameters`](Self::parameters).
    #[doc(alias = "freeze")]
    #[doc(alias = "unfreeze")]
    #[track_caller]
    fn requires_grad_(&self, requires_grad: bool) {
        for parameter in self.parameters() {
            let _ = Variable::clone(&parameter).requires_grad_(requires_grad);
        }
    }

    /// Converts all parameters and buffers of floats to another float type, as torch's `net.to(dtype)`.
    ///
    /// # Panics
    /// If `dtype` is not a float type; otherwise as [`parameters`](Self::parameters).
    #[track_caller]
    fn to_dtype(&self, dtype: DType) {
        assert!(dtype.is_float(), "to_dtype: parameters are floats, not {}", dtype.name());
        walk::to_dtype(self.as_module(), dtype);
    }

    /// How many numbers there are to train: the sizes of all parameters together.
    ///
    /// # Panics
    /// As [`parameters`](Self::parameters).
    #[track_caller]
    #[doc(alias = "num_params")]
    #[doc(alias = "count_parameters")]
    fn num_parameters(&self) -> usize {
        self.parameters().iter().map(|p| p.data().numel()).sum()
    }

    /// Calls `f` on every module of the tree, children before their parent, as torch's `apply` does.
    ///
    /// ```
    /// use nn::{Linear, Module, sequential};
    /// use tensor::zeros;
    ///
    /// let net = sequential![Linear::new(2, 4), Linear::new(4, 1)];
    /// net.apply(|module| {
    ///     if let Some(linear) = module.downcast_ref::<Linear>() {
    ///         linear.weight.set_data(zeros(linear.weight.shape()));
    ///     }
    /// });
    /// ```
    fn apply(&self, mut f: impl FnMut(&dyn Module))
    where
        Self: Sized,
    {
        walk::apply(self.as_module(), &mut f);
    }
}

/// The computation of a module with one input and one output.
pub trait Forward {
    /// The output for the input `x`.
    fn forward(&self, x: &Variable) -> Variable;
}

/// A [`Module`] with [`Forward`]: what a [`Sequential`](crate::Sequential) holds. Every type with both is
/// one.
pub trait Layer: Module + Forward {}

impl<L: Module + Forward> Layer for L {}

/// The step from a concrete module to `&dyn Module`, which every module has.
pub trait AsModule {
    /// This module behind its trait; of a [`Lazy`](crate::Lazy) one the layer that it has become.
    fn as_module(&self) -> &dyn Module;

    /// The name of its type.
    #[doc(hidden)]
    fn as_kind(&self) -> &'static str;

    /// The kind of its type.
    #[doc(hidden)]
    fn as_kind_path(&self) -> String;
}

impl<M: Module> AsModule for M {
    fn as_module(&self) -> &dyn Module {
        layer_of(self).unwrap_or(self)
    }

    fn as_kind(&self) -> &'static str {
        layer_of(self).map_or(M::kind_name(), |layer| layer.kind())
    }

    fn as_kind_path(&self) -> String {
        layer_of(self).map_or_else(M::kind_path, |layer| layer.as_kind_path())
    }
}

/// The layer that a lazy module has become.
fn layer_of(module: &impl Module) -> Option<&dyn Module> {
    module.as_lazy().and_then(LazyModule::layer)
}

macro_rules! dynamic {
    ($name:literal, $trait:ident) => {
        #[doc = concat!("What needs the concrete type behind a `dyn ", $name, "`.")]
        impl dyn $trait {
            /// Whether this is a `T`, as `isinstance` asks.
            pub fn is<T: Module>(&self) -> bool {
                (self.as_module() as &dyn Any).is::<T>()
            }

            /// This module as a `T`, if it is one.
            pub fn downcast_ref<T: Module>(&self) -> Option<&T> {
                (self.as_module() as &dyn Any).downcast_ref()
            }

            /// Calls `f` on every module of the tree, children first; see [`Module::apply`].
            pub fn apply(&self, mut f: impl FnMut(&dyn Module)) {
                walk::apply(self.as_module(), &mut f);
            }
        }

        impl fmt::Display for dyn $trait {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.repr())
            }
        }

        impl fmt::Debug for dyn $trait {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.repr())
            }
        }
    };
}

dynamic!("Module", Module);
dynamic!("Layer", Layer);
