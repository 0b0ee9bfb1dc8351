//! Deep learning in pure Rust, on the CPU, for people who know PyTorch: the program they would write there,
//! the numbers they would get there, in less time, from a binary of a few megabytes.
//!
//! This crate is the whole library in one dependency. It re-exports the six crates under their names, and a
//! [`prelude`] of all that a training program names:
//!
//! ```
//! use rushlight::prelude::*;
//!
//! #[derive(Module)]
//! struct Net {
//!     hidden: Linear,
//!     output: Linear,
//! }
//!
//! impl Forward for Net {
//!     fn forward(&self, x: &Variable) -> Variable {
//!         self.output.forward(&self.hidden.forward(x).relu())
//!     }
//! }
//!
//! manual_seed(0); // torch's weights, torch's shuffle, torch's losses for this seed
//! let data = TensorDataset::new(randn([64, 2]), randn([64, 1]));
//! let batches = DataLoader::new(&data).batch_size(16).shuffle(true);
//!
//! let net = Net { hidden: Linear::new(2, 8), output: Linear::new(8, 1) };
//! let criterion = MSELoss::new();
//! let mut optim = Adam::new(net.parameters(), 1e-2);
//!
//! for _epoch in 0..3 {
//!     for (x, y) in &batches {
//!         let loss = criterion.forward(&net.forward(&x.into()), &y);
//!         optim.zero_grad();
//!         loss.backward();
//!         optim.step();
//!     }
//! }
//!
//! # let path = tempfile::tempdir()?;
//! # let path = path.path().join("net.pth");
//! serialize::save_state_dict(&net.state_dict(), &path)?; // torch.load opens it
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is where
//!
//! | PyTorch | here |
//! |---|---|
//! | `torch`: tensors, `manual_seed`, `randn` | [`tensor`] |
//! | `torch.autograd`: gradients, and gradients of gradients | [`autograd`] |
//! | `torch.distributions` | [`distributions`] |
//! | `torch.linalg` | [`linalg`] |
//! | `torch.nn`: modules, layers, losses, `init` | [`nn`] |
//! | `torch.optim`: optimizers, `lr_scheduler`, gradient clipping | [`optim`] |
//! | `torch.utils.data`, `torchvision.datasets`, `transforms` and `utils` | [`datasets`] |
//! | `torch.save`, `torch.load`, `safetensors`, `numpy.savez` | [`serialize`] |
//!
//! Each of these is a crate that can be used alone.
//!
//! # Features
//!
//! `embedded`: the first 10,000 training and 2,000 test digits of MNIST in the binary
//! (`datasets::Mnist::embedded_train`), for programs that have to run before anything is downloaded.
//! `download`: `Mnist::download("./data")` and its like. `images`: folders of pictures. `csv`:
//! `datasets::CsvDataset`.
#![forbid(unsafe_code)]

#[doc(no_inline)]
pub use {autograd, autograd::distributions, autograd::linalg, datasets, optim, serialize, tensor};

pub mod prelude;

/// Modules, layers, losses and initialisers: the crate `nn`, with derives that find it here.
pub mod nn {
    #[doc(no_inline)]
    pub use ::nn::*;
    pub use nn_derive::{
        ModuleOfRushlight as Module, OptionsOfRushlight as Options, hooks_of_rushlight as hooks,
    };
}
