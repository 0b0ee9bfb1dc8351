//! Learning-rate schedules: the twins of `torch.optim.lr_scheduler`.
//!
//! A schedule is made for an optimizer and changes the learning rates of its groups at each
//! [`step`](LRScheduler::step), usually once per epoch, after `optim.step()`. Rates are computed
//! as torch computes them, from the current rate where torch does so, which lets schedules be
//! chained and rates be changed by hand.
//!
//! ```
//! use optim::lr_scheduler::{CosineAnnealingLR, LRScheduler, LinearLR, LinearLROptions, SequentialLR};
//! use optim::{Optimizer, SGD};
//!
//! let mut optim = SGD::new([nn::Parameter::new(tensor::zeros([2]))], 0.5);
//! let options = LinearLROptions { start_factor: 0.1, total_iters: 5, ..Default::default() };
//! let warm_up = LinearLR::with(&mut optim, options);
//! let decay = CosineAnnealingLR::new(&mut optim, 95, 0.0);
//! let mut scheduler = SequentialLR::new(&mut optim, vec![Box::new(warm_up), Box::new(decay)], vec![5]);
//! let mut rates = vec![optim.param_groups()[0].options.lr];
//! for _epoch in 0..100 {
//!     optim.step();
//!     scheduler.step(&mut optim);
//!     rates.push(scheduler.get_last_lr()[0]);
//! }
//! assert!((rates[0] - 0.05).abs() < 1e-15 && (rates[5] - 0.5).abs() < 1e-15 && rates[100] < 1e-9);
//! ```
//!
//! torch hands the optimizer to the schedule once; here it is lent at each step. torch's `last_epoch`
//! argument has no twin: a schedule goes on where another stopped by
//! [`load_state_dict`](LRScheduler::load_state_dict). A schedule of your own is often a [`LambdaLR`];
//! otherwise implement [`Schedule`], as those in this module do.

mod chained;
mod clock;
mod constant;
mod cosine_annealing;
mod cosine_annealing_warm_restarts;
mod cyclic;
mod exponential;
mod lambda;
mod linear;
mod multi_step;
mod multiplicative;
mod one_cycle;
mod part;
mod per_group;
mod polynomial;
mod reduce_on_plateau;
mod schedule;
mod sequential;
mod step;

pub use chained::ChainedScheduler;
pub use clock::Clock;
pub use constant::ConstantLR;
pub use cosine_annealing::CosineAnnealingLR;
pub use cosine_annealing_warm_restarts::CosineAnnealingWarmRestarts;
pub use cyclic::{CyclicLR, CyclicLROptions, CyclicMode, ScaleBy};
pub use exponential::ExponentialLR;
pub use lambda::LambdaLR;
pub use linear::{LinearLR, LinearLROptions};
pub use multi_step::MultiStepLR;
pub use multiplicative::MultiplicativeLR;
pub use one_cycle::{Anneal, OneCycleLR, OneCycleLROptions};
pub use per_group::PerGroup;
pub use polynomial::PolynomialLR;
pub use reduce_on_plateau::{PlateauMode, ReduceLROnPlateau, ReduceLROnPlateauOptions, ThresholdMode};
pub use schedule::{LRScheduler, Schedule};
pub use sequential::SequentialLR;
pub use step::StepLR;
