//! Recurrent layers and their cells begin, print, compute and differentiate as torch's.

use autograd::Variable;
use nn::{
    GRU, GRUCell, GRUCellOptions, GRUOptions, LSTM, LSTMCell, LSTMCellOptions, LSTMOptions, LSTMState,
    Module, PackOptions, PackedSequence, PadPackedOptions, PadSequenceOptions, PaddingSide, RNN, RNNCell,
    RNNCellOptions, RNNOptions, Recurrent, RecurrentCell, RecurrentKind, RecurrentState, Registry,
    pack_padded_sequence, pack_sequence, pad_packed_sequence, pad_sequence, unpad_sequence,
};
use tensor::kernels::simd::Isa;
use tensor::{DType, Tensor, randn};
use testing::{
    Group, Within, alone, assert_close, checksum, ramp, recording, refusal, same_on_any_number_of_threads,
};

/// The states that are given, `h0` and `c0`.
fn given_state(recorded: &Group) -> Vec<Variable> {
    let states = recorded.tensors("start").into_iter().filter(|(name, _)| name == "h0" || name == "c0");
    states.map(|(_, state)| Variable::new(state).requires_grad_(true)).collect()
}

fn lengths(recorded: &Group) -> Option<Vec<usize>> {
    recorded.case.get_sizes("lengths")
}

/// Calls `$run` with the layer or cell of a recorded case, one arm for each kind.
macro_rules! with_module {
    ($case:expr, $layer:ident, $cell:ident) => {{
        let case = $case.case;
        let sizes = case.sizes("sizes");
        macro_rules! module {
            ($Module:ident, $Options:ident) => {
                $Module::with(sizes[0], sizes[1], case.options::<$Options>())
            };
        }
        match case.name() {
            "RNN" => $layer($case, module!(RNN, RNNOptions)),
            "GRU" => $layer($case, module!(GRU, GRUOptions)),
            "LSTM" => $layer($case, module!(LSTM, LSTMOptions)),
            "RNNCell" => $cell($case, module!(RNNCell, RNNCellOptions)),
            "GRUCell" => $cell($case, module!(GRUCell, GRUCellOptions)),
            kind => {
                assert_eq!(kind, "LSTMCell");
                $cell($case, module!(LSTMCell, LSTMCellOptions))
            }
        }
    }};
}

/// Everything torch gave for a layer or cell: `run` gives the output, if it is not the state, and the state.
fn compare<S: RecurrentState>(
    recorded: &Group,
    module: &dyn Module,
    run: impl Fn(&Variable, Option<&S>) -> (Option<Variable>, S),
) {
    let repr = module.repr();
    assert_eq!(repr, recorded.case.text("repr"));
    for (name, expected) in recorded.tensors("start") {
        if let Some(drawn) = module.state_dict().get(&name) {
            assert_eq!(drawn.to_vec::<f32>(), expected.to_vec::<f32>(), "{name} of {repr}");
        }
    }
    let (x, states) = (Variable::new(recorded.case.tensor("x")).requires_grad_(true), given_state(recorded));
    module.to_dtype(x.dtype());
    let given = (!states.is_empty()).then(|| S::from_parts(states.clone()));
    tensor::manual_seed(5);
    let (y, state) = run(&x, given.as_ref());
    let outputs = y.iter().map(|y| ("y", y)).chain(["h", "c"].into_iter().zip(state.parts()));
    let outputs: Vec<_> = outputs.collect();
    let losses = outputs.iter().map(|(_, y)| (*y * Variable::new(ramp(&y.data()))).sum());
    losses.reduce(|a, b| a + b).expect("an output").backward();

    let gradient = |(name, of): (&str, &Variable)| (format!("d{name}"), of.grad().expect("a leaf"));
    let mut got: Vec<_> = outputs.iter().map(|(name, y)| ((*name).to_owned(), y.data())).collect();
    got.push(gradient(("x", &x)));
    got.extend(["h0", "c0"].into_iter().zip(&states).map(gradient));
    got.extend(module.named_parameters().iter().map(|(name, p)| gradient((name, p))));
    let expected = recorded.tensors("results");
    assert_eq!(got.len(), expected.len(), "{repr}");
    for (name, expected) in expected {
        let (_, got) = got.iter().find(|(other, _)| *other == name).expect("all were recorded");
        let what = format!("{name} of {repr} of {:?}, {}", x.shape(), got.dtype());
        let within = if got.dtype() == DType::F32 {
            Within::of_largest(1e-6).plus(1e-7)
        } else {
            Within::of_largest(1e-14).plus(1e-15)
        };
        assert_close(what, got, &expected, within);
    }
    let again = Registry::new().build_module(&module.architecture(), &module.state_dict()).expect("the same");
    assert_eq!(again.architecture(), module.architecture());
    assert_eq!(again.repr(), repr);
}

