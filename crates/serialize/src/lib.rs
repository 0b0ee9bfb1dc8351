//! Whole models, state dicts and checkpoints as files: Rushlight's own container, `.safetensors`,
//! PyTorch's `.pth` and NumPy's `.npz` in both directions.
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
//! | a run's model, optimizer, schedule and generator at once | [`Checkpoint`] |
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
//! # Stopping and resuming
//!
//! [`Checkpoint`] saves and takes up all that a run depends on: the model, the optimizer, the schedule,
//! the random generator, and the loader's position. Resumed, a run equals the uninterrupted one bit for
//! bit, in the middle of an epoch too.
//!
//! # Files
//!
//! Files are written under a temporary name, synced and renamed: a crash leaves the old file or the new
//! one. [`formats`] says what the new one keeps of the old. Readers trust nothing: every length is checked
//! against the file before anything is allocated, a pickle is read as data and never executed, and a file of
//! 1 kB cannot cost a megabyte. What has no counterpart here is an error that names all of it, or left out:
//! [`LoadOptions`].
#![forbid(unsafe_code)]

mod checkpoint;
mod codec;
mod container;
mod contents;
mod elements;
mod error;
mod model;
mod numpy;
mod options;
mod safetensors;
mod saving;
mod state_dict;
mod torch;
mod version1;

pub use checkpoint::{Checkpoint, load_checkpoint, save_checkpoint};
pub use codec::Format;
pub use contents::{Contents, Unreadable};
pub use error::{Error, ErrorKind};
pub use formats::Error as FileError;
pub use model::{load, load_any, load_any_module, load_with, save};
pub use options::LoadOptions;
pub use saving::Saving;
pub use state_dict::{load_state_dict, save_state_dict};
