//! Bytes, below anything that knows of tensors: writing a file whole or not at all, reading one
//! whole, and saying what a file is that should have been something else.
//!
//! ```
//! use std::io::Write;
//!
//! let path = std::env::temp_dir().join("formats-doc.txt");
//! formats::write(&path, |out| out.write_all(b"all of it").map_err(formats::failing("write")))?;
//! assert_eq!(formats::read(&path)?, b"all of it");
//! # std::fs::remove_file(path).unwrap();
//! # Ok::<(), formats::Failure>(())
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

mod describe;
mod failure;
mod read;
mod temporary;
mod write;

pub use describe::describe;
pub use failure::{Failure, failing};
pub use read::read;
pub use temporary::Temporary;
pub use write::write;
