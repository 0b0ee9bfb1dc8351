//! Whole models, state dicts and checkpoints as files: Rushlight's own container, `.safetensors`, and
//! PyTorch's `.pth` in both directions.
//!
//! A file is written in the format its name asks for ([`Format::for_path`]) and read in the one it is in.
//!
//! | PyTorch | here |
//! |---|---|
//! | `torch.save(net, path)` | [`save`]`(&net, path)` |
//! | `net = torch.load(path)` | `let net: Sequential = `[`load`]`(path)?` |
//! | `torch.save(net.state_dict(), path)` | [`save_state_dict`]`(&net.state_dict(), path)` |
//! | `net.load_state_dict(torch.load(path))` | `net.load_state_dict(&`[`load_state_dict`]`(path)?)?` |
//! | `torch.save({"model": …, "epoch": 3}, path)` | [`save_checkpoint`]`(&value, path)` |
//! | `checkpoint = torch.load(path)` | [`load_checkpoint`]`(path)?` |
//!
//! ```
//! use nn::{Identity, Linear, Module, Sequential, sequential};
//!
//! let folder = tempfile::tempdir()?;
//! let net = sequential![Linear::new(2, 4), Identity::new(), Linear::new(4, 1)];
//!
//! // Architecture and parameters: no definition needed to load it.
//! let path = folder.path().join("net.model");
//! serialize::save(&net, &path)?;
//! let again: Sequential = serialize::load(&path)?;
//! assert_eq!(again.to_string(), net.to_string());
//!
//! // Parameters only, in a file that torch.load opens.
//! let path = folder.path().join("params.pth");
//! serialize::save_state_dict(&net.state_dict(), &path)?;
//! again.load_state_dict(&serialize::load_state_dict(&path)?)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Files are written under a temporary name, synced and renamed: a crash leaves the old file or the new
//! one. Readers trust nothing: every length is checked against the file before anything is allocated, a
//! pickle is read as data and never executed, and a file of 1 kB cannot cost a megabyte.
#![forbid(unsafe_code)]

mod atomic;
mod budget;
mod byte_order;
mod checkpoint;
mod container;
mod contents;
mod cursor;
mod error;
mod format;
mod model;
mod pickle;
mod safetensors;
mod shape;
mod state_dict;
mod torch;
mod zip;

pub use checkpoint::{load_checkpoint, save_checkpoint};
pub use contents::Contents;
pub use error::{Error, ErrorKind};
pub use format::Format;
pub use model::{load, load_any, load_with, save};
pub use state_dict::{load_state_dict, save_state_dict};

/// How deep values in files may nest. Checkpoints nest a handful deep; the stack of a thread holds some
/// thousand levels of a recursive reader.
const MAX_DEPTH: usize = 100;
