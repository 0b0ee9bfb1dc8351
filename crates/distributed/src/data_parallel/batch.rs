use autograd::Variable;

/// Which samples of a batch [`DataParallel::backward`](crate::DataParallel::backward) finds on a rank. A
/// number alone is that of the whole batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// All of so many.
    Whole(usize),
    /// The rank's own part of the batch, those that [`DataParallel::own`](crate::DataParallel::own) says, so
    /// many.
    Own(usize),
}

impl From<usize> for Batch {
    fn from(samples: usize) -> Batch {
        Batch::Whole(samples)
    }
}

/// What the loss of [`DataParallel::backward`](crate::DataParallel::backward) gives for some of the samples:
/// their mean loss, alone or with numbers that are summed over all shards, such as how many samples are
/// classified right.
pub trait ShardLoss {
    /// The same of the whole batch.
    type Total;

    /// How many numbers there are besides the loss.
    const NUMBERS: usize;

    /// The mean loss, and the numbers.
    fn split(self) -> (Variable, Vec<f64>);

    /// The whole batch's, of its mean loss and its sums.
    fn total(loss: f64, sums: &[f64]) -> Self::Total;
}

impl ShardLoss for Variable {
    type Total = f64;
    const NUMBERS: usize = 0;

    fn split(self) -> (Variable, Vec<f64>) {
        (self, Vec::new())
    }

    fn total(loss: f64, _: &[f64]) -> f64 {
        loss
    }
}

impl<const N: usize> ShardLoss for (Variable, [f64; N]) {
    type Total = (f64, [f64; N]);
    const NUMBERS: usize = N;

    fn split(self) -> (Variable, Vec<f64>) {
        (self.0, self.1.to_vec())
    }

    fn total(loss: f64, sums: &[f64]) -> (f64, [f64; N]) {
        (loss, sums.try_into().expect("as many sums as numbers"))
    }
}
