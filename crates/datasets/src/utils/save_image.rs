use std::io;
use std::path::Path;

use png::{BitDepth, ColorType, Encoder};
use tensor::{DType, Tensor};

use super::{MakeGridOptions, make_grid};
use crate::{Error, Result};

/// Writes images as one PNG file, as `torchvision.utils.save_image`: arranged by [`make_grid`], 0 black
/// and 1 white, rounded to the nearest of 256 steps; values beyond are cut off.
///
/// The file is written whole or not at all, by [`formats::write`].
///
/// # Shapes
/// - `images`: `[batch, channels, height, width]`, `[channels, height, width]` or `[height, width]`, with 1
///   channel (grey), 2 (grey and opacity), 3 (red, green, blue) or 4 (those and opacity).
///
/// ```
/// use datasets::utils::{MakeGridOptions, save_image};
///
/// let path = std::env::temp_dir().join("datasets-doc-grid.png");
/// let samples = tensor::randn([16, 3, 32, 32]);
/// save_image(&samples, &path, MakeGridOptions { normalize: true, nrow: 4, ..Default::default() })?;
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), datasets::Error>(())
/// ```
///
/// # Errors
/// If the name does not end in `.png`, or the system refuses to write.
///
/// # Panics
/// As [`make_grid`], on images that are not floats, have another number of channels or no pixels.
#[track_caller]
pub fn save_image(images: &Tensor, path: impl AsRef<Path>, options: MakeGridOptions) -> Result<()> {
    let path = path.as_ref();
    let grid = make_grid(images, options);
    assert!(grid.dtype().is_float(), "save_image: expected floats from 0 to 1, got {}", grid.dtype());
    let color = match grid.size(0) {
        2 => ColorType::GrayscaleAlpha,
        3 => ColorType::Rgb,
        4 => ColorType::Rgba,
        channels => panic!("save_image: {channels} channels are no picture: {:?}", images.shape()),
    };
    let size = [grid.size(2), grid.size(1)].map(|size| u32::try_from(size).unwrap_or(u32::MAX));
    assert!(!size.contains(&0), "save_image: there are no pixels in {:?}", images.shape());
    let pixels = (grid * 255.0 + 0.5).clamp(Some(0.0), Some(255.0)).to_dtype(DType::U8).permute([1, 2, 0]);
    let file = path.display().to_string();
    if !path.extension().is_some_and(|end| end.eq_ignore_ascii_case("png")) {
        return Err(Error::NotPng { file });
    }
    formats::write(path, |out| {
        let mut png = Encoder::new(out, size[0], size[1]);
        png.set_color(color);
        png.set_depth(BitDepth::Eight);
        let written = png.write_header().and_then(|mut png| {
            png.write_image_data(&pixels.bytes())?;
            png.finish()
        });
        written.map_err(|error| formats::failing("write")(io::Error::from(error)))
    })
    .map_err(|failure| Error::Io { file, source: failure.into() })
}
