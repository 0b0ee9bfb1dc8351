//! Python's pickle as far as a checkpoint needs it, read without executing anything.
//!
//! [`read`](read::read) runs the pickle's stack program into a flat list of [`Node`]s that refer to
//! each other by number, so that shared, deep or circular objects cost no more than their bytes.
//! [`write`](write::write) produces protocol 2 from a [`Value`](nn::Value).

mod args;
mod global;
mod machine;
mod meta;
mod node;
mod opcode;
mod read;
mod rebuild;
mod strided;
mod write;

pub(crate) use global::Element;
pub(crate) use node::{Id, Node, Opaque, Pickle, Storage, Strided};
pub(crate) use read::read;
pub(crate) use write::write;