/// Equal to the bit with AVX-512; with AVX2 alone oneDNN adds up in orders that are not followed.
#[test]
fn larger_passes_add_up_and_round_as_torchs() {
    let _alone = alone();
    if Isa::current() != Isa::Avx512 {
        return;
    }
    let recording = recording!("recurrent_avx512");
    let mut others = Vec::new();
    for case in recording.cases() {
        tensor::manual_seed(7);
        let sizes = case.sizes("sizes");
        macro_rules! sums {
            ($Module:ident, $Options:ident) => {{
                let options: $Options = case.options();
                checksums($Module::with(sizes[0], sizes[1], options), case.size("time"), case.size("batch"))
            }};
        }
        let sums = match case.name() {
            "RNN" => sums!(RNN, RNNOptions),
            "GRU" => sums!(GRU, GRUOptions),
            _ => sums!(LSTM, LSTMOptions),
        };
        let torchs: Vec<_> = case.text("sums").lines().filter_map(|line| line.split_once(' ')).collect();
        assert_eq!(sums.len(), torchs.len());
        for (name, sum) in torchs {
            if !sums.iter().any(|(other, found)| other == name && found == sum) {
                others.push(format!("{name} of {} {sizes:?} {}", case.name(), case.text("options")));
            }
        }
    }
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    same_on_any_number_of_threads(|| {
        let mut all = checksums(LSTM::new(10, 64), 5, 40);
        let gru = GRU::new(10, 64);
        let lengths: Vec<usize> = (0..40).map(|i| 1 + i % 5).collect();
        let x = Variable::new(randn([5, 40, 10])).requires_grad_(true);
        let options = PackOptions { batch_first: false, enforce_sorted: false };
        let out = gru.forward(&pack_padded_sequence(&x, &lengths, options), None);
        (&out.output.data * &out.output.data).sum().backward();
        let gradients = gru.parameters().iter().map(|p| p.grad().expect("a leaf")).collect::<Vec<_>>();
        all.extend(gradients.iter().map(|g| ("gru".to_owned(), checksum(&g.contiguous()))));
        all
    });
}

/// Of outputs and gradients, by their names in the recording.
fn checksums<K: RecurrentKind>(layer: Recurrent<K>, time: usize, batch: usize) -> Vec<(String, String)> {
    let x = Variable::new(randn([time, batch, layer.input_size])).requires_grad_(true);
    let lead = layer.all_weights.len();
    let parts = K::State::NAMES.iter();
    let states: Vec<Variable> =
        parts.map(|_| Variable::new(randn([lead, batch, layer.hidden_size])).requires_grad_(true)).collect();
    let out = layer.forward(&x, Some(&K::State::from_parts(states.clone())));
    let outputs: Vec<Variable> = [&out.output].into_iter().chain(out.state.parts()).cloned().collect();
    let losses = outputs.iter().map(|y| (y * Variable::new(randn(y.shape()))).sum());
    losses.reduce(|a, b| a + b).expect("an output").backward();
    let gradient = |x: &Variable| x.grad().expect("a leaf");
    let mut all = vec![("dx".to_owned(), gradient(&x))];
    all.extend(["y", "h", "c"].map(str::to_owned).into_iter().zip(outputs.iter().map(Variable::data)));
    all.extend(["dh", "dc"].map(str::to_owned).into_iter().zip(states.iter().map(gradient)));
    all.extend(layer.named_parameters().into_iter().map(|(name, p)| (name, gradient(&p))));
    all.into_iter().map(|(name, t)| (name, checksum(&t.contiguous()))).collect()
}

#[test]
fn layers_and_cells_are_torchs() {
    fn layer<K: RecurrentKind>(recorded: &Group, layer: Recurrent<K>) {
        let batch_first = recorded.case.text("options").contains("'batch_first': True");
        compare::<K::State>(recorded, &layer, |x, state| match lengths(recorded) {
            None => {
                let out = layer.forward(x, state);
                (Some(out.output), out.state)
            }
            Some(lengths) => {
                let options = PackOptions { batch_first, enforce_sorted: false };
                let out = layer.forward(&pack_padded_sequence(x, &lengths, options), state);
                (Some(out.output.data), out.state)
            }
        });
    }
    fn cell<K: RecurrentKind>(recorded: &Group, cell: RecurrentCell<K>) {
        compare::<K::State>(recorded, &cell, |x, state| (None, cell.forward(x, state)));
    }
    let _alone = alone();
    let recording = recording!("recurrent");
    for recorded in &recording.groups() {
        tensor::manual_seed(3);
        with_module!(recorded, layer, cell);
    }
}

