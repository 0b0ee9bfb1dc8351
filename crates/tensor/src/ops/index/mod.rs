//! Operations that pick elements, or write to the places given.

mod gather;
mod index_add;
mod index_select;
mod indexing;
mod item;
mod masked;
mod nonzero;
mod one_hot;
mod scatter;
mod searchsorted;
mod sort;
mod unique;

pub use indexing::assigned_shape;
pub use item::{Ellipsis, IndexItem, IndexStep, Indexed, Indices, NewAxis, step};
pub use unique::Unique;
