//! Normalisation, with torch's orders of sums and its roundings, each on one of torch's threads.
//!
//! - `planes`: how channels lie in memory;
//! - `batch`, `batch_backward`: over everything but the channels;
//! - `moments`: mean and variance of a row;
//! - `layer`: over rows;
//! - `group`: over rows of several channels;
//! - `rms`: by the root of the mean square alone.

mod batch;
mod batch_backward;
mod group;
mod layer;
mod moments;
mod planes;
mod rms;

pub use batch::{BatchStatistics, normalize, normalize_by};
pub use batch_backward::BatchBackward;
pub use group::{GroupBackward, Groups, group_norm};
pub use layer::{LayerBackward, layer_norm};
pub use planes::Planes;
pub use rms::{rms_norm, rms_norm_backward};

use super::number::Float;
use super::parallel::{GRAIN, Pieces, for_each_chunk_mut};

/// The scale and shift that a norm may have, one number for each channel or column.
#[derive(Clone, Copy, Debug)]
pub struct Affine<'a, T> {
    /// The scale; without one it is 1.
    pub weight: Option<&'a [T]>,
    /// The shift; without one it is 0.
    pub bias: Option<&'a [T]>,
}

impl<T: Float> Affine<'_, T> {
    /// `a` and `b` of `y = a·x + b` for one channel.
    #[inline(always)]
    fn line(self, channel: usize, mean: T, inverse: T) -> (T, T) {
        let a = self.weight.map_or(inverse, |weight| inverse * weight[channel]);
        (a, (-mean).mul_add(a, self.bias.map_or(T::ZERO, |bias| bias[channel])))
    }
}

/// Calls `body` with pieces of `y`, whole rows of `n`: where each starts, the piece, and what is `kept` of
/// its rows, one number for each.
///
/// # Panics
/// If `n` is 0, or there are not as many numbers as rows.
fn by_rows<T: Float, const K: usize>(
    y: &mut [T],
    n: usize,
    kept: [&mut [T]; K],
    body: impl Fn(usize, &mut [T], [&mut [T]; K]) + Sync,
) {
    assert!(kept.iter().all(|kept| kept.len() == y.len() / n));
    let kept = &kept.map(Pieces::new);
    for_each_chunk_mut(y, (GRAIN / n).max(1) * n, |start, y| {
        let rows = start / n..(start + y.len()) / n;
        // SAFETY: each row belongs to one chunk of `y`.
        let kept = kept.each_ref().map(|kept| unsafe { kept.get(rows.clone()) });
        body(start, y, kept);
    });
}

/// `1/√(variance + eps)`, computed in `f64` and rounded once.
#[inline(always)]
fn inverse_root<T: Float>(variance: T, eps: f64) -> T {
    T::from_f64(1.0 / (variance.to_f64() + eps).sqrt())
}

/// `y = a·x + b` of each element, rounded once.
#[inline(always)]
fn along_line<T: Float>(x: &[T], (a, b): (T, T), y: &mut [T]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = x.mul_add(a, b);
    }
}
