use super::{Sampler, check_num_samples};
use crate::SharedGenerator;
use crate::generator::draw_seed;
use tensor::Generator;

/// Samples in random order, as `torch.utils.data.RandomSampler`.
///
/// Without a generator of its own each epoch takes one seed from the default generator and draws from a new
/// generator with that seed.
///
/// ```
/// use datasets::{RandomSampler, Sampler};
/// tensor::manual_seed(0);
/// let order: Vec<usize> = RandomSampler::new(5).iter().collect();
/// assert_eq!(order, [1, 3, 4, 2, 0]); // torch.manual_seed(0); list(RandomSampler(range(5)))
/// ```
#[derive(Clone, Debug)]
pub struct RandomSampler {
    population: usize,
    replacement: bool,
    num_samples: usize,
    generator: Option<SharedGenerator>,
}

impl RandomSampler {
    /// For a dataset of `len` samples: each once.
    pub fn new(len: usize) -> Self {
        Self { population: len, replacement: false, num_samples: len, generator: None }
    }

    /// Whether every sample is drawn from all, so that some come twice and some never. Default `false`.
    pub fn replacement(self, replacement: bool) -> Self {
        Self { replacement, ..self }
    }

    /// How many samples make an epoch, default `len`. Without replacement, more than `len` means another
    /// pass.
    pub fn num_samples(self, num_samples: usize) -> Self {
        Self { num_samples, ..self }
    }

    /// Draws from this generator.
    pub fn generator(self, generator: impl Into<SharedGenerator>) -> Self {
        Self { generator: Some(generator.into()), ..self }
    }
}

impl Sampler for RandomSampler {
    /// # Panics
    /// If there are no samples, with torch's message.
    fn iter(&self) -> Box<dyn Iterator<Item = usize> + Send> {
        check_num_samples(self.num_samples);
        let (n, num_samples) = (self.population, self.num_samples);
        let generator = self.generator.clone().unwrap_or_else(|| Generator::new(draw_seed(None)).into());
        // A run of draws is made when its first index is asked for, as torch makes it: another user of the
        // same generator sees the same numbers.
        if self.replacement {
            let run = move |start: usize| {
                let count = (num_samples - start).min(32);
                generator.with(|g| (0..count).map(|_| g.randint(0, n as i64) as usize).collect::<Vec<_>>())
            };
            return Box::new((0..num_samples).step_by(32).flat_map(run));
        }
        // torch draws a last permutation for the remainder even if that is empty.
        let pass = move |i| {
            let count = if i < num_samples / n { n } else { num_samples % n };
            generator.with(|g| g.randperm(n)).into_iter().take(count).map(|i| i as usize)
        };
        Box::new((0..=num_samples / n).flat_map(pass))
    }

    fn len(&self) -> usize {
        self.num_samples
    }
}
