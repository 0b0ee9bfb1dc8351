use autograd::{Variable, lstm_gates};

use super::kind::Settings;
use super::{Direction, Recurrent, RecurrentCell, RecurrentKind, RecurrentState};
use crate::Options;

/// Layers of long short-term memory (Hochreiter and Schmidhuber, 1997), as `torch.nn.LSTM`; the formula is
/// [`lstm_gates`]'. With [`LSTMOptions::proj_size`] a product makes `h` shorter (Sak et al., *Long
/// short-term memory based recurrent neural network architectures*, 2014).
///
/// [`Recurrent`] says what goes in, what comes out and what the parameters are called.
///
/// ```
/// use autograd::Variable;
/// use nn::{LSTM, LSTMOptions};
/// use tensor::randn;
///
/// let options = LSTMOptions { num_layers: 2, batch_first: true, ..Default::default() };
/// let layer = LSTM::with(28, 128, options);
/// assert_eq!(layer.to_string(), "LSTM(28, 128, num_layers=2, batch_first=True)");
///
/// let out = layer.forward(&Variable::new(randn([64, 28, 28])), None);
/// assert_eq!(out.output.shape(), [64, 28, 128]);
/// assert_eq!(out.state.h.shape(), [2, 64, 128]);
/// assert_eq!(out.state.c.shape(), [2, 64, 128]);
///
/// // The next part of the same sequences goes on where this one ended.
/// let next = layer.forward(&Variable::new(randn([64, 28, 28])), Some(&out.state));
/// # assert_eq!(next.output.shape(), [64, 28, 128]);
/// ```
pub type LSTM = Recurrent<LSTMKind>;

/// One time step of an [`LSTM`], as `torch.nn.LSTMCell`.
///
/// ```
/// use autograd::Variable;
/// use nn::{LSTMCell, LSTMState};
/// use tensor::randn;
///
/// let cell = LSTMCell::new(3, 4);
/// let state = cell.forward(&Variable::new(randn([2, 3])), None);
/// let LSTMState { h, c } = cell.forward(&Variable::new(randn([2, 3])), Some(&state));
/// assert_eq!([h.shape(), c.shape()], [[2, 4]; 2]);
/// ```
pub type LSTMCell = RecurrentCell<LSTMKind>;

/// The kind of [`LSTM`] and [`LSTMCell`].
#[derive(Debug)]
pub enum LSTMKind {}

/// What an [`LSTM`] hands from one time step to the next.
#[derive(Clone, Debug)]
pub struct LSTMState {
    /// What also is the output.
    pub h: Variable,
    /// The memory.
    pub c: Variable,
}

impl RecurrentState for LSTMState {
    const NAMES: &'static [[&'static str; 3]] =
        &[["hidden[0]", "hx[0]", "hidden0"], ["hidden[1]", "hx[1]", "hidden1"]];

    fn parts(&self) -> Vec<&Variable> {
        vec![&self.h, &self.c]
    }

    fn from_parts(parts: Vec<Variable>) -> Self {
        let [h, c] = parts.try_into().expect("a state of two parts");
        Self { h, c }
    }
}

layer_options! {
    /// The options of [`LSTM`].
    LSTMOptions, {}, {
        /// How long `h` is after a product with `weight_hr`, or 0 for none. Default 0.
        pub proj_size: usize,
    }
}

/// The options of [`LSTMCell`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct LSTMCellOptions {
    /// Whether there are `b_ih` and `b_hh`. Default yes.
    #[option(default = true)]
    pub bias: bool,
}

impl RecurrentKind for LSTMKind {
    const LAYER: &'static str = "LSTM";
    const CELL: &'static str = "LSTMCell";
    const GATES: usize = 4;
    type Options = LSTMOptions;
    type CellOptions = LSTMCellOptions;
    type State = LSTMState;

    fn settings(options: &LSTMOptions) -> Settings {
        let LSTMOptions { num_layers, bias, batch_first, dropout, bidirectional, proj_size } = *options;
        Settings { num_layers, bias, batch_first, dropout, bidirectional, proj_size, ..Default::default() }
    }

    fn cell_settings(options: &LSTMCellOptions) -> Settings {
        Settings { bias: options.bias, ..Default::default() }
    }

    fn step(ih: &Variable, hh: &Variable, state: &[Variable], _: &Settings) -> Vec<Variable> {
        lstm_gates(ih, hh, &state[1]).into()
    }

    fn run(direction: Direction<'_>) -> (Variable, Vec<Variable>) {
        match direction.lstm() {
            Ok(result) => result,
            Err(direction) => direction.by_steps::<Self>(),
        }
    }
}
