//! Points made up at random, with scikit-learn's numbers for the same `random_state`.

mod blobs;
mod circles;
mod moons;
mod regression;

pub use blobs::{Centers, MakeBlobsOptions, make_blobs};
pub use circles::{MakeCirclesOptions, make_circles};
pub use moons::{MakeMoonsOptions, make_moons};
pub use regression::{MakeRegressionOptions, make_regression};

use tensor::{NumpyRandomState, Tensor, with_default_generator};

/// `check_random_state(random_state)`; where scikit-learn takes NumPy's global one, this takes a seed from
/// the default generator, so that `manual_seed` decides.
fn random_state(seed: Option<u32>) -> NumpyRandomState {
    NumpyRandomState::new(seed.unwrap_or_else(|| with_default_generator(|g| g.next_u32())))
}

/// Points row by row, and a label for each.
struct Points {
    x: Vec<f64>,
    y: Vec<i64>,
}

impl Points {
    /// `sklearn.utils.shuffle`.
    fn shuffle(&mut self, rng: &mut NumpyRandomState) {
        let order = permutation(rng, self.y.len());
        self.x = rows(&self.x, &order);
        self.y = order.iter().map(|&i| self.y[i]).collect();
    }

    /// `x += rng.normal(scale=noise, size=x.shape)`.
    fn add_noise(&mut self, noise: f64, rng: &mut NumpyRandomState) {
        self.x.iter_mut().for_each(|x| *x += noise * rng.next_normal());
    }

    fn tensors(self) -> (Tensor, Tensor) {
        let rows = self.y.len();
        let columns = self.x.len() / rows.max(1);
        (Tensor::from_vec(self.x, [rows, columns]), Tensor::from(self.y))
    }
}

fn permutation(rng: &mut NumpyRandomState, n: usize) -> Vec<usize> {
    rng.permutation(n).into_iter().map(|i| i as usize).collect()
}

/// The rows of a matrix of `order.len()` rows, in this order.
fn rows(x: &[f64], order: &[usize]) -> Vec<f64> {
    let columns = x.len() / order.len().max(1);
    order.iter().flat_map(|&i| &x[i * columns..][..columns]).copied().collect()
}

/// Points of two curves, half of the samples on each, labelled 0 and 1; shuffled, and with noise.
#[track_caller]
fn two_curves(
    name: &str,
    n_samples: usize,
    [first, second]: [&dyn Fn(usize) -> Vec<[f64; 2]>; 2],
    shuffle: bool,
    noise: Option<f64>,
    seed: Option<u32>,
) -> (Tensor, Tensor) {
    assert!(
        noise.is_none_or(|noise| noise >= 0.0),
        "{name}: The 'noise' parameter of {name} must be a float in the range [0.0, inf). Got {noise:?} instead."
    );
    let (first, second) = (first(n_samples / 2), second(n_samples - n_samples / 2));
    let labels = std::iter::repeat_n(0, first.len()).chain(std::iter::repeat_n(1, second.len()));
    let mut points = Points { y: labels.collect(), x: [first, second].concat().into_flattened() };
    let mut rng = random_state(seed);
    if shuffle {
        points.shuffle(&mut rng);
    }
    if let Some(noise) = noise {
        points.add_noise(noise, &mut rng);
    }
    points.tensors()
}
