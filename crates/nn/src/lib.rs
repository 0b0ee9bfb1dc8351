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

mod architecture;
mod blame;
mod builder;
mod config;
mod deep;
mod error;
mod flat;
pub mod init;
mod layer_list;
pub mod layers;
mod load;
pub mod losses;
mod members;
mod module;
mod module_list;
mod names;
mod number;
mod parameter;
mod registry;
mod repr;
mod sequential;
mod state_dict;
mod training;
mod walk;

pub use architecture::{Architecture, TensorSpec};
pub use builder::Builder;
pub use config::{Setting, setting};
pub use error::{Error, SizeMismatch, StateDictError};
pub use layer_list::{IntoLayer, Iter};
pub use layers::*;
pub use load::LoadReport;
pub use losses::*;
pub use members::{Field, Member, Members, SharedId};
pub use module::{AsModule, Forward, Layer, Module};
pub use module_list::ModuleList;
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
pub use nn_derive::Options;
pub use parameter::{Buffer, Parameter};
pub use registry::Registry;
pub use repr::named_values;
pub use sequential::Sequential;
pub use state_dict::StateDict;
pub use tensor::{OptionEntry, OptionError, OptionValue, Options, Shown, Value, ValueError};
pub use training::Training;
