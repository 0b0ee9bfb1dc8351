use std::sync::Arc;

use super::Sampler;
use crate::SharedGenerator;
use crate::generator::with_generator;

/// The samples of a list in random order, each once, as `torch.utils.data.SubsetRandomSampler`.
#[derive(Clone, Debug)]
pub struct SubsetRandomSampler {
    indices: Arc<[usize]>,
    generator: Option<SharedGenerator>,
}

impl SubsetRandomSampler {
    /// The samples with these numbers.
    pub fn new(indices: impl IntoIterator<Item = usize>) -> Self {
        Self { indices: indices.into_iter().collect(), generator: None }
    }

    /// Draws from this generator, not from the default one.
    pub fn generator(self, generator: impl Into<SharedGenerator>) -> Self {
        Self { generator: Some(generator.into()), ..self }
    }
}

impl Sampler for SubsetRandomSampler {
    fn iter(&self) -> Box<dyn Iterator<Item = usize> + Send> {
        let indices = self.indices.clone();
        let order = with_generator(self.generator.as_ref(), |g| g.randperm(indices.len()));
        Box::new(order.into_iter().map(move |i| indices[i as usize]))
    }

    fn len(&self) -> usize {
        self.indices.len()
    }
}
