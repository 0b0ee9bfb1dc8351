//! Losses: what training makes small. One file each.
//!
//! Every loss takes the network's output and a target, a tensor or variable, and by default gives the mean
//! over the batch, a variable without axes to call [`backward`](Variable::backward) on. Some take more:
//! pairs, triplets, variances, lengths.
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
mod cosine_embedding_loss;
mod cross_entropy_loss;
mod ctc_loss;
mod gaussian_nll_loss;
mod hinge_embedding_loss;
mod huber_loss;
mod kl_div_loss;
mod l1_loss;
mod linear_cross_entropy_loss;
mod margin_ranking_loss;
mod mse_loss;
mod multi_margin_loss;
mod multilabel_margin_loss;
mod multilabel_soft_margin_loss;
mod nll_loss;
mod poisson_nll_loss;
mod smooth_l1_loss;
mod soft_margin_loss;
mod triplet_margin_loss;
mod triplet_margin_with_distance_loss;

pub use autograd::{KLDivReduction, Reduction};

use autograd::Variable;
use tensor::Tensor;

crate::build::modules! {
    register_module;
    bce_loss: BCELoss, BCELossOptions;
    bce_with_logits_loss: BCEWithLogitsLoss, BCEWithLogitsLossOptions;
    cosine_embedding_loss: CosineEmbeddingLoss, CosineEmbeddingLossOptions;
    cross_entropy_loss: CrossEntropyLoss, CrossEntropyLossOptions;
    ctc_loss: CTCLoss, CTCLossOptions;
    gaussian_nll_loss: GaussianNLLLoss, GaussianNLLLossOptions;
    hinge_embedding_loss: HingeEmbeddingLoss, HingeEmbeddingLossOptions;
    huber_loss: HuberLoss, HuberLossOptions;
    kl_div_loss: KLDivLoss, KLDivLossOptions;
    l1_loss: L1Loss, L1LossOptions;
    linear_cross_entropy_loss: LinearCrossEntropyLoss, LinearCrossEntropyLossOptions;
    margin_ranking_loss: MarginRankingLoss, MarginRankingLossOptions;
    mse_loss: MSELoss, MSELossOptions;
    multi_margin_loss: MultiMarginLoss, MultiMarginLossOptions;
    multilabel_margin_loss: MultiLabelMarginLoss, MultiLabelMarginLossOptions;
    multilabel_soft_margin_loss: MultiLabelSoftMarginLoss, MultiLabelSoftMarginLossOptions;
    nll_loss: NLLLoss, NLLLossOptions;
    poisson_nll_loss: PoissonNLLLoss, PoissonNLLLossOptions;
    smooth_l1_loss: SmoothL1Loss, SmoothL1LossOptions;
    soft_margin_loss: SoftMarginLoss, SoftMarginLossOptions;
    triplet_margin_loss: TripletMarginLoss, TripletMarginLossOptions;
    triplet_margin_with_distance_loss: TripletMarginWithDistanceLoss, TripletMarginWithDistanceLossOptions;
}

/// What a loss compares with: a tensor, or a variable where that wants a gradient too.
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
/// are tensors; they are buffers of the module, saved and converted with it. A loss that takes something else
/// than an input and a target lists that first: `Name: function(anchor, positive, negative; Options)`.
macro_rules! loss {
    ($(#[$doc:meta])* $loss:ident: $function:ident($options:ident $($weights:tt)?)) => {
        $crate::losses::loss! {
            $(#[$doc])* $loss: $function(input, target; $options $($weights)?)
        }
    };
    (
        $(#[$doc:meta])*
        $loss:ident: $function:ident($input:ident, $($other:ident),+; $options:ident $({ $($weight:ident),* })?)
    ) => {
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
                "The loss of `", stringify!($input), $("`, `", stringify!($other),)+
                "`.\n\n# Panics\nAs [`autograd::",
                stringify!($function),
                "`]."
            )]
            #[track_caller]
            pub fn forward(
                &self,
                $input: &autograd::Variable,
                $($other: &impl crate::Target),+
            ) -> autograd::Variable {
                // Without weights there is nothing to put together.
                let weighted = false $($(|| self.$weight.is_some())*)?;
                let options = if weighted { &self.options() } else { &self.options };
                autograd::$function($input, $(&$other.variable(),)+ options)
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
