use autograd::{Variable, gru_gates};
use tensor::RecurrentCellKind;

use super::kind::Settings;
use super::{Direction, Recurrent, RecurrentCell, RecurrentKind};
use crate::Options;

/// Layers of gated recurrent units (Cho et al., *Learning phrase representations using RNN encoder-decoder*,
/// 2014), as `torch.nn.GRU`; the formula is [`gru_gates`]'.
///
/// [`Recurrent`] says what goes in, what comes out and what the parameters are called.
///
/// ```
/// use autograd::Variable;
/// use nn::{GRU, GRUOptions};
/// use tensor::randn;
///
/// let layer = GRU::with(3, 4, GRUOptions { num_layers: 2, ..Default::default() });
/// let out = layer.forward(&Variable::new(randn([5, 2, 3])), None);
/// assert_eq!(out.output.shape(), [5, 2, 4]);
/// assert_eq!(out.state.shape(), [2, 2, 4]);
/// assert_eq!(layer.to_string(), "GRU(3, 4, num_layers=2)");
/// ```
pub type GRU = Recurrent<GRUKind>;

/// One time step of a [`GRU`], as `torch.nn.GRUCell`.
///
/// ```
/// use autograd::Variable;
/// use nn::GRUCell;
/// use tensor::randn;
///
/// let cell = GRUCell::new(3, 4);
/// let h = cell.forward(&Variable::new(randn([2, 3])), None);
/// let h = cell.forward(&Variable::new(randn([2, 3])), Some(&h));
/// assert_eq!(h.shape(), [2, 4]);
/// ```
pub type GRUCell = RecurrentCell<GRUKind>;

/// The kind of [`GRU`] and [`GRUCell`].
#[derive(Debug)]
pub enum GRUKind {}

layer_options! {
    /// The options of [`GRU`].
    GRUOptions, {}, {}
}

/// The options of [`GRUCell`].
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct GRUCellOptions {
    /// Whether there are `b_ih` and `b_hh`. Default yes.
    #[option(default = true)]
    pub bias: bool,
}

impl RecurrentKind for GRUKind {
    const LAYER: &'static str = "GRU";
    const CELL: &'static str = "GRUCell";
    const GATES: usize = 3;
    type Options = GRUOptions;
    type CellOptions = GRUCellOptions;
    type State = Variable;

    fn settings(options: &GRUOptions) -> Settings {
        let GRUOptions { num_layers, bias, batch_first, dropout, bidirectional } = *options;
        Settings { num_layers, bias, batch_first, dropout, bidirectional, ..Default::default() }
    }

    fn cell_settings(options: &GRUCellOptions) -> Settings {
        Settings { bias: options.bias, ..Default::default() }
    }

    fn step(ih: &Variable, hh: &Variable, state: &[Variable], _: &Settings) -> Vec<Variable> {
        vec![gru_gates(ih, hh, &state[0])]
    }

    fn run(direction: Direction<'_>) -> (Variable, Vec<Variable>) {
        direction.at_once(RecurrentCellKind::Gru)
    }
}
