use std::io::Cursor;

use formats::{DEFLATE_RATIO, Error};
use png::{BitDepth, ColorType, Decoder, Info, Transformations};
use tensor::Tensor;

use super::load::{check_size, rgb};

const FORMAT: &str = "PNG picture";

/// Reads a PNG as three channels.
pub(super) fn decode(bytes: &[u8]) -> Result<Tensor, Error> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(malformed)?;
    let info = reader.info();
    let size = [info.width, info.height];
    let row = info.raw_row_length() as u64;
    check_size(
        size.map(u64::from),
        row.saturating_mul(info.height.into()),
        bytes.len() as u64 * DEFLATE_RATIO,
    )?;
    let pixels = Pixels::of(info)?;
    let [width, height] = size.map(|n| n as usize);
    let mut raw =
        vec![0; reader.output_buffer_size().ok_or_else(|| Error::malformed(FORMAT, "larger than memory"))?];
    let frame = reader.next_frame(&mut raw).map_err(malformed)?;
    if [frame.width, frame.height] != size {
        return Err(Error::malformed(FORMAT, "its first frame has another size"));
    }
    rgb(
        [width, height],
        raw.chunks_exact(frame.line_size).take(height).flat_map(|row| (0..width).map(|x| pixels.at(row, x))),
    )
}

/// How a row's bytes are pixels.
struct Pixels {
    /// Bits of a sample.
    depth: usize,
    /// Samples of a pixel.
    channels: usize,
    /// What a sample of at most 8 bits that is no colour by itself stands for.
    palette: Option<Vec<[u8; 3]>>,
}

impl Pixels {
    fn of(info: &Info<'_>) -> Result<Self, Error> {
        let (depth, channels) = (info.bit_depth as usize, info.color_type.samples());
        let palette = match (info.color_type, info.bit_depth) {
            (ColorType::Indexed, _) => {
                let Some(colours) = &info.palette else {
                    return Err(Error::malformed(FORMAT, "it has no palette"));
                };
                // Beyond the palette is black.
                let mut all = vec![[0; 3]; 256];
                all.iter_mut().zip(colours.as_chunks().0).for_each(|(slot, colour)| *slot = *colour);
                Some(all)
            }
            (ColorType::Grayscale, BitDepth::One | BitDepth::Two | BitDepth::Four) => {
                let most = (1 << depth) - 1;
                Some((0..=most).map(|grey| [(grey * 255 / most) as u8; 3]).collect())
            }
            _ => None,
        };
        Ok(Pixels { depth, channels, palette })
    }

    fn at(&self, row: &[u8], x: usize) -> [u8; 3] {
        if let Some(palette) = &self.palette {
            let bit = x * self.depth;
            let shift = 8 - self.depth - bit % 8;
            let mask = (1 << self.depth) - 1;
            return palette[usize::from(row[bit / 8] >> shift) & mask];
        }
        let size = self.depth / 8;
        let pixel = &row[x * self.channels * size..][..self.channels * size];
        match (pixel, size) {
            // The only kind that PIL does not read as its upper bytes.
            (&[upper, lower], 2) => [if upper == 0 { lower } else { 255 }; 3],
            (&[grey] | &[grey, _], 1) | (&[grey, _, _, _], 2) => [grey; 3],
            _ => [pixel[0], pixel[size], pixel[2 * size]],
        }
    }
}

fn malformed(error: png::DecodingError) -> Error {
    Error::malformed(FORMAT, error.to_string())
}
