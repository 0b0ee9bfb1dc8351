use std::fmt;

use autograd::Variable;
use tensor::Options;

use super::{Direction, Nonlinearity};

/// What distinguishes [`RNN`](crate::RNN), [`LSTM`](crate::LSTM) and [`GRU`](crate::GRU) and their cells:
/// their options, how many gates they have, and what these do.
pub trait RecurrentKind: fmt::Debug + Send + Sync + 'static {
    /// The name of the layer.
    const LAYER: &'static str;

    /// The name of the cell.
    const CELL: &'static str;

    /// How many times `hidden_size` rows the weights have.
    const GATES: usize;

    /// The options of the layer.
    type Options: Options + Copy + fmt::Debug + Send + Sync;

    /// The options of the cell.
    type CellOptions: Options + Copy + fmt::Debug + Send + Sync;

    /// What goes from one time step to the next.
    type State: RecurrentState;

    #[doc(hidden)]
    fn settings(options: &Self::Options) -> Settings;

    #[doc(hidden)]
    fn cell_settings(options: &Self::CellOptions) -> Settings;

    /// The next state from the products with the input and with the state, both with their bias.
    #[doc(hidden)]
    fn step(ih: &Variable, hh: &Variable, state: &[Variable], settings: &Settings) -> Vec<Variable>;

    /// All time steps of one direction of one layer.
    #[doc(hidden)]
    fn run(direction: Direction<'_>) -> (Variable, Vec<Variable>);
}

/// The options of every kind under one roof; what a kind lacks has its default.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub num_layers: usize,
    pub nonlinearity: Nonlinearity,
    pub bias: bool,
    pub batch_first: bool,
    pub dropout: f64,
    pub bidirectional: bool,
    pub proj_size: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            num_layers: 1,
            nonlinearity: Nonlinearity::Tanh,
            bias: true,
            batch_first: false,
            dropout: 0.0,
            bidirectional: false,
            proj_size: 0,
        }
    }
}

/// What a recurrent layer hands from one time step to the next: a variable, or an
/// [`LSTMState`](crate::LSTMState) of two.
pub trait RecurrentState: Clone {
    /// The names of the variables in torch's messages of a layer, and of a cell in its two kinds of message.
    #[doc(hidden)]
    const NAMES: &'static [[&'static str; 3]];

    #[doc(hidden)]
    fn parts(&self) -> Vec<&Variable>;

    #[doc(hidden)]
    fn from_parts(parts: Vec<Variable>) -> Self;
}

impl RecurrentState for Variable {
    const NAMES: &'static [[&'static str; 3]] = &[["hidden", "hidden", "hidden0"]];

    fn parts(&self) -> Vec<&Variable> {
        vec![self]
    }

    fn from_parts(parts: Vec<Variable>) -> Self {
        parts.into_iter().next().expect("a state of one part")
    }
}
