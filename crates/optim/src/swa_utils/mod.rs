//! Averages of a model's parameters over its training: the twins of `torch.optim.swa_utils`.
//!
//! [`AveragedModel`] keeps them, equally weighted (Izmailov et al., *Averaging Weights Leads to Wider Optima
//! and Better Generalization*, 2018) or fading ([`get_ema_avg_fn`]); [`SWALR`] brings the learning rate to
//! the constant that the first kind wants, and [`update_bn`] gives batch norms the statistics of the mean.
//!
//! ```
//! use autograd::Variable;
//! use nn::{BatchNorm1d, Forward, Linear, Module, sequential};
//! use optim::{AveragedModel, LRScheduler, Optimizer, SGD, SWALR, update_bn};
//!
//! let net = sequential![Linear::new(2, 3), BatchNorm1d::new(3), Linear::new(3, 1)];
//! let mut optim = SGD::new(net.parameters(), 0.1);
//! let swa_model = AveragedModel::new(&net);
//! let mut swa_scheduler = SWALR::new(&mut optim, 0.05);
//! let batches: Vec<_> = (0..4).map(|_| tensor::randn([8, 2])).collect();
//! for epoch in 0..6 {
//!     for x in &batches {
//!         optim.zero_grad();
//!         net.forward(&Variable::new(x.clone())).square().mean().backward();
//!         optim.step();
//!     }
//!     if epoch > 2 {
//!         swa_model.update_parameters(&net);
//!         swa_scheduler.step(&mut optim);
//!     }
//! }
//! update_bn(batches, &swa_model);
//! assert_eq!(swa_model.n_averaged(), 3);
//! ```

mod averaged_model;
mod averaging;
mod swalr;
mod update_bn;

pub use averaged_model::{AveragedModel, AveragedModelOptions};
pub use averaging::{AvgFn, get_ema_avg_fn, get_ema_multi_avg_fn, get_swa_avg_fn, get_swa_multi_avg_fn};
pub use swalr::{SWALR, SWALROptions};
pub use update_bn::update_bn;
