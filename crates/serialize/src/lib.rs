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
//! A checkpoint holds whatever a run depends on. Resumed from one that holds all of the following, a run
//! equals the uninterrupted one bit for bit, in the middle of an epoch too:
//!
//! ```
//! # use autograd::Variable;
//! # use nn::MSELoss;
//! use datasets::{DataLoader, LoaderState, TensorDataset};
//! use nn::{Dropout, Forward, Linear, Module, Sequential, StateDict, Value, sequential};
//! use optim::lr_scheduler::{LRScheduler, StepLR};
//! use optim::{Adam, Optimizer};
//! use tensor::{Tensor, with_default_generator};
//!
//! fn start() -> (Sequential, Adam, StepLR) {
//!     let net = sequential![Linear::new(3, 8), Dropout::new(0.5), Linear::new(8, 1)];
//!     let mut optim = Adam::new(net.parameters(), 1e-2);
//!     let scheduler = StepLR::new(&mut optim, 10);
//!     (net, optim, scheduler)
//! }
//! # fn step(net: &Sequential, optim: &mut Adam, (x, y): (Tensor, Tensor)) {
//! #     let loss = MSELoss::new().forward(&net.forward(&Variable::new(x)), &Variable::new(y));
//! #     optim.zero_grad();
//! #     loss.backward();
//! #     optim.step();
//! # }
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("run.pth");
//!
//! let data = TensorDataset::new(tensor::randn([20, 3]), tensor::randn([20, 1]));
//! let loader = DataLoader::new(&data).batch_size(4).shuffle(true);
//! let (net, mut optim, scheduler) = start();
//! let mut batches = loader.iter();
//! step(&net, &mut optim, batches.next().unwrap());
//!
//! // The loader before the generator: it draws the rest of the epoch's order first.
//! let position: StateDict = batches.state().to_tensors().into_iter().collect();
//! let checkpoint = Value::dict([
//!     ("model", net.state_dict().into()),
//!     ("optimizer", optim.state_dict()),
//!     ("scheduler", scheduler.state_dict()),
//!     ("loader", position.into()),
//!     ("generator", with_default_generator(|g| g.get_state()).into()),
//!     ("epoch", 0.into()),
//! ]);
//! serialize::save_checkpoint(&checkpoint, &path)?;
//! # for batch in batches { step(&net, &mut optim, batch); }
//! # let (expected, next) = (net[0].state_dict()["weight"].to_vec::<f32>(), tensor::rand([1]).item());
//!
//! // In another process:
//! let (net, mut optim, mut scheduler) = start();
//! let checkpoint = serialize::load_checkpoint(&path)?;
//! net.load_state_dict(&StateDict::try_from(checkpoint.entry("model")?)?)?;
//! optim.load_state_dict(checkpoint.entry("optimizer")?)?;
//! scheduler.load_state_dict(checkpoint.entry("scheduler")?)?;
//! let generator = Tensor::try_from(checkpoint.entry("generator")?)?;
//! with_default_generator(|g| g.set_state(&generator))?;
//! let position = LoaderState::from_tensors(StateDict::try_from(checkpoint.entry("loader")?)?)?;
//! for batch in loader.resume(&position)? {
//!     step(&net, &mut optim, batch); // the rest of the epoch
//! }
//! # assert_eq!(net[0].state_dict()["weight"].to_vec::<f32>(), expected);
//! # assert_eq!(tensor::rand([1]).item(), next);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
mod state_dict;
mod torch;
mod version1;

pub use checkpoint::{load_checkpoint, save_checkpoint};
pub use codec::Format;
pub use contents::{Contents, Unreadable};
pub use error::{Error, ErrorKind};
pub use formats::Error as FileError;
pub use model::{load, load_any, load_with, save};
pub use options::LoadOptions;
pub use state_dict::{load_state_dict, save_state_dict};
