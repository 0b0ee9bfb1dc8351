//! Elements by their places.

mod gather;
mod index_add;
mod index_copy;
mod index_select;
mod indexing;
mod masked_scatter;
mod masked_select;
mod part_scatter;
mod pick;
mod scatter;
mod scatter_reduce;
mod sort;

pub(crate) use pick::Pick;
