//! The native container; `docs/format.md` specifies it.

mod manifest;
mod read;
mod value;
mod write;

pub(crate) use read::read;
pub(crate) use value::as_state_dict;
pub(crate) use write::write;

const FORMAT: &str = "Rushlight container";

/// A byte beyond ASCII, letters, and the line ends that a transfer in text mode would change.
pub(crate) const MAGIC: [u8; 8] = *b"\x89RLT\r\n\x1a\n";

const VERSION: u32 = 1;

/// Everything starts at a multiple of this: a cache line, and enough for every vector instruction.
const ALIGNMENT: u64 = 64;

/// The header, which the manifest follows.
const HEADER: usize = 64;
