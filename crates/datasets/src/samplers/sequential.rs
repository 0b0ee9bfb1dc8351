use super::Sampler;

/// 0, 1, 2, …: as `torch.utils.data.SequentialSampler`. Draws nothing.
#[derive(Clone, Copy, Debug)]
pub struct SequentialSampler {
    len: usize,
}

impl SequentialSampler {
    /// For a dataset of `len` samples.
    pub fn new(len: usize) -> Self {
        Self { len }
    }
}

impl Sampler for SequentialSampler {
    fn iter(&self) -> Box<dyn Iterator<Item = usize> + Send> {
        Box::new(0..self.len)
    }

    fn len(&self) -> usize {
        self.len
    }
}
