use std::ops::Range;

use tensor::Tensor;

/// The samples of a shard: a range of those that its rank has of the batch.
///
/// ```
/// use autograd::Variable;
/// use distributed::{DataParallel, DataParallelOptions, Threads};
/// use nn::Forward;
///
/// let x = tensor::ones([6, 3]);
/// let losses = Threads::run(2, |comm| {
///     let options = DataParallelOptions { shards: 2, ..Default::default() };
///     let mut net = DataParallel::new(nn::Linear::new(3, 1), comm, options)?;
///     net.backward(6, |net, samples| {
///         assert_eq!(samples.len(), 3);
///         net.forward(&Variable::new(samples.of(&x))).mean()
///     })
/// })?;
/// assert_eq!(losses[0], losses[1]);
/// # Ok::<(), distributed::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samples {
    range: Range<usize>,
    /// How many the rank has.
    all: usize,
}

impl Samples {
    pub(super) fn new(range: Range<usize>, all: usize) -> Samples {
        Samples { range, all }
    }

    /// Their numbers, from 0.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// How many: at least one.
    #[expect(clippy::len_without_is_empty, reason = "there is one")]
    pub fn len(&self) -> usize {
        self.range.len()
    }

    /// Their rows of a tensor whose first axis is that of the samples.
    ///
    /// The rows are in memory of their own: products of small matrices round by where their operands lie, as
    /// Intel's library does for torch on AMD's processors, and a rank that has only its own samples has them
    /// elsewhere than one that has the whole batch.
    ///
    /// # Panics
    /// If the tensor has not as many rows as the rank has samples.
    #[track_caller]
    pub fn of(&self, x: &Tensor) -> Tensor {
        let rows = x.shape().first().copied();
        assert!(
            rows == Some(self.all),
            "Samples::of: this rank has {} samples of the batch, and the tensor is of {:?}",
            self.all,
            x.shape()
        );
        let rows = x.narrow(0, self.range.start as isize, self.range.len());
        Tensor::from_bytes(rows.dtype(), rows.shape(), &rows.bytes())
    }
}