/// Right words: torch's for the same calls.
#[test]
fn what_does_not_fit_is_refused_in_torchs_words() {
    let _alone = alone();
    let zeros = |shape: &[usize]| Variable::new(tensor::zeros(shape));
    let (rnn, gru, lstm) = (RNN::new(3, 4), GRU::new(3, 4), LSTM::new(3, 4));
    let of_rnn = |x: &[usize], h: Option<&[usize]>| refusal(|| rnn.forward(&zeros(x), h.map(zeros).as_ref()));
    let of_lstm = |x: &[usize], [h, c]: [&[usize]; 2]| {
        refusal(|| lstm.forward(&zeros(x), Some(&LSTMState { h: zeros(h), c: zeros(c) })))
    };
    for (got, expected) in [
        (of_rnn(&[3], None), "RNN: Expected input to be 2D or 3D, got 1D tensor instead"),
        (
            refusal(|| gru.forward(&zeros(&[1, 2, 3, 3]), None)),
            "GRU: Expected input to be 2D or 3D, got 4D instead",
        ),
        (of_rnn(&[2, 7], None), "input.size(-1) must be equal to input_size. Expected 3, got 7"),
        (of_rnn(&[0, 2, 3], None), "Expected sequence length to be larger than 0 in RNN"),
        (of_rnn(&[2, 2, 3], Some(&[1, 3, 4])), "Expected hidden size (1, 2, 4), got [1, 3, 4]"),
        (
            of_rnn(&[2, 2, 3], Some(&[3, 4])),
            "For batched 3-D input, hx should also be 3-D but got 2-D tensor",
        ),
        (
            of_rnn(&[2, 3], Some(&[1, 2, 4])),
            "For unbatched 2-D input, hx should also be 2-D but got 3-D tensor",
        ),
        (of_rnn(&[2, 3], Some(&[2, 4])), "Expected hidden size (1, 1, 4), got [2, 1, 4]"),
        (of_lstm(&[2, 2, 3], [&[1, 3, 4], &[1, 2, 4]]), "Expected hidden[0] size (1, 2, 4), got [1, 3, 4]"),
        (of_lstm(&[2, 2, 3], [&[1, 2, 4], &[1, 3, 4]]), "Expected hidden[1] size (1, 2, 4), got [1, 3, 4]"),
        (
            of_lstm(&[2, 2, 3], [&[1, 2, 4], &[2, 4]]),
            "For batched 3-D input, hx and cx should also be 3-D but got (3-D, 2-D) tensors",
        ),
        (
            refusal(|| {
                gru.forward(&zeros(&[2, 2, 3]), Some(&zeros(&[1, 2, 4]).to_dtype(DType::F64)));
            }),
            "GRU: input and hidden must have the same dtype, but got torch.float32 and torch.float64",
        ),
        (
            refusal(|| {
                let c = zeros(&[1, 2, 4]).to_dtype(DType::F64);
                lstm.forward(&zeros(&[2, 2, 3]), Some(&LSTMState { h: zeros(&[1, 2, 4]), c }));
            }),
            "LSTM: input and hidden[1] must have the same dtype, but got torch.float32 and torch.float64",
        ),
        (refusal(|| LSTM::new(0, 4)), "input_size must be greater than zero"),
        (refusal(|| LSTM::new(3, 0)), "hidden_size must be greater than zero"),
        (
            refusal(|| GRU::with(3, 4, GRUOptions { num_layers: 0, ..Default::default() })),
            "num_layers must be greater than zero",
        ),
        (
            refusal(|| LSTM::with(3, 4, LSTMOptions { proj_size: 4, ..Default::default() })),
            "proj_size has to be smaller than hidden_size",
        ),
        (
            refusal(|| RNN::with(3, 4, RNNOptions { dropout: 1.5, ..Default::default() })),
            "dropout should be a number in range [0, 1] representing the probability of an element being zeroed",
        ),
    ] {
        assert!(got.contains(expected), "{got}");
    }
    let cell = LSTMCell::new(3, 4);
    let of_cell = |x: &[usize], h: &[usize]| {
        refusal(|| cell.forward(&zeros(x), Some(&LSTMState { h: zeros(h), c: zeros(h) })))
    };
    for (got, expected) in [
        (of_cell(&[2, 2, 3], &[2, 4]), "LSTMCell: Expected input to be 1D or 2D, got 3D instead"),
        (of_cell(&[2, 3], &[1, 2, 4]), "LSTMCell: Expected hx[0] to be 1D or 2D, got 3D instead"),
        (of_cell(&[2, 7], &[2, 4]), "input has inconsistent input_size: got 7 expected 3"),
        (of_cell(&[2, 3], &[3, 4]), "Input batch size 2 doesn't match hidden0 batch size 3"),
        (of_cell(&[2, 3], &[2, 5]), "hidden0 has inconsistent hidden_size: got 5, expected 4"),
        (of_cell(&[2, 3], &[4]), "Expected 2D hidden0 (batch x hidden_size), but got 1D tensor"),
    ] {
        assert!(got.contains(expected), "{got}");
    }
}

