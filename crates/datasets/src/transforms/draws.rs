//! The draws of random transforms: torch's, from the generator of the sample.

use crate::random::with_generator;

/// `torch.rand(1)`.
pub(super) fn rand() -> f32 {
    with_generator(|g| g.uniform_f32())
}

/// `torch.rand(1) < p`.
pub(super) fn chance(p: f64) -> bool {
    rand() < p as f32
}

/// `torch.empty(1).uniform_(low, high).item()`.
#[track_caller]
pub(super) fn uniform([low, high]: [f64; 2]) -> f64 {
    let mut x = [0.0];
    with_generator(|g| g.fill_uniform_f32(&mut x, low as f32, high as f32));
    x[0].into()
}

/// `torch.randint(0, n, size=(1,)).item()`.
pub(super) fn below(n: usize) -> usize {
    with_generator(|g| g.randint(0, n as i64)) as usize
}

/// A share of an area and a proportion of its sides, as `RandomResizedCrop` and `RandomErasing` try them:
/// the first side is to the second as the proportion, both rounded.
#[track_caller]
pub(super) fn sides(area: usize, scale: [f64; 2], ratio: [f64; 2]) -> [usize; 2] {
    let area = area as f64 * uniform(scale);
    let ratio = f64::from((uniform(ratio.map(|x| f64::from((x as f32).ln()))) as f32).exp());
    [area * ratio, area / ratio].map(|square| square.sqrt().round_ties_even() as usize)
}
