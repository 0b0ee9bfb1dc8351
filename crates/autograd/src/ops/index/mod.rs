//! Elements by their places.

mod gather;
mod index_add;
mod index_select;
mod indexing;
mod masked_select;
mod pick;
mod scatter;
mod sort;

pub(crate) use pick::Pick;
