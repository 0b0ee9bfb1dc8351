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

pub use elementwise::{Elementwise, Number, Reads, functions};
pub use index::{At, Ellipsis, IndexStep, Indexed, Indices, NewAxis, step};
pub use integers::Integers;
pub use linalg::SolveTriangularOptions;
pub use recurrent::{
    LstmPass, RecurrentCellKind, RecurrentPass, native_lstm, native_lstm_backward, native_recurrent,
    native_recurrent_backward,
};
pub use shape::{Join, Repeats, broadcast_tensors, cat, stack};
