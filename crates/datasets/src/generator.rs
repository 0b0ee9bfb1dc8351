use std::sync::Arc;

use tensor::{Generator, Lending, with_default_generator};

/// A generator that several owners draw from, as Python shares a `torch.Generator`: a clone is the same
/// generator.
///
/// ```
/// use datasets::{RandomSampler, Sampler, SharedGenerator};
/// use tensor::Generator;
///
/// let g = SharedGenerator::from(Generator::new(0));
/// let sampler = RandomSampler::new(6).generator(g.clone());
/// assert_eq!(sampler.iter().take(6).collect::<Vec<_>>(), [2, 5, 3, 0, 1, 4]); // torch.randperm(6)
/// assert_ne!(g.with(|g| g.next_u32()), Generator::new(0).next_u32()); // the sampler drew from g
/// ```
#[derive(Clone, Debug)]
pub struct SharedGenerator(Arc<Lending<Generator>>);

impl SharedGenerator {
    /// Lends the generator to `f`.
    ///
    /// # Panics
    /// If it is called inside `f`, or would wait for a thread that waits for this one.
    #[track_caller]
    pub fn with<R>(&self, f: impl FnOnce(&mut Generator) -> R) -> R {
        f(&mut self.0.lend("SharedGenerator::with"))
    }
}

impl From<Generator> for SharedGenerator {
    fn from(generator: Generator) -> Self {
        Self(Arc::new(Lending::new(generator)))
    }
}

/// Lends the generator given, or else the default one.
pub(crate) fn with_generator<R>(
    generator: Option<&SharedGenerator>,
    f: impl FnOnce(&mut Generator) -> R,
) -> R {
    match generator {
        Some(generator) => generator.with(f),
        None => with_default_generator(f),
    }
}

/// `torch.empty((), dtype=torch.int64).random_()`: how torch draws a seed.
pub(crate) fn draw_seed(generator: Option<&SharedGenerator>) -> u64 {
    with_generator(generator, Generator::next_u64) & i64::MAX as u64
}
