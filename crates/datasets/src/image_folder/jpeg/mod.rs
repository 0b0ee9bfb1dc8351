//! JPEG, sequential and progressive with Huffman codes, as libjpeg-turbo decodes it by default, byte for
//! byte: its integer cosine transform, its interpolation of colours, its tables from YCbCr to RGB.

mod bits;
mod blocks;
mod colour;
mod file;
mod idct;
mod scan;
mod upsample;

use formats::Error;
use tensor::Tensor;

use super::load::rgb;

const FORMAT: &str = "JPEG picture";

/// Reads a JPEG as three channels.
pub(super) fn decode(bytes: &[u8]) -> Result<Tensor, Error> {
    let frame = file::read(bytes)?;
    let planes = frame.components.iter().map(|part| frame.plane(part)).collect::<Vec<_>>();
    rgb([frame.width, frame.height], colour::pixels(frame.colours, &planes))
}

fn malformed(what: impl Into<String>) -> Error {
    Error::malformed(FORMAT, what)
}
