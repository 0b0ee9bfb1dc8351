use serde::{Deserialize, Serialize};

use super::regression_loss::warn_once;
use crate::{Options, Variable};

/// The options of [`kl_div`] and `nn::KLDivLoss`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = never)]
pub struct KLDivLossOptions {
    /// The use made of the single losses. Default mean.
    pub reduction: KLDivReduction,
    /// Whether the target holds logarithms of probabilities, too. Default no.
    pub log_target: bool,
}

/// The use that [`kl_div`] makes of the losses of single elements, as torch's `reduction`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KLDivReduction {
    /// `"none"`: gives them all back.
    None,
    /// `"mean"`: their mean over elements, which is not the divergence.
    #[default]
    Mean,
    /// `"sum"`: their sum.
    Sum,
    /// `"batchmean"`: their sum by the number of samples, the divergence.
    BatchMean,
}

tensor::option_value!(KLDivReduction);

/// Kullback-Leibler divergence of the probabilities `t` from those whose logarithms are `x`:
/// `t·(ln t − x)`, and 0 where `t` is 0, reduced; or `eᵗ·(t − x)` for a target of logarithms. Both sides get
/// gradients; that of a target is NaN where it is 0, as in torch. Shapes that differ are broadcast. The mean
/// over elements, the default, comes with a warning on stderr, as in torch.
///
/// # Panics
/// If the shapes do not broadcast, or a side is not of a float dtype.
#[track_caller]
pub fn kl_div(x: &Variable, target: &Variable, options: &KLDivLossOptions) -> Variable {
    let dtypes = [x.dtype(), target.dtype()];
    assert!(
        dtypes.iter().all(|dtype| dtype.is_float()),
        "kl_div: Integral inputs not supported, got {dtypes:?}"
    );
    let losses = if options.log_target {
        target.exp() * (target - x)
    } else {
        let entropy = (target * target.log()).masked_fill(&target.data().eq(0), 0.0);
        entropy - target * x
    };
    match options.reduction {
        KLDivReduction::None => losses,
        KLDivReduction::Mean => {
            warn_once(
                "kl_div: reduction \"mean\" divides the total loss by both the batch size and the support size. \
                 \"batchmean\" divides only by the batch size, and aligns with the KL div math definition.",
            );
            losses.mean()
        }
        KLDivReduction::Sum => losses.sum(),
        KLDivReduction::BatchMean => match x.shape().first() {
            Some(&samples) => losses.sum() / samples as f64,
            None => losses.sum(),
        },
    }
}
