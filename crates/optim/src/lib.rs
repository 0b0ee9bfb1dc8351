//! Optimizers and learning-rate schedules in PyTorch's form, for Rushlight.
//!
//! The optimizers, all of torch's, take torch's options, start from torch's defaults and follow torch's
//! arithmetic: scalars in `f64`, cast once, then the same operations in the same order and with the same
//! roundings, so that a run can be compared with torch's line by line. Where the rules of the usual textbooks
//! differ (ε inside the root, the learning rate inside the momentum), [`Formula::Textbook`] selects them.
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
//! # Another optimizer
//!
//! A rule can be a plain function, as textbooks write it, on nothing but the public parts of a parameter:
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
//! An [`Optimizer`] with groups, schedules and a state dict is a [`Core`] over a [`Rule`]:
//!
//! ```
//! use nn::Options;
//! use optim::{Core, Optimizer, Real, Roots, Rule, Update};
//!
//! /// signSGD (Bernstein et al., 2018): `θ ← θ − lr·sign(g)`.
//! type SignSGD = Core<SignSGDOptions>;
//!
//! #[derive(Clone, Copy, Debug, PartialEq, Options)]
//! struct SignSGDOptions {
//!     #[option(default = 1e-3, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
//!     lr: f64,
//! }
//!
//! impl Rule for SignSGDOptions {
//!     const NAME: &'static str = "SignSGD";
//!     type Memory = ();
//!
//!     fn step(core: &mut Core<Self>) {
//!         core.sweep(|options, _| *options);
//!     }
//! }
//!
//! impl Update<0> for SignSGDOptions {
//!     #[inline(always)]
//!     fn apply<T: Real>(self, w: &mut [T], g: &[T], []: [&mut [T]; 0], _: Roots) {
//!         let lr = T::from_f64(self.lr);
//!         for (w, &g) in w.iter_mut().zip(g) {
//!             *w -= if g > T::ZERO { lr } else if g < T::ZERO { -lr } else { T::ZERO };
//!         }
//!     }
//! }
//!
//! let w = nn::Parameter::new(tensor::Tensor::from([1.0_f32, 2.0]));
//! w.set_grad(Some(tensor::Tensor::from([-7.0_f32, 0.1])));
//! let mut optim = SignSGD::new([w.clone()], 0.5);
//! optim.step();
//! assert_eq!(w.data().to_vec::<f32>(), [1.5, 1.5]);
//! assert_eq!(optim.to_string(), "SignSGD (\nParameter Group 0\n    lr: 0.5\n)");
//! ```
#![forbid(unsafe_code)]

mod arithmetic;
mod clip;
mod core;
mod error;
pub mod lr_scheduler;
pub mod rules;
pub mod swa_utils;

pub use arithmetic::{LANES, Lanes, Real};
pub use clip::{
    ClipGradNormOptions, clip_grad_norm_, clip_grad_norm_with, clip_grad_value_, clip_grads_with_norm_,
    get_total_norm,
};
pub use core::{
    AnyGroup, At, Core, Entry, Fields, Group, Memory, Optimizer, ParamGroup, Rule, State, StepHook,
    StepHooks, Update,
};
pub use error::Error;
pub use lr_scheduler::*;
pub use rules::table::{NAMES, by_name};
pub use rules::*;
pub use swa_utils::*;
pub use tensor::kernels::rounding::root::Roots;
