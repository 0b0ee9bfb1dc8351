//! Operations that move elements, or only look at them in another way.

mod as_strided;
mod cat;
mod composed;
mod diagonal;
mod expand;
mod flip;
mod lists;
mod narrow;
mod pad;
mod permute;
mod repeat;
mod repeat_interleave;
mod reshape;
mod roll;
mod sections;
mod split;
mod squeeze;
mod triangle;
mod unbind;
mod unfold;

pub use cat::{Join, cat, stack};
pub use diagonal::embedded_shape;
pub use lists::{
    MeshgridIndexing, block_diag, broadcast_tensors, cartesian_prod, column_stack, dstack, hstack, meshgrid,
    vstack,
};
pub use repeat_interleave::Repeats;
pub use sections::Sections;
pub use triangle::{tril_indices, triu_indices};
