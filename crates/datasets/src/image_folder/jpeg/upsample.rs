//! From the samples of a component to one for each pixel: libjpeg's triangle filter where a component has
//! half as many.

use super::file::{Component, Frame};
use super::idct;

/// Samples row by row.
struct Samples {
    all: Vec<u8>,
    across: usize,
    down: usize,
}

impl Samples {
    fn row(&self, y: usize) -> &[u8] {
        &self.all[y * self.across..][..self.across]
    }
}

impl Frame {
    /// A component with a sample for each pixel.
    pub(super) fn plane(&self, part: &Component) -> Vec<u8> {
        let samples = self.transformed(part);
        let [h, v] = [0, 1].map(|axis| self.most[axis] / part.sampling[axis]);
        let mut plane = Vec::with_capacity(self.width * self.height);
        let mut row = Vec::new();
        for y in 0..self.height {
            row.clear();
            let nearest = samples.row(y / v);
            // The row on the other side of this pixel's edge; beside the picture it is the last one again.
            let next = || match y % 2 {
                0 => samples.row((y / 2).saturating_sub(1)),
                _ => samples.row((y / 2 + 1).min(samples.down - 1)),
            };
            match (h, v) {
                (1, 2) => row.extend(
                    nearest
                        .iter()
                        .zip(next())
                        .map(|(&a, &b)| ((3 * u16::from(a) + u16::from(b) + 1 + (y % 2) as u16) >> 2) as u8),
                ),
                (2, 1) if samples.across > 2 => {
                    let sums = nearest.iter().map(|&x| u16::from(x)).collect::<Vec<_>>();
                    doubled(&sums, 2, [1, 2], &mut row);
                }
                (2, 2) if samples.across > 2 => {
                    let sums = nearest.iter().zip(next()).map(|(&a, &b)| 3 * u16::from(a) + u16::from(b));
                    doubled(&sums.collect::<Vec<_>>(), 4, [8, 7], &mut row);
                }
                _ => row.extend(nearest.iter().flat_map(|&x| std::iter::repeat_n(x, h))),
            }
            plane.extend_from_slice(&row[..self.width]);
        }
        plane
    }

    fn transformed(&self, part: &Component) -> Samples {
        let [across, down] = self.samples(part);
        let quantisation = part.quantisation.as_ref().expect("every component has had a scan");
        let mut samples = Samples { all: vec![0; across * down], across, down };
        for (place, block) in part.coefficients.iter().enumerate() {
            let [x, y] = [place % part.blocks[0] * 8, place / part.blocks[0] * 8];
            if x >= across || y >= down {
                continue; // only completes a group
            }
            let block = idct::samples(block, quantisation);
            for (y, row) in (y..down).zip(block.chunks_exact(8)) {
                let n = row.len().min(across - x);
                samples.all[y * across + x..][..n].copy_from_slice(&row[..n]);
            }
        }
        samples
    }
}

/// Two pixels for each of a row's samples, three parts of it and one of its neighbour on that side, as bytes:
/// divided by 2ⁿ, with what is added to the left and to the right one for rounding.
fn doubled(row: &[u16], n: u32, [left, right]: [u16; 2], to: &mut Vec<u8>) {
    for (i, &x) in row.iter().enumerate() {
        let before = row[i.saturating_sub(1)];
        let after = row[(i + 1).min(row.len() - 1)];
        to.push(((3 * x + before + left) >> n) as u8);
        to.push(((3 * x + after + right) >> n) as u8);
    }
}
