use tensor::Tensor;

/// Cuts a text into batches for truncated back-propagation through time, as `batchify` and `get_batch` of
/// PyTorch's `word_language_model`.
///
/// The tokens are laid out in `batch_size` columns, each a stretch of the text; what does not fill the last
/// row is left out. Each batch has the next `bptt` rows, the last perhaps fewer, and the hidden state of one
/// is the right one for the next.
///
/// # Shapes
/// - `tokens`: `[tokens]`
/// - each batch: the input `[steps, batch_size]`, and what follows each of its tokens,
///   `[steps · batch_size]`
///
/// ```
/// use datasets::text::bptt_batches;
/// use tensor::arange;
///
/// let mut batches = bptt_batches(&arange(0, 13, 1), 2, 3);
/// assert_eq!(batches.len(), 2);
/// let (x, y) = batches.next().unwrap();
/// assert_eq!((x.shape(), x.to_vec::<i64>()), (&[3, 2][..], vec![0, 6, 1, 7, 2, 8]));
/// assert_eq!((y.shape(), y.to_vec::<i64>()), (&[6][..], vec![1, 7, 2, 8, 3, 9]));
/// ```
///
/// # Panics
/// If the tokens have not one axis, or `batch_size` or `bptt` is 0.
#[track_caller]
pub fn bptt_batches(tokens: &Tensor, batch_size: usize, bptt: usize) -> BpttBatches {
    assert!(
        tokens.shape().len() == 1,
        "bptt_batches: expected one axis of tokens, got shape {:?}",
        tokens.shape()
    );
    assert!(batch_size > 0, "bptt_batches: batch_size should be positive");
    assert!(bptt > 0, "bptt_batches: bptt should be positive");
    let rows = tokens.numel() / batch_size;
    let columns = tokens.narrow(0, 0, rows * batch_size).reshape([batch_size, rows]);
    BpttBatches { source: columns.t().contiguous(), bptt, at: 0 }
}

/// The batches of [`bptt_batches`].
#[derive(Clone, Debug)]
pub struct BpttBatches {
    /// `[rows, batch_size]`
    source: Tensor,
    bptt: usize,
    /// The row that the next batch begins with.
    at: usize,
}

impl BpttBatches {
    /// Rows that have one after them.
    fn left(&self) -> usize {
        self.source.size(0).saturating_sub(self.at + 1)
    }
}

impl Iterator for BpttBatches {
    type Item = (Tensor, Tensor);

    fn next(&mut self) -> Option<Self::Item> {
        let steps = self.left().min(self.bptt);
        let at = self.at;
        self.at += steps;
        let rows = |from: usize| self.source.narrow(0, from as isize, steps);
        (steps > 0).then(|| (rows(at), rows(at + 1).reshape(-1)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let batches = self.left().div_ceil(self.bptt);
        (batches, Some(batches))
    }
}

impl ExactSizeIterator for BpttBatches {}
