//! Operations that pick elements, or write to the places given.

mod gather;
mod index_add;
mod index_copy;
mod index_select;
mod indexing;
mod item;
mod masked;
mod nonzero;
mod one_hot;
mod part_scatter;
mod scatter;
mod scatter_reduce;
mod searchsorted;
mod sort;
mod take;
mod unique;

pub use indexing::assigned_shape;
pub use item::{Ellipsis, IndexItem, IndexStep, Indexed, Indices, NewAxis, step};
pub use scatter_reduce::ScatterReduction;
pub use take::{combined_places, taken_places};
pub use unique::Unique;
