//! Recurrent layers and their cells, and sequences of different lengths packed into one.

/// The options of a layer: those that all have, with those of its own in the second and the last place.
macro_rules! layer_options {
    ($(#[$doc:meta])* $Options:ident, { $($second:tt)* }, { $($last:tt)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Options)]
        pub struct $Options {
            /// How many layers there are, each of which reads the output of the one before it. Default 1.
            #[option(default = 1, check(num_layers > 0, "num_layers must be greater than zero"))]
            pub num_layers: usize,
            $($second)*
            /// Whether there are `b_ih` and `b_hh`. Default yes.
            #[option(default = true)]
            pub bias: bool,
            /// Whether the batch is the first axis of input and output, instead of time. Default no.
            pub batch_first: bool,
            /// The probability of an element of the output of a layer to be dropped, while training, before
            /// the next layer reads it. Default 0.
            #[option(check(
                (0.0..=1.0).contains(&dropout),
                "dropout should be a number in range [0, 1] representing the probability of an element \
                 being zeroed"
            ))]
            pub dropout: f64,
            /// Whether a second direction reads each sequence from its end. Default no.
            pub bidirectional: bool,
            $($last)*
        }
    };
}

mod cell;
mod direction;
mod gru;
mod kind;
mod layer;
mod lstm;
mod pack;
mod pad;
mod rnn;
mod sequence;

pub use cell::RecurrentCell;
#[doc(hidden)]
pub use direction::Direction;
pub use kind::{RecurrentKind, RecurrentState};
pub use layer::{Recurrent, RecurrentOutput, RecurrentWeights};
pub use pack::{PackOptions, PackedSequence, pack_padded_sequence, pack_sequence};
pub use pad::{
    PadPackedOptions, PadSequenceOptions, PaddedSequence, PaddingSide, pad_packed_sequence, pad_sequence,
    unpad_sequence,
};
pub use sequence::Sequence;

use tensor::{Options, Shown};

crate::build::modules! {
    register_module;
    gru: GRU, GRUKind, GRUOptions;
    gru: GRUCell, GRUCellOptions;
    lstm: LSTM, LSTMKind, LSTMOptions, LSTMState;
    lstm: LSTMCell, LSTMCellOptions;
    rnn: RNN, RNNKind, RNNOptions, Nonlinearity;
    rnn: RNNCell, RNNCellOptions;
}

/// The bound of the first draws: all parameters start from U(−1/√hidden_size, 1/√hidden_size).
fn bound(hidden_size: usize) -> f64 {
    if hidden_size == 0 { 0.0 } else { 1.0 / (hidden_size as f64).sqrt() }
}

/// The line that torch prints: the sizes, and of the options those that are not the default.
fn describe(sizes: [usize; 2], options: &impl Options) -> String {
    let [inputs, hidden] = sizes;
    let mut text = format!("{inputs}, {hidden}");
    let changed = |entry: &tensor::OptionEntry| entry.shown != Shown::Never && entry.is_changed();
    let mut entries: Vec<_> = options.entries().into_iter().filter(changed).collect();
    entries.sort_by_key(|entry| entry.name != "proj_size"); // which torch prints first
    for entry in entries {
        let value = entry.value.as_str().map_or_else(|| entry.value.to_string(), str::to_owned);
        text += &format!(", {}={value}", entry.name);
    }
    text
}
