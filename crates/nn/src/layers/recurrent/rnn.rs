use autograd::Variable;
use serde::{Deserialize, Serialize};
use tensor::RecurrentCellKind;

use super::kind::Settings;
use super::{Direction, Recurrent, RecurrentCell, RecurrentKind};
use crate::Options;

/// Layers of simple recurrent units (Elman, *Finding structure in time*, 1990), as `torch.nn.RNN`:
/// `h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh)`, or with [`Nonlinearity::Relu`].
///
/// [`Recurrent`] says what goes in, what comes out and what the parameters are called.
///
/// ```
/// use autograd::Variable;
/// use nn::{RNN, RNNOptions};
/// use tensor::randn;
///
/// let layer = RNN::with(3, 4, RNNOptions { bidirectional: true, ..Default::default() });
/// let out = layer.forward(&Variable::new(randn([5, 2, 3])), None);
/// assert_eq!(out.output.shape(), [5, 2, 8]);
/// assert_eq!(out.state.shape(), [2, 2, 4]);
/// assert_eq!(layer.to_string(), "RNN(3, 4, bidirectional=True)");
/// ```
pub type RNN = Recurrent<RNNKind>;

/// One time step of an [`RNN`], as `torch.nn.RNNCell`.
///
/// ```
/// use autograd::Variable;
/// use nn::RNNCell;
/// use tensor::randn;
///
/// let cell = RNNCell::new(3, 4);
/// let h = cell.forward(&Variable::new(randn([2, 3])), None);
/// let h = cell.forward(&Variable::new(randn([2, 3])), Some(&h));
/// assert_eq!(h.shape(), [2, 4]);
/// ```
pub type RNNCell = RecurrentCell<RNNKind>;

/// The kind of [`RNN`] and [`RNNCell`].
#[derive(Debug)]
pub enum RNNKind {}

/// The function of an [`RNN`], as torch's `nonlinearity`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nonlinearity {
    /// The hyperbolic tangent.
    #[default]
    Tanh,
    /// The positive part.
    Relu,
}

tensor::option_value!(Nonlinearity);

layer_options! {
    /// The options of [`RNN`].
    RNNOptions, {
        /// The function of the sum. Default the hyperbolic tangent.
        #[option(shown = never)]
        pub nonlinearity: Nonlinearity,
    }, {}
}

/// The options of [`RNNCell`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct RNNCellOptions {
    /// Whether there are `b_ih` and `b_hh`. Default yes.
    #[option(default = true)]
    pub bias: bool,
    /// The function of the sum. Default the hyperbolic tangent.
    pub nonlinearity: Nonlinearity,
}

impl RecurrentKind for RNNKind {
    const LAYER: &'static str = "RNN";
    const CELL: &'static str = "RNNCell";
    const GATES: usize = 1;
    type Options = RNNOptions;
    type CellOptions = RNNCellOptions;
    type State = Variable;

    fn settings(options: &RNNOptions) -> Settings {
        let RNNOptions { num_layers, nonlinearity, bias, batch_first, dropout, bidirectional } = *options;
        Settings { num_layers, nonlinearity, bias, batch_first, dropout, bidirectional, proj_size: 0 }
    }

    fn cell_settings(options: &RNNCellOptions) -> Settings {
        let RNNCellOptions { bias, nonlinearity } = *options;
        Settings { bias, nonlinearity, ..Default::default() }
    }

    fn step(ih: &Variable, hh: &Variable, _: &[Variable], settings: &Settings) -> Vec<Variable> {
        let sum = hh + ih;
        vec![match settings.nonlinearity {
            Nonlinearity::Tanh => sum.tanh(),
            Nonlinearity::Relu => sum.relu(),
        }]
    }

    fn run(direction: Direction<'_>) -> (Variable, Vec<Variable>) {
        let cell = match direction.settings.nonlinearity {
            Nonlinearity::Tanh => RecurrentCellKind::Tanh,
            Nonlinearity::Relu => RecurrentCellKind::Relu,
        };
        direction.at_once(cell)
    }
}
