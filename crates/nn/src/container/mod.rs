//! Modules made of a list of layers.

mod blame;
mod checkpoint;
mod layer_list;
mod module_list;
mod names;
mod sequential;

pub use checkpoint::checkpoint_sequential;
pub use layer_list::{IntoLayer, LayerIter};
pub use module_list::ModuleList;
pub use sequential::Sequential;
