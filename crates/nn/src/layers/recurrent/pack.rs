use autograd::Variable;
use tensor::Tensor;

use super::RecurrentKind;
use super::kind::Settings;
use super::pad::{PadSequenceOptions, pad_sequence};
use super::sequence::{Sequence, Steps};
use crate::Options;

/// Sequences of different lengths without their padding, as `torch.nn.utils.rnn.PackedSequence`: first the
/// first elements of all, then the second elements of those that have one, and so on.
///
/// [`RNN`](crate::RNN), [`LSTM`](crate::LSTM) and [`GRU`](crate::GRU) take it in place of a [`Variable`], and
/// return one. [`pack_padded_sequence`] and [`pack_sequence`] make it,
/// [`pad_packed_sequence`](crate::pad_packed_sequence) is the way back.
#[derive(Clone, Debug)]
pub struct PackedSequence {
    /// The elements of all sequences, `[Σ batch_sizes, …]`.
    pub data: Variable,
    /// How many sequences have an element at each time step.
    pub batch_sizes: Vec<usize>,
    /// The places of the sequences, longest first, if they were sorted; I64.
    pub sorted_indices: Option<Tensor>,
    /// Where each sequence stands now, if they were sorted; I64.
    pub unsorted_indices: Option<Tensor>,
}

/// The options of [`pack_padded_sequence`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct PackOptions {
    /// Whether the batch is the first axis, instead of time. Default no.
    pub batch_first: bool,
    /// Whether the sequences have to stand longest first. If not, they are sorted, and the layers sort states
    /// along. Default yes.
    #[option(default = true)]
    pub enforce_sorted: bool,
}

/// Packs padded sequences `[time, batch, …]`, or `[batch, time, …]` if `batch_first`, of these lengths, as
/// `torch.nn.utils.rnn.pack_padded_sequence`.
///
/// ```
/// use autograd::Variable;
/// use nn::{LSTM, PackOptions, pack_padded_sequence, pad_packed_sequence};
/// use tensor::randn;
///
/// let x = Variable::new(randn([5, 3, 4])); // three sequences of up to five elements
/// let options = PackOptions { enforce_sorted: false, ..Default::default() };
/// let packed = pack_padded_sequence(&x, &[3, 5, 1], options);
/// assert_eq!(packed.batch_sizes, [3, 2, 2, 1, 1]);
///
/// let out = LSTM::new(4, 6).forward(&packed, None);
/// let padded = pad_packed_sequence(&out.output, Default::default());
/// assert_eq!((padded.data.shape(), padded.lengths), (vec![5, 3, 6], vec![3, 5, 1]));
/// ```
///
/// # Panics
/// If there is not one length for each sequence, one is 0 or more than there are elements, or they are not
/// sorted and have to be.
#[track_caller]
pub fn pack_padded_sequence(x: &Variable, lengths: &[usize], options: PackOptions) -> PackedSequence {
    const NAME: &str = "pack_padded_sequence";
    let shape = x.shape();
    assert!(shape.len() >= 2, "{NAME}: expected time and batch, got {shape:?}");
    let (time, batch) = if options.batch_first { (shape[1], shape[0]) } else { (shape[0], shape[1]) };
    assert!(x.numel() > 0, "{NAME}: Cannot pack empty tensors.");
    assert!(
        lengths.len() == batch,
        "{NAME}: Expected `len(lengths)` to be equal to batch_size, but got {} (batch_size={batch})",
        lengths.len()
    );
    assert!(
        !lengths.contains(&0),
        "{NAME}: Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
    );
    let longest = *lengths.iter().max().expect("there is an element, so a sequence");
    assert!(longest <= time, "{NAME}: a length is {longest}, but there are {time} time steps");
    let mut order: Vec<usize> = (0..batch).collect();
    if options.enforce_sorted {
        assert!(
            lengths.is_sorted_by(|a, b| a >= b),
            "{NAME}: `lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass \
             `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you \
             do not need ONNX exportability."
        );
    } else {
        order.sort_by_key(|&sequence| std::cmp::Reverse(lengths[sequence]));
    }
    let batch_sizes: Vec<usize> = (0..longest).map(|t| lengths.iter().filter(|&&n| n > t).count()).collect();
    let place = |t: usize, b: usize| if options.batch_first { b * time + t } else { t * batch + b };
    let places = (0..longest).flat_map(|t| order[..batch_sizes[t]].iter().map(move |&b| place(t, b) as i64));
    let places: Vec<i64> = places.collect();
    let rows = x.reshape([&[time * batch], &shape[2..]].concat());
    let data = rows.index_select(0, &Tensor::from(places));
    let sorted = (!options.enforce_sorted).then(|| {
        let mut back = vec![0; batch];
        order.iter().enumerate().for_each(|(place, &sequence)| back[sequence] = place as i64);
        let order: Vec<i64> = order.iter().map(|&sequence| sequence as i64).collect();
        (Tensor::from(order), Tensor::from(back))
    });
    let (sorted_indices, unsorted_indices) = sorted.unzip();
    PackedSequence { data, batch_sizes, sorted_indices, unsorted_indices }
}

