//! Losses: what training makes small. One file each.
//!
//! Every loss takes the network's output and a target, both tensors or variables, and by default gives the
//! mean over the batch, a variable without axes to call [`backward`](Variable::backward) on.
//!
//! ```
//! use autograd::Variable;
//! use nn::{CrossEntropyLoss, CrossEntropyLossOptions};
//! use tensor::Tensor;
//!
//! let scores = Variable::new(Tensor::from([[2.0f32, 0.0, 0.0], [0.0, 0.0, 0.0]]));
//! let labels = Tensor::from([0i64, 2]);
//! let loss = CrossEntropyLoss::new().forward(&scores, &labels);
//! assert!((loss.item() - 0.6690785).abs() < 1e-6);
//!
//! let smooth = CrossEntropyLossOptions { label_smoothing: 0.1, ..Default::default() };
//! assert!(CrossEntropyLoss::with(smooth).forward(&scores, &labels).item() > loss.item());
//! ```

mod bce_loss;
mod bce_with_logits_loss;
mod cross_entropy_loss;
mod huber_loss;
mod l1_loss;
mod mse_loss;
mod nll_loss;
mod poisson_nll_loss;
mod smooth_l1_loss;

pub use autograd::Reduction;

use autograd::Variable;
use tensor::Tensor;

crate::build::modules! {
    register_module;
    bce_loss: BCELoss, BCELossOptions;
    bce_with_logits_loss: BCEWithLogitsLoss, BCEWithLogitsLossOptions;
    cross_entropy_loss: CrossEntropyLoss, CrossEntropyLossOptions;
    huber_loss: HuberLoss, HuberLossOptions;
    l1_loss: L1Loss, L1LossOptions;
    mse_loss: MSELoss, MSELossOptions;
    nll_loss: NLLLoss, NLLLossOptions;
    poisson_nll_loss: PoissonNLLLoss, PoissonNLLLossOptions;
    smooth_l1_loss: SmoothL1Loss, SmoothL1LossOptions;
}

/// The side that a loss compares with: a tensor, or a variable where the target wants a gradient too.
pub trait Target {
    /// The target as a variable.
    fn variable(&self) -> Variable;
}

impl Target for Tensor {
    fn variable(&self) -> Variable {
        Variable::new(self.clone())
    }
}

impl Target for Variable {
    fn variable(&self) -> Variable {
        self.clone()
    }
}

/// The module of a loss: `Name: function(Options { weight, … })`. The weights are those of its options that
/// are tensors; they are buffers of the module, saved and converted with it.
macro_rules! loss {
    ($(#[$doc:meta])* $loss:ident: $function:ident($options:ident $({ $($weight:ident),* })?)) => {
        pub use autograd::$options;

        $(#[$doc])*
        #[derive(Clone, Debug, crate::Module)]
        pub struct $loss {
            $($($weight: Option<crate::Buffer>,)*)?
            /// All options; those that are buffers are `None` here.
            #[module(options)]
            options: $options,
            training: crate::Training,
        }

        impl $loss {
            /// The loss with torch's defaults.
            pub fn new() -> Self {
                Self::default()
            }

            /// The loss with the options given.
            ///
            /// # Panics
            /// If an option is out of its range.
            #[track_caller]
            #[allow(unused_mut)]
            pub fn with(mut options: $options) -> Self {
                crate::Options::assert_valid(&options, stringify!($loss));
                Self {
                    $($($weight: options.$weight.take().map(crate::Buffer::new),)*)?
                    options,
                    training: crate::Training::default(),
                }
            }

            /// The options, with the buffers as they are now.
            pub fn options(&self) -> $options {
                $options {
                    $($($weight: self.$weight.as_ref().map(|weight| weight.data()),)*)?
                    ..self.options.clone()
                }
            }

            #[doc = concat!(
                "The loss of `input` against `target`.\n\n# Panics\nAs [`autograd::",
                stringify!($function),
                "`]."
            )]
            #[track_caller]
            pub fn forward(&self, input: &autograd::Variable, target: &impl crate::Target) -> autograd::Variable {
                // Without weights there is nothing to put together.
                let weighted = false $($(|| self.$weight.is_some())*)?;
                let options = if weighted { &self.options() } else { &self.options };
                autograd::$function(input, &target.variable(), options)
            }
        }

        impl Default for $loss {
            fn default() -> Self {
                Self::with($options::default())
            }
        }
    };
}
use loss;
