//! Operations that pick elements, or write to the places given.

mod gather;
mod index_add;
mod index_select;
mod masked;
mod nonzero;
mod one_hot;
mod scatter;
mod searchsorted;
mod sort;
mod unique;

pub use unique::Unique;
