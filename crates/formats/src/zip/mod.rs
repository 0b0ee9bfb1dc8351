//! Zip archives: read stored or deflated, written as PyTorch does, stored, each record at a multiple of 64
//! bytes.
//!
//! ```
//! use formats::Budget;
//! use formats::zip::{Archive, Writer};
//!
//! let mut writer = Writer::new(Vec::new());
//! writer.add("a/version", b"3\n")?;
//! let bytes = writer.finish()?;
//!
//! let archive = Archive::open(&bytes)?;
//! let entry = archive.find("a/version").expect("just written");
//! assert_eq!(&*archive.read(entry, &mut Budget::for_file(&bytes))?, b"3\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod directory;
mod read;
mod write;

pub use read::{Archive, Entry};
pub use write::Writer;

const LOCAL_HEADER: u32 = 0x0403_4b50;
const CENTRAL_HEADER: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// General-purpose flags.
const ENCRYPTED: u16 = 1;
const HAS_DESCRIPTOR: u16 = 1 << 3;
const UTF_8: u16 = 1 << 11;

/// The extra field with 64-bit sizes.
const EXTRA_64: u16 = 1;

/// The content of a 32-bit field whose value stands in the 64-bit extra field.
const IN_EXTRA: u64 = 0xffff_ffff;
