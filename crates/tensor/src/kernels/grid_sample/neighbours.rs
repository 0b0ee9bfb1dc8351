use super::Sampler;
use super::axis::{Reach, Taps};
use crate::kernels::number::Float;

/// The elements that outputs read, in lists with an entry for each output of one channel. Gradients of
/// gradients are put together from these by operations on tensors.
pub struct Neighbours<T> {
    /// The numbers of the first, second, … element in its plane, the one next to it along the last axis
    /// first.
    pub at: Vec<Vec<i64>>,
    /// 1 where there is such an element, 0 where it would be outside of the image.
    pub inside: Vec<Vec<T>>,
    /// How far behind an element of an axis the positions are, from the last axis on.
    pub beyond: Vec<Vec<T>>,
    /// By how much these positions move with the coordinates.
    pub scale: Vec<Vec<T>>,
}

impl<T: Float> Neighbours<T> {
    /// Those at the coordinates `grid`, where the mode reads `K` elements along each of `D` axes.
    pub(super) fn of<const K: usize, const D: usize>(sampler: &Sampler<T, D>, grid: &[T]) -> Self
    where
        Taps<T, K>: Reach<T, D>,
    {
        let (taps, outputs) = (K.pow(D as u32), grid.len() / D);
        let list = || Vec::with_capacity(outputs);
        let mut all = Neighbours {
            at: (0..taps).map(|_| Vec::with_capacity(outputs)).collect(),
            inside: (0..taps).map(|_| list()).collect(),
            beyond: (0..D).map(|_| list()).collect(),
            scale: (0..D).map(|_| list()).collect(),
        };
        for coordinates in grid.chunks_exact(D) {
            let axes: [(Taps<T, K>, T); D] =
                std::array::from_fn(|d| Reach::moving(&sampler.axes[d].0, coordinates[d]));
            for (d, (taps, scale)) in axes.iter().enumerate() {
                all.beyond[d].push(taps.beyond);
                all.scale[d].push(*scale);
            }
            for tap in 0..taps {
                let (mut at, mut inside) = (0, true);
                for (d, (taps, _)) in axes.iter().enumerate() {
                    let place = taps.at[tap / K.pow(d as u32) % K];
                    at += place.0 * sampler.axes[d].1;
                    inside &= place.1;
                }
                all.at[tap].push(at as i64);
                all.inside[tap].push(if inside { T::ONE } else { T::ZERO });
            }
        }
        all
    }
}
