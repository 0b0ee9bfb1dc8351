//! Losses.

use autograd::Variable;

use crate::Target;
use crate::losses::*;

/// A row has torch's name, the twin's, what it takes, its options, and the function of [`autograd`].
macro_rules! losses {
    ($($name:ident / $with:ident($input:ident $(, $other:ident)+; $Options:ident) = $function:ident;)+) => {$(
        #[doc = concat!(
            "[`autograd::", stringify!($function), "`] with torch's defaults; [`", stringify!($with),
            "`] takes others."
        )]
        #[track_caller]
        pub fn $name($input: &Variable $(, $other: &impl Target)+) -> Variable {
            $with($input, $($other,)+ $Options::default())
        }

        #[doc = concat!("[`", stringify!($name), "`] with the options given.")]
        #[track_caller]
        pub fn $with($input: &Variable $(, $other: &impl Target)+, options: $Options) -> Variable {
            autograd::$function($input, $(&$other.variable(),)+ &options)
        }
    )+};
}

losses! {
    binary_cross_entropy / binary_cross_entropy_with(input, target; BCELossOptions) = bce_loss;
    binary_cross_entropy_with_logits / binary_cross_entropy_with_logits_with(
        input, target; BCEWithLogitsLossOptions
    ) = bce_with_logits;
    cosine_embedding_loss / cosine_embedding_loss_with(
        input1, input2, target; CosineEmbeddingLossOptions
    ) = cosine_embedding_loss;
    cross_entropy / cross_entropy_with(input, target; CrossEntropyLossOptions) = cross_entropy;
    ctc_loss / ctc_loss_with(
        log_probs, targets, input_lengths, target_lengths; CTCLossOptions
    ) = ctc_loss;
    gaussian_nll_loss / gaussian_nll_loss_with(input, target, var; GaussianNLLLossOptions) = gaussian_nll_loss;
    hinge_embedding_loss / hinge_embedding_loss_with(
        input, target; HingeEmbeddingLossOptions
    ) = hinge_embedding_loss;
    huber_loss / huber_loss_with(input, target; HuberLossOptions) = huber_loss;
    kl_div / kl_div_with(input, target; KLDivLossOptions) = kl_div;
    l1_loss / l1_loss_with(input, target; L1LossOptions) = l1_loss;
    margin_ranking_loss / margin_ranking_loss_with(
        input1, input2, target; MarginRankingLossOptions
    ) = margin_ranking_loss;
    mse_loss / mse_loss_with(input, target; MSELossOptions) = mse_loss;
    multi_margin_loss / multi_margin_loss_with(input, target; MultiMarginLossOptions) = multi_margin_loss;
    multilabel_margin_loss / multilabel_margin_loss_with(
        input, target; MultiLabelMarginLossOptions
    ) = multilabel_margin_loss;
    multilabel_soft_margin_loss / multilabel_soft_margin_loss_with(
        input, target; MultiLabelSoftMarginLossOptions
    ) = multilabel_soft_margin_loss;
    nll_loss / nll_loss_with(input, target; NLLLossOptions) = nll_loss;
    poisson_nll_loss / poisson_nll_loss_with(input, target; PoissonNLLLossOptions) = poisson_nll_loss;
    smooth_l1_loss / smooth_l1_loss_with(input, target; SmoothL1LossOptions) = smooth_l1_loss;
    soft_margin_loss / soft_margin_loss_with(input, target; SoftMarginLossOptions) = soft_margin_loss;
    triplet_margin_loss / triplet_margin_loss_with(
        anchor, positive, negative; TripletMarginLossOptions
    ) = triplet_margin_loss;
}

super::functions! {
    /// [`autograd::triplet_margin_with_distance_loss`], by default of
    /// [`pairwise_distance`](super::pairwise_distance).
    triplet_margin_with_distance_loss / triplet_margin_with_distance_loss_with(
        anchor: &Variable, positive: &impl Target, negative: &impl Target;
        distance_function: impl Fn(&Variable, &Variable) -> Variable = super::pairwise_distance,
        options: TripletMarginWithDistanceLossOptions = TripletMarginWithDistanceLossOptions::default()
    ) = autograd::triplet_margin_with_distance_loss(
        anchor, &positive.variable(), &negative.variable(), distance_function, &options
    );
    /// [`cross_entropy`] of [`linear`](super::linear), in two steps; where torch splits the second into
    /// chunks to save memory, this does not.
    linear_cross_entropy / linear_cross_entropy_with(
        input: &Variable, linear_weight: &Variable, target: &impl Target;
        linear_bias: Option<&Variable> = None,
        options: CrossEntropyLossOptions = CrossEntropyLossOptions::default()
    ) = {
        let weight = linear_weight.shape();
        let (features, classes) = (weight[weight.len() - 1], &weight[..weight.len() - 1]);
        let rows = |v: &Variable, last: &[usize]| v.reshape([&[classes.iter().product()], last].concat());
        let bias = linear_bias.map(|bias| rows(bias, &[]));
        let scores = autograd::linear(input, &rows(linear_weight, &[features]), bias.as_ref());
        let shape = input.shape();
        let scores = scores.reshape([&shape[..shape.len() - 1], classes].concat());
        cross_entropy_with(&scores, target, options)
    };
}
