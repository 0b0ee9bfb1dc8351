//! Modules of two inputs, which so are no layers of a `Sequential`.

mod adaptive_log_softmax;
mod bilinear;
mod cosine_similarity;
mod pairwise_distance;

crate::build::modules! {
    register_module;
    adaptive_log_softmax: AdaptiveLogSoftmaxWithLoss, AdaptiveLogSoftmaxWithLossOptions;
    bilinear: Bilinear, BilinearOptions;
    cosine_similarity: CosineSimilarity, CosineSimilarityOptions;
    pairwise_distance: PairwiseDistance, PairwiseDistanceOptions;
}
