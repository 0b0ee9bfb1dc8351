use std::path::Path;

use formats::{Budget, Error as Malformed, describe};
use tensor::Tensor;

use super::{jpeg, png};
use crate::{Error, Result};

/// Reads a PNG or JPEG picture as PIL's `Image.open(path).convert("RGB")` does: `U8` of shape
/// `[height, width, 3]` (feature `images`).
///
/// Its first bytes say which it is, not its name. Grey becomes three equal channels, a palette its colours,
/// CMYK is converted by PIL's formula, and an alpha channel is left out. Of 16 bits the upper 8 are kept;
/// grey of 16 bits ends at 255, as in PIL. Every byte is PIL's, for JPEG too, sequential or progressive.
/// Only a progressive JPEG whose later scans are missing lacks the smoothing that libjpeg gives it.
///
/// # Errors
/// If the file cannot be read, is neither, is damaged (PIL makes up what a damaged JPEG lacks), or promises
/// more pixels than a file of its length can hold or than the 178,956,970 that PIL takes for a bomb. JPEG
/// with arithmetic coding, without loss or of 12 bits is not read.
pub fn load_image(path: impl AsRef<Path>) -> Result<Tensor> {
    let path = path.as_ref();
    let read = || {
        let bytes = formats::read(path)?;
        match bytes.as_slice() {
            [0x89, b'P', b'N', b'G', ..] => png::decode(&bytes),
            [0xff, 0xd8, 0xff, ..] => jpeg::decode(&bytes),
            _ => Err(Malformed::malformed("PNG or JPEG picture", format!("found {}", describe(&bytes)))),
        }
    };
    read().map_err(|source| Error::Format { file: path.display().to_string(), source })
}

/// PIL's `2 * Image.MAX_IMAGE_PIXELS`.
const MAX_PIXELS: u64 = 2 * 89_478_485;

/// Refuses a size before anything is allocated for it: one that is a bomb's, or one of which `needed` bytes
/// cannot be in a file that holds no more than `at_most`.
pub(super) fn check_size([width, height]: [u64; 2], needed: u64, at_most: u64) -> Result<(), Malformed> {
    let picture = || format!("a picture of {width} × {height}");
    if width.saturating_mul(height) > MAX_PIXELS {
        return Err(Malformed::unsupported(format!("{}, more than {MAX_PIXELS} pixels", picture())));
    }
    Budget::of(at_most).charge(needed, picture)
}

/// Three bytes for each pixel, from as many pixels as there are.
pub(super) fn rgb(
    [width, height]: [usize; 2],
    pixels: impl Iterator<Item = [u8; 3]>,
) -> Result<Tensor, Malformed> {
    let mut bytes = Vec::new();
    let room = width * height * 3;
    if bytes.try_reserve_exact(room).is_err() {
        let picture = format!("a picture of {width} × {height}, more than fits into memory");
        return Err(Malformed::unsupported(picture));
    }
    bytes.extend(pixels.flatten());
    Ok(Tensor::from_vec(bytes, [height, width, 3]))
}
