//! The operations, one file each.

mod arithmetic;
mod as_strided;
mod cat;
mod compare;
mod expand;
mod gather;
mod index;
mod index_select;
mod map;
mod matmul;
mod max;
mod narrow;
mod operators;
mod permute;
mod pow;
mod reduce;
mod reshape;
mod sizes;
mod softmax;
mod squeeze;
mod sum;
mod unary;
mod zip;

pub use cat::{cat, stack};
pub use map::Map;
pub use sizes::Sizes;
pub use zip::Map2;
