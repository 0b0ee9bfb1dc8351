//! What moves or resamples the pixels of images.

mod fold;
mod interpolate;
mod shuffle;