/// Right shapes: torch's.
#[test]
fn a_batch_of_none_passes_through() {
    let _alone = alone();
    let out = LSTM::new(3, 4).forward(&Variable::new(tensor::zeros([2, 0, 3])), None);
    assert_eq!(
        [out.output.shape(), out.state.h.shape(), out.state.c.shape()],
        [[2, 0, 4], [1, 0, 4], [1, 0, 4]]
    );
}

/// Right values: the same functions of `torch.nn.utils.rnn`.
#[test]
fn sequences_are_packed_and_padded_as_torchs() {
    let _alone = alone();
    let x = Variable::new(tensor::arange(0, 30, 1).reshape([5, 3, 2]));
    let options = PackOptions { enforce_sorted: false, ..Default::default() };
    let packed = pack_padded_sequence(&x, &[3, 5, 1], options);
    let expected = [2i64, 3, 0, 1, 4, 5, 8, 9, 6, 7, 14, 15, 12, 13, 20, 21, 26, 27];
    assert_eq!(packed.data.data().to_vec::<i64>(), expected);
    assert_eq!(packed.batch_sizes, [3, 2, 2, 1, 1]);
    for places in [&packed.sorted_indices, &packed.unsorted_indices] {
        assert_eq!(places.as_ref().expect("they were sorted").to_vec::<i64>(), [1, 0, 2]);
    }
    let options = PadPackedOptions { batch_first: true, padding_value: -1.0, total_length: Some(6) };
    let padded = pad_packed_sequence(&packed, options);
    assert_eq!(padded.lengths, [3, 5, 1]);
    let expected: [[i64; 12]; 3] = [
        [0, 1, 6, 7, 12, 13, -1, -1, -1, -1, -1, -1],
        [2, 3, 8, 9, 14, 15, 20, 21, 26, 27, -1, -1],
        [4, 5, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1],
    ];
    assert_eq!(padded.data.data().to_vec::<i64>(), expected.concat());

    let pieces = unpad_sequence(&padded.data, &padded.lengths, true);
    let again = pack_sequence(&pieces, false);
    assert_eq!(again.data.data().to_vec::<i64>(), packed.data.data().to_vec::<i64>());
    let left =
        PadSequenceOptions { padding_value: 9.0, padding_side: PaddingSide::Left, ..Default::default() };
    let [a, b] = [Tensor::from([1.0f32; 2]), Tensor::from([2.0f32; 3])].map(Variable::new);
    assert_eq!(pad_sequence(&[a, b], left).data().to_vec::<f32>(), [9.0, 2.0, 1.0, 2.0, 1.0, 2.0]);

    let sorted = PackOptions::default();
    for (got, expected) in [
        (
            refusal(|| pack_padded_sequence(&x, &[3, 5, 1], sorted)),
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True.",
        ),
        (
            refusal(|| pack_padded_sequence(&x, &[5, 3, 0], sorted)),
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
        ),
        (
            refusal(|| pack_padded_sequence(&x, &[5, 3], sorted)),
            "Expected `len(lengths)` to be equal to batch_size, but got 2 (batch_size=3)",
        ),
        (
            refusal(|| pad_packed_sequence(&packed, PadPackedOptions { total_length: Some(4), ..options })),
            "Expected total_length to be at least the length of the longest sequence in input, but got \
             total_length=4 and max sequence length being 5",
        ),
        (refusal(|| pad_sequence(&[], PadSequenceOptions::default())), "received an empty list of sequences"),
    ] {
        assert!(got.contains(expected), "{got}");
    }
    let of_two = Variable::new(tensor::zeros([1, 2, 4]));
    let packed = PackedSequence { data: Variable::new(tensor::zeros([9, 3])), ..packed };
    let got = refusal(|| GRU::new(3, 4).forward(&packed, Some(&of_two)));
    assert!(got.contains("Expected hidden size (1, 3, 4), got [1, 2, 4]"), "{got}");
}

#[test]
fn a_file_with_weights_of_another_shape_is_refused() {
    let _alone = alone();
    let layer = LSTM::with(3, 4, LSTMOptions { num_layers: 2, ..Default::default() });
    let state: nn::StateDict = layer
        .state_dict()
        .iter()
        .map(|(name, t)| {
            (name.to_owned(), if name == "weight_ih_l1" { t.narrow(1, 0, 3) } else { t.clone() })
        })
        .collect();
    let error = Registry::new().build_module(&layer.architecture(), &state).expect_err("refused");
    assert!(error.to_string().contains("weight_ih_l1 has shape [16, 3] instead of [16, 4]"), "{error}");
}
