//! Python's pickle as far as a checkpoint needs it, read without executing anything.
//!
//! [`read`] runs the pickle's stack program into a flat list of [`Node`]s that refer to each other by
//! number, so that shared, deep or circular objects cost no more than their bytes. [`Writer`] produces
//! protocol 2.
//!
//! ```
//! use formats::pickle::{Node, Writer, read};
//!
//! let mut writer = Writer::new();
//! writer.open_tuple();
//! writer.int(3);
//! writer.text("three")?;
//! writer.close_tuple();
//! let bytes = writer.finish();
//! assert_eq!(bytes, b"\x80\x02(K\x03X\x05\0\0\0threet.");
//!
//! let pickle = read(&bytes)?;
//! let Node::Tuple(items) = pickle.root() else { panic!("just written") };
//! assert!(matches!(pickle.node(items[0]), Node::Int(3)));
//! # Ok::<(), formats::Error>(())
//! ```

mod args;
mod array;
mod global;
mod machine;
mod meta;
mod node;
mod opcode;
mod read;
mod rebuild;
mod strided;
mod write;

pub use global::Element;
pub use node::{Array, GlobalNode, Id, Node, Opaque, Pickle, Storage, Strided};
pub use read::read;
pub use write::Writer;
