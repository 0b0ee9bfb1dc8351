//! The operations: a folder for each subject, a file for each operation. The files beside the folders are
//! what operations of several subjects share.

mod attention;
mod axes;
mod conv;
mod elementwise;
mod index;
mod integers;
mod linalg;
mod map;
mod norm;
mod pool;
mod positions;
mod recurrent;
mod reduce;
mod shape;
mod vision;
mod zip;

pub use elementwise::pairs::{Given, Operand, Pairwise};
pub use elementwise::{Array, Elementwise, Number, Reads, functions, pairs};
pub use index::{
    Ellipsis, IndexItem, IndexStep, Indexed, Indices, NewAxis, ScatterReduction, Unique, assigned_shape,
    combined_places, step, taken_places,
};
pub use integers::Integers;
pub use linalg::SolveTriangularOptions;
pub use recurrent::{
    LstmPass, RecurrentCellKind, RecurrentPass, native_lstm, native_lstm_backward, native_recurrent,
    native_recurrent_backward,
};
pub use reduce::{QuantileInterpolation, QuantilePlaces};
pub use shape::{
    Join, MeshgridIndexing, Repeats, Sections, block_diag, broadcast_tensors, cartesian_prod, cat,
    column_stack, dstack, embedded_shape, hstack, meshgrid, stack, tril_indices, triu_indices, vstack,
};
