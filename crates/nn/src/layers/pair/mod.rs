//! Modules of two inputs, which so are no layers of a `Sequential`.

mod bilinear;
mod cosine_similarity;
mod pairwise_distance;

crate::build::modules! {
    register_module;
    bilinear: Bilinear, BilinearOptions;
    cosine_similarity: CosineSimilarity, CosineSimilarityOptions;
    pairwise_distance: PairwiseDistance, PairwiseDistanceOptions;
}
