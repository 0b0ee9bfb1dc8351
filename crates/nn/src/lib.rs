//! Modules, layers, losses and initialisers with PyTorch's names and numbers, for Rushlight.
//!
//! A network is a [`Sequential`] or a struct with `#[derive(Module)]`. The struct lists its parts once; the
//! derive makes of it what PyTorch makes of `self.layer1 = …`: names, [`parameters`](Module::parameters) for
//! an optimizer, [`children`](Module::children) and [`modules`](Module::modules), a
//! [`state_dict`](Module::state_dict), training mode, printing, and building from a file.
//!
//! ```
//! use autograd::Variable;
//! use nn::{Forward, Linear, Module, Sequential, Tanh, sequential};
//! use tensor::randn;
//!
//! #[derive(Module)]
//! struct Residual {
//!     layer1: Linear,
//!     layer2: Sequential,
//! }
//!
//! impl Residual {
//!     fn new(input: usize, output: usize) -> Self {
//!         Self {
//!             layer1: Linear::new(input, output),
//!             layer2: sequential![Linear::new(input, 8), Tanh::new(), Linear::new(8, output)],
//!         }
//!     }
//! }
//!
//! impl Forward for Residual {
//!     fn forward(&self, x: &Variable) -> Variable {
//!         let x1 = self.layer1.forward(x);
//!         let x2 = self.layer2.forward(x);
//!         x1 + x2
//!     }
//! }
//!
//! tensor::manual_seed(0);
//! let net = Residual::new(2, 4);
//! println!("{net}");
//! assert_eq!(net.named_parameters()[2].0, "layer2.0.weight");
//!
//! let y = net.forward(&Variable::new(randn([5, 2])));
//! assert_eq!(y.shape(), [5, 4]);
//!
//! let twin = Residual::new(2, 4);
//! println!("{}", twin.load_state_dict(&net.state_dict())?); // <All keys matched successfully>
//! # Ok::<(), nn::Error>(())
//! ```
//!
//! Modules are used through `&self` throughout. A [`Parameter`] is a shared handle: the module and the
//! optimizer hold the same one, and loading new numbers into it does not part them.
#![forbid(unsafe_code)]

extern crate self as nn;

mod build;
mod container;
mod error;
pub mod functional;
pub mod generation;
pub mod init;
pub mod layers;
pub mod losses;
pub mod models;
mod module;
pub mod utils;

pub use build::{Architecture, Builder, Registry, Setting, TensorSpec, kind_path, setting};
pub use container::{
    IntoLayer, Lambda, LayerIter, ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential,
    checkpoint_sequential,
};
pub use error::{Error, SizeMismatch, StateDictError};
pub use layers::*;
pub use losses::*;
pub use module::{
    AsModule, Buffer, Field, Forward, Layer, LoadReport, Member, Members, Module, ModuleHooks, Parameter,
    SharedId, StateDict, Training, named_values,
};
/// # Example
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Linear, Module, Tanh};
///
/// #[derive(Module)]
/// struct ModuleNet {
///     layer1: Linear,
///     layer2: Tanh,
///     layer3: Linear,
/// }
///
/// impl Forward for ModuleNet {
///     fn forward(&self, x: &Variable) -> Variable {
///         let x = self.layer1.forward(x);
///         let x = self.layer2.forward(&x);
///         self.layer3.forward(&x)
///     }
/// }
///
/// let net = ModuleNet { layer1: Linear::new(2, 4), layer2: Tanh::new(), layer3: Linear::new(4, 1) };
/// assert_eq!(net.parameters().len(), 4);
/// assert_eq!(
///     net.to_string(),
///     "ModuleNet(
///   (layer1): Linear(in_features=2, out_features=4, bias=True)
///   (layer2): Tanh()
///   (layer3): Linear(in_features=4, out_features=1, bias=True)
/// )"
/// );
/// ```
pub use nn_derive::Module;
/// # Example
/// ```
/// use nn::{Module, Options};
///
/// /// Options of `Scale`.
/// #[derive(Clone, Debug, Options)]
/// struct ScaleOptions {
///     /// The factor. Default 2.
///     #[option(default = 2.0, check(factor > 0.0, "factor must be positive, got {factor}"))]
///     factor: f64,
///     /// Whether the result is rounded. Default no.
///     round: bool,
/// }
///
/// #[derive(Module)]
/// struct Scale {
///     #[module(options)]
///     options: ScaleOptions,
/// }
///
/// let scale = Scale { options: ScaleOptions { round: true, ..Default::default() } };
/// assert_eq!(scale.to_string(), "Scale(factor=2.0, round=True)");
/// let wrong = "{'factor': -1.0}".parse()?;
/// assert_eq!(ScaleOptions::from_value(&wrong).unwrap_err().to_string(), "factor must be positive, got -1");
/// # Ok::<(), nn::ValueError>(())
/// ```
pub use nn_derive::Options;
pub use nn_derive::hooks;
pub use tensor::{OptionEntry, OptionError, OptionValue, Options, Shown, Value, ValueError};
#[doc(hidden)]
pub use {
    autograd::Variable as __Variable,
    module::hooks::{Hooked as __Hooked, call as __call_with_hooks, probe as __probe},
};
