//! Layers that move or resample the pixels of images.

mod fold;
mod shuffle;
mod upsample;

pub use autograd::UnfoldOptions;
pub use tensor::InterpolateMode;

crate::build::modules! {
    register;
    fold: Fold;
    fold: Unfold;
    shuffle: ChannelShuffle;
    shuffle: PixelShuffle;
    shuffle: PixelUnshuffle;
    upsample: Upsample, UpsampleOptions;
    upsample: UpsamplingBilinear2d, UpsamplingOptions;
    upsample: UpsamplingNearest2d;
}
