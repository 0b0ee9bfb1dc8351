//! Bytes, below anything that knows of tensors: writing a file whole or not at all, reading one
//! whole, saying what a file is that should have been something else, and the formats that files of
//! tensors are made of: [`zip`] archives, Python's [`pickle`], gzip ([`Unpacked`]).
//!
//! Readers trust nothing. A [`Cursor`] cannot run past the end, and a [`Budget`] bounds what a file may make
//! its reader allocate.
//!
//! ```
//! use std::io::Write;
//!
//! let path = std::env::temp_dir().join("formats-doc.txt");
//! formats::write(&path, |out| out.write_all(b"all of it").map_err(formats::failing("write")))?;
//! assert_eq!(formats::read(&path)?, b"all of it");
//! # std::fs::remove_file(path).unwrap();
//! # Ok::<(), formats::Error>(())
//! ```
//!
//! # What a written file keeps of the one before
//!
//! [`write()`] makes a new file and gives it the old one's name. The permission bits (`rwxrwxrwx`) are kept,
//! and a symbolic link stays one: what it points to is written. Not kept are the owner and group (the file
//! belongs to whoever writes it, which is why the bits set-user-id, set-group-id and sticky go too), other
//! hard links (they keep the old contents), extended attributes and access control lists. A file that is not
//! there before has the permissions that the process's umask leaves.
#![forbid(unsafe_code)]

mod atomic;
pub mod byte_order;
mod cursor;
mod describe;
mod error;
mod gzip;
mod limits;
pub mod pickle;
mod read;
pub mod zip;

pub use atomic::{Temporary, write};
pub use cursor::Cursor;
pub use describe::describe;
pub use error::{Error, failing, verify};
pub use gzip::{Unpacked, is_cut};
pub use limits::{Budget, DEFLATE_RATIO, numel};
pub use read::read;