/// Packs sequences `[length, …]`, as `torch.nn.utils.rnn.pack_sequence`: with `enforce_sorted` they have to
/// stand longest first.
///
/// ```
/// use autograd::Variable;
/// use nn::pack_sequence;
/// use tensor::Tensor;
///
/// let [a, b] = [Tensor::from([1i64, 2]), Tensor::from([3i64, 4, 5])].map(Variable::new);
/// let packed = pack_sequence(&[a, b], false);
/// assert_eq!(packed.data.data().to_vec::<i64>(), [3, 1, 4, 2, 5]);
/// assert_eq!(packed.batch_sizes, [2, 2, 1]);
/// ```
///
/// # Panics
/// If there are none, one is empty, they differ behind their first axis, or they are not sorted and have to
/// be.
#[track_caller]
pub fn pack_sequence(sequences: &[Variable], enforce_sorted: bool) -> PackedSequence {
    let padded = pad_sequence(sequences, PadSequenceOptions::default());
    let lengths: Vec<usize> = sequences.iter().map(|sequence| sequence.size(0)).collect();
    pack_padded_sequence(&padded, &lengths, PackOptions { enforce_sorted, ..Default::default() })
}

impl PackedSequence {
    /// The length of each sequence, in the order in which they were given.
    pub fn lengths(&self) -> Vec<usize> {
        let batch = self.batch_sizes.first().copied().unwrap_or(0);
        let length = |place: usize| self.batch_sizes.iter().filter(|&&living| living > place).count();
        match &self.unsorted_indices {
            Some(places) => places.to_vec::<i64>().iter().map(|&place| length(place as usize)).collect(),
            None => (0..batch).map(length).collect(),
        }
    }
}

/// The sequences of a part of a state, in the order of these places.
fn sorted(part: &Variable, places: Option<&Tensor>) -> Variable {
    places.map_or_else(|| part.clone(), |places| part.index_select(1, places))
}

impl Sequence for PackedSequence {
    #[track_caller]
    fn unroll<K: RecurrentKind>(&self, _: &Settings) -> Steps {
        let (shape, sizes) = (self.data.shape(), &self.batch_sizes);
        assert!(
            shape.len() == 2 && sizes.iter().sum::<usize>() == shape[0] && sizes.is_sorted_by(|a, b| a >= b),
            "{}: expected rows packed by batch sizes that never grow, got {shape:?} and {sizes:?}",
            K::LAYER
        );
        Steps { x: self.data.clone(), batch_sizes: sizes.clone(), packed: true }
    }

    fn roll(&self, data: Variable, _: &Settings) -> Self {
        Self { data, ..self.clone() }
    }

    fn state_in<K: RecurrentKind>(&self, part: &Variable, _: &[usize]) -> Variable {
        // A state of another batch is refused as it was given.
        let fits = part.ndim() == 3 && Some(&part.size(1)) == self.batch_sizes.first();
        if fits { sorted(part, self.sorted_indices.as_ref()) } else { part.clone() }
    }

    fn state_out(&self, part: Variable) -> Variable {
        sorted(&part, self.unsorted_indices.as_ref())
    }
}
