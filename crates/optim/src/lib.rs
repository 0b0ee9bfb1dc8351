//! Optimizers and learning-rate schedules in PyTorch's form, for Rushlight.
//!
//! [`Sgd`], [`Momentum`], [`Adagrad`], [`RmsProp`], [`Adadelta`], [`Adam`] and [`AdamW`] take torch's
//! options, start from torch's defaults and follow torch's arithmetic: scalars in `f64`, cast once, then the
//! same operations in the same order and with the same roundings, so that a run can be compared with torch's
//! line by line. Where the rules of the usual tutorials differ (ε inside the root, the learning rate inside
//! the momentum), [`Formula::Note`] selects them.
//!
//! ```
//! use nn::Parameter;
//! use optim::{Adam, Optimizer, lr_scheduler::{LRScheduler, StepLR}};
//! use tensor::Tensor;
//!
//! let w = Parameter::new(Tensor::from([1.0_f32, 2.0]));
//! let mut optim = Adam::new([w.clone()], 1e-1);
//! let mut scheduler = StepLR::new(&mut optim, 30);
//! for _epoch in 0..3 {
//!     optim.zero_grad();
//!     w.square().sum().backward();
//!     optim.step();
//!     scheduler.step(&mut optim);
//! }
//! assert!(w.data().to_vec::<f32>()[0] < 0.71);
//! ```
//!
//! # A seventh optimizer
//!
//! A rule can be a plain function, as the tutorials write it, on nothing but the public parts of a parameter:
//!
//! ```
//! use nn::Parameter;
//! use tensor::Tensor;
//!
//! fn sgd_update(parameters: &[Parameter], lr: f64) {
//!     for param in parameters {
//!         param.update(|data, grad| *data = &*data - grad * lr);
//!     }
//! }
//!
//! let w = Parameter::new(Tensor::from([1.0_f32]));
//! (&*w * 3.0).sum().backward();
//! sgd_update(&[w.clone()], 0.5);
//! assert_eq!(w.data().item(), -0.5);
//! ```
//!
//! An [`Optimizer`] with groups, schedules and a state dict is a [`Core`] and a [`Rule`];
//! [`Core::sweep`] does the rest:
//!
//! ```
//! use nn::Value;
//! use optim::{Core, Entry, Optimizer, Real, Rule, Spec};
//! use tensor::kernels::root::Roots;
//!
//! /// signSGD (Bernstein et al., 2018): `θ ← θ − lr·sign(g)`.
//! struct SignSgd { core: Core }
//!
//! impl SignSgd {
//!     fn new(params: impl IntoIterator<Item = impl Into<Entry>>, lr: f64) -> SignSgd {
//!         let defaults = vec![("lr", lr.into())];
//!         let spec = Spec { name: "SignSGD", step: false, slots: &[], required: 0, defaults };
//!         SignSgd { core: Core::new(spec, params) }
//!     }
//! }
//!
//! impl Optimizer for SignSgd {
//!     fn core(&self) -> &Core { &self.core }
//!     fn core_mut(&mut self) -> &mut Core { &mut self.core }
//!     fn step(&mut self) {
//!         self.core.sweep(|group| {
//!             let lr = group.lr;
//!             move |_state, _w| SignRule { lr }
//!         });
//!     }
//! }
//!
//! #[derive(Clone, Copy)]
//! struct SignRule { lr: f64 }
//!
//! impl Rule for SignRule {
//!     #[inline(always)]
//!     fn apply<T: Real>(self, w: &mut [T], g: &[T], _state: [&mut [T]; 3], _: Roots) {
//!         let lr = T::from_f64(self.lr);
//!         for (w, &g) in w.iter_mut().zip(g) {
//!             *w -= if g > T::ZERO { lr } else if g < T::ZERO { -lr } else { T::ZERO };
//!         }
//!     }
//! }
//!
//! let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32, 2.0]));
//! w.set_grad(Some(tensor::Tensor::from([-7.0_f32, 0.1])));
//! let mut optim = SignSgd::new([w.clone()], 0.5);
//! optim.step();
//! assert_eq!(w.data().to_vec::<f32>(), [1.5, 1.5]);
//! assert_eq!(optim.core().to_string(), "SignSGD (\nParameter Group 0\n    lr: 0.5\n)");
//! # let _: Value = optim.state_dict();
//! ```
#![forbid(unsafe_code)]

mod adadelta;
mod adagrad;
mod adam;
mod adamw;
mod clip;
mod core;
mod error;
mod formula;
mod lanes;
pub mod lr_scheduler;
mod momentum;
mod optimizer;
mod param_group;
mod places;
mod real;
mod rmsprop;
mod rule;
mod sgd;
mod state;
mod state_dict;
mod sweep;

pub use adadelta::{Adadelta, AdadeltaConfig};
pub use adagrad::{Adagrad, AdagradConfig};
pub use adam::{Adam, AdamConfig};
pub use adamw::{AdamW, AdamWConfig};
pub use clip::{ClipConfig, clip_grad_norm_, clip_grad_norm_with, clip_grad_value_};
pub use core::{Core, Spec};
pub use error::Error;
pub use formula::Formula;
pub use lanes::{LANES, Lanes};
pub use momentum::{Momentum, MomentumConfig};
pub use optimizer::Optimizer;
pub use param_group::{Entry, ParamGroup};
pub use real::Real;
pub use rmsprop::{RmsProp, RmsPropConfig};
pub use rule::Rule;
pub use sgd::{Sgd, SgdConfig};
pub use state::State;
