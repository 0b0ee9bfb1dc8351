//! Modules made of a list of parts.

mod blame;
mod checkpoint;
mod dict;
mod lambda;
mod layer_list;
mod module_dict;
mod module_list;
mod names;
mod parameter_dict;
mod sequential;

pub use checkpoint::checkpoint_sequential;
pub use lambda::Lambda;
pub use layer_list::{IntoLayer, LayerIter};
pub use module_dict::ModuleDict;
pub use module_list::{ModuleList, ParameterList};
pub use parameter_dict::ParameterDict;
pub use sequential::Sequential;
