//! The native container; `docs/format.md` specifies it.

mod manifest;
mod read;
mod value;
mod write;

use crate::codec::Codec;
use crate::{Contents, ErrorKind};
use std::io::Write;

pub(crate) use value::as_state_dict;

const FORMAT: &str = "Rushlight container";

/// A byte beyond ASCII, letters, and the line ends that a transfer in text mode would change.
const MAGIC: [u8; 8] = *b"\x89RLT\r\n\x1a\n";

/// The version that is written. Version 1, whose description of a model is JSON, is read too.
const VERSION: u32 = 2;

/// Everything starts at a multiple of this: a cache line, and enough for every vector instruction.
const ALIGNMENT: u64 = 64;

/// The header, which the manifest follows.
const HEADER: usize = 64;

pub(crate) struct Container;

impl Codec for Container {
    fn name(&self) -> &'static str {
        FORMAT
    }

    /// Every ending that is no other format's.
    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    fn keeps_metadata(&self) -> bool {
        true
    }

    fn read(&self, bytes: &[u8]) -> Result<Contents, ErrorKind> {
        read::read(bytes)
    }

    fn write(&self, contents: &Contents, _: &str, out: &mut dyn Write) -> Result<(), ErrorKind> {
        write::write(contents, out)
    }
}

fn malformed(what: impl Into<String>) -> ErrorKind {
    formats::Error::malformed(FORMAT, what).into()
}
