use autograd::{Variable, cat};
use serde::{Deserialize, Serialize};
use tensor::Tensor;

use super::PackedSequence;
use crate::Options;

/// The options of [`pad_sequence`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct PadSequenceOptions {
    /// Whether the batch is the first axis of the result, instead of time. Default no.
    pub batch_first: bool,
    /// What fills the shorter sequences. Default 0.
    pub padding_value: f64,
    /// Where that stands. Default behind them.
    pub padding_side: PaddingSide,
}

/// On which side of the shorter sequences [`pad_sequence`] puts the padding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaddingSide {
    /// Behind them.
    #[default]
    Right,
    /// Before them.
    Left,
}

tensor::option_value!(PaddingSide);

/// The options of [`pad_packed_sequence`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct PadPackedOptions {
    /// Whether the batch is the first axis of the result, instead of time. Default no.
    pub batch_first: bool,
    /// What fills the shorter sequences. Default 0.
    pub padding_value: f64,
    /// How many time steps the result has; by default those of the longest sequence.
    pub total_length: Option<usize>,
}

/// What [`pad_packed_sequence`] returns.
#[derive(Clone, Debug)]
pub struct PaddedSequence {
    /// `[time, batch, …]`, or `[batch, time, …]` if `batch_first`.
    pub data: Variable,
    /// The length of each sequence.
    pub lengths: Vec<usize>,
}

/// Sequences `[length, …]` as one variable `[time, batch, …]`, the shorter ones filled up, as
/// `torch.nn.utils.rnn.pad_sequence`.
///
/// ```
/// use autograd::Variable;
/// use nn::{PadSequenceOptions, pad_sequence};
/// use tensor::Tensor;
///
/// let [a, b] = [Tensor::from([1.0f32, 2.0]), Tensor::from([3.0f32, 4.0, 5.0])].map(Variable::new);
/// let options = PadSequenceOptions { batch_first: true, padding_value: 9.0, ..Default::default() };
/// assert_eq!(pad_sequence(&[a, b], options).data().to_vec::<f32>(), [1.0, 2.0, 9.0, 3.0, 4.0, 5.0]);
/// ```
///
/// # Panics
/// If there are none, or they differ behind their first axis.
#[track_caller]
pub fn pad_sequence(sequences: &[Variable], options: PadSequenceOptions) -> Variable {
    assert!(!sequences.is_empty(), "pad_sequence: received an empty list of sequences");
    let PadSequenceOptions { batch_first, padding_value, padding_side } = options;
    let lengths: Vec<usize> = sequences.iter().map(|sequence| sequence.size(0)).collect();
    let longest = lengths.iter().copied().max().unwrap_or(0);
    let starts: Vec<usize> =
        lengths.iter().scan(0, |next, &n| Some(std::mem::replace(next, *next + n))).collect();
    let place = |t: usize, b: usize| {
        let before = if padding_side == PaddingSide::Left { longest - lengths[b] } else { 0 };
        let t = t.checked_sub(before)?;
        (t < lengths[b]).then(|| starts[b] + t)
    };
    laid_out(&cat(sequences, 0), [longest, lengths.len()], batch_first, padding_value, place)
}

/// The sequences of a packed one, the shorter ones filled up, in the order in which they were packed, as
/// `torch.nn.utils.rnn.pad_packed_sequence`; the example of
/// [`pack_padded_sequence`](crate::pack_padded_sequence) shows it.
///
/// # Panics
/// If `total_length` is less than the longest sequence.
#[track_caller]
pub fn pad_packed_sequence(packed: &PackedSequence, options: PadPackedOptions) -> PaddedSequence {
    let PadPackedOptions { batch_first, padding_value, total_length } = options;
    let (sizes, lengths) = (&packed.batch_sizes, packed.lengths());
    let total = total_length.unwrap_or(sizes.len());
    assert!(
        total >= sizes.len(),
        "pad_packed_sequence: Expected total_length to be at least the length of the longest sequence in input, but \
         got total_length={total} and max sequence length being {}",
        sizes.len()
    );
    let starts: Vec<usize> =
        sizes.iter().scan(0, |next, &n| Some(std::mem::replace(next, *next + n))).collect();
    let places: Vec<usize> = match &packed.unsorted_indices {
        Some(places) => places.to_vec::<i64>().into_iter().map(|place| place as usize).collect(),
        None => (0..lengths.len()).collect(),
    };
    let place = |t: usize, b: usize| (t < lengths[b]).then(|| starts[t] + places[b]);
    let data = laid_out(&packed.data, [total, lengths.len()], batch_first, padding_value, place);
    PaddedSequence { data, lengths }
}

/// The sequences of a padded variable, `[time, batch, …]` or `[batch, time, …]` if `batch_first`, without
/// what is behind their lengths, as `torch.nn.utils.rnn.unpad_sequence`.
///
/// ```
/// use autograd::Variable;
/// use nn::unpad_sequence;
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([[1.0f32, 2.0, 9.0], [3.0, 4.0, 5.0]]));
/// let sequences = unpad_sequence(&x, &[2, 3], true);
/// assert_eq!(sequences[0].data().to_vec::<f32>(), [1.0, 2.0]);
/// assert_eq!(sequences[1].data().to_vec::<f32>(), [3.0, 4.0, 5.0]);
/// ```
///
/// # Panics
/// If there are more lengths than sequences.
#[track_caller]
pub fn unpad_sequence(x: &Variable, lengths: &[usize], batch_first: bool) -> Vec<Variable> {
    let batch = if batch_first { 0 } else { 1 };
    let (axes, sequences) = (x.ndim(), x.shape().get(batch).copied().unwrap_or(0));
    assert!(axes >= 2, "unpad_sequence: expected time and batch, got {axes} axes");
    assert!(
        lengths.len() <= sequences,
        "unpad_sequence: {} lengths for {sequences} sequences",
        lengths.len()
    );
    let one = |(i, &length): (usize, &usize)| {
        let sequence = x.select(batch as isize, i as isize);
        let length = length.min(sequence.size(0));
        sequence.narrow(0, 0, length)
    };
    lengths.iter().enumerate().map(one).collect()
}

/// Rows as `[time, batch, …]`: at each time step of each sequence the row at its place, or padding.
#[track_caller]
fn laid_out(
    rows: &Variable,
    [time, batch]: [usize; 2],
    batch_first: bool,
    padding_value: f64,
    place: impl Fn(usize, usize) -> Option<usize>,
) -> Variable {
    let (mut shape, dtype) = (rows.shape(), rows.dtype());
    let padding = shape[0] as i64;
    shape[0] = 1;
    let rows = cat(&[rows.clone(), Variable::new(tensor::full_dtype(&shape[..], padding_value, dtype))], 0);
    let places: Vec<i64> = (0..time * batch)
        .map(|i| if batch_first { (i % time, i / time) } else { (i / batch, i % batch) })
        .map(|(t, b)| place(t, b).map_or(padding, |place| place as i64))
        .collect();
    let lead = if batch_first { [batch, time] } else { [time, batch] };
    rows.index_select(0, &Tensor::from(places)).reshape([&lead[..], &shape[1..]].concat())
}
