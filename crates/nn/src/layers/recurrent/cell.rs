use autograd::{Variable, linear};

use super::{RecurrentKind, RecurrentState, bound, describe};
use crate::layers::check_shapes;
use crate::{Module, Parameter, Training, init};

/// One time step of a recurrent layer: `torch.nn.RNNCell`, `LSTMCell` and `GRUCell`.
///
/// # Shapes
/// - `x`: `[batch, input_size]` or `[input_size]`
/// - the state, before and after: `[batch, hidden_size]` or `[hidden_size]`
/// - `weight_ih`: `[G·hidden_size, input_size]`, `weight_hh`: `[G·hidden_size, hidden_size]`, both biases
///   `[G·hidden_size]`, with `G` = 1 for an RNN, 4 for an LSTM (gates i, f, g, o) and 3 for a GRU (r, z, n)
///
/// All start from U(−1/√hidden_size, 1/√hidden_size), in this order: after the same `manual_seed` they are
/// torch's to the bit.
#[derive(Debug, Module)]
#[module(name = K::CELL, extra_repr = Self::describe, check = Self::check)]
pub struct RecurrentCell<K: RecurrentKind> {
    /// `W_ih`, which the input is multiplied by.
    pub weight_ih: Parameter,
    /// `W_hh`, which the state is multiplied by.
    pub weight_hh: Parameter,
    /// `b_ih`, unless the option `bias` is false.
    pub bias_ih: Option<Parameter>,
    /// `b_hh`, unless the option `bias` is false.
    pub bias_hh: Option<Parameter>,
    /// The length of an input row.
    #[module(config)]
    pub input_size: usize,
    /// The length of a row of the state.
    #[module(config)]
    pub hidden_size: usize,
    #[module(options)]
    options: K::CellOptions,
    training: Training,
}

impl<K: RecurrentKind> RecurrentCell<K> {
    /// A cell with a bias.
    ///
    /// # Panics
    /// If the weights would take more memory than there is.
    #[track_caller]
    pub fn new(input_size: usize, hidden_size: usize) -> Self {
        Self::with(input_size, hidden_size, K::CellOptions::default())
    }

    /// The cell with the options given. Without biases none are drawn.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    #[track_caller]
    pub fn with(input_size: usize, hidden_size: usize, options: K::CellOptions) -> Self {
        let (rows, bound) = (K::GATES.saturating_mul(hidden_size), bound(hidden_size));
        let drawn = |shape: &[usize]| {
            let parameter = Parameter::new(tensor::zeros(shape));
            init::uniform(&parameter, -bound, bound);
            parameter
        };
        // The order of the draws is torch's.
        let (weight_ih, weight_hh) = (drawn(&[rows, input_size]), drawn(&[rows, hidden_size]));
        let bias = K::cell_settings(&options).bias;
        let [bias_ih, bias_hh] = [(); 2].map(|()| bias.then(|| drawn(&[rows])));
        let training = Training::default();
        Self { weight_ih, weight_hh, bias_ih, bias_hh, input_size, hidden_size, options, training }
    }

    fn describe(&self) -> String {
        describe([self.input_size, self.hidden_size], &self.options)
    }

    fn check(&self) -> Result<(), String> {
        if K::cell_settings(&self.options).bias != self.bias_ih.is_some()
            || self.bias_ih.is_some() != self.bias_hh.is_some()
        {
            return Err("the option bias and the biases do not agree".into());
        }
        let rows = K::GATES.saturating_mul(self.hidden_size);
        check_shapes(self, |name| match name {
            "weight_ih" => vec![rows, self.input_size],
            "weight_hh" => vec![rows, self.hidden_size],
            _ => vec![rows],
        })
    }

    /// The state after the input `x`, from the state before it; `None` is zeros.
    ///
    /// # Panics
    /// If the sizes of `x` or of the state are others, or their batches differ.
    #[track_caller]
    pub fn forward(&self, x: &Variable, state: Option<&K::State>) -> K::State {
        let (cell, axes) = (K::CELL, x.ndim());
        assert!(axes == 1 || axes == 2, "{cell}: Expected input to be 1D or 2D, got {axes}D instead");
        let given = state.map(K::State::parts).unwrap_or_default();
        for ([_, name, _], part) in K::State::NAMES.iter().zip(&given) {
            let axes = part.ndim();
            assert!(axes == 1 || axes == 2, "{cell}: Expected {name} to be 1D or 2D, got {axes}D instead");
        }
        let as_batch = |x: &Variable| if axes == 1 { x.unsqueeze(0) } else { x.clone() };
        let x = as_batch(x);
        let (batch, input_size, hidden_size) = (x.size(0), self.input_size, self.hidden_size);
        let found = x.size(1);
        assert!(
            found == input_size,
            "{cell}: input has inconsistent input_size: got {found} expected {input_size}"
        );
        let parts = match state {
            Some(_) => given.into_iter().map(as_batch).collect(),
            None => {
                let zeros = Variable::new(tensor::zeros_dtype([batch, hidden_size], x.dtype()));
                vec![zeros; K::State::NAMES.len()]
            }
        };
        for ([.., name], part) in K::State::NAMES.iter().zip(&parts) {
            let axes = part.ndim();
            assert!(axes == 2, "{cell}: Expected 2D {name} (batch x hidden_size), but got {axes}D tensor");
            let [rows, found] = [part.size(0), part.size(1)];
            assert!(rows == batch, "{cell}: Input batch size {batch} doesn't match {name} batch size {rows}");
            assert!(
                found == hidden_size,
                "{cell}: {name} has inconsistent hidden_size: got {found}, expected {hidden_size}"
            );
        }
        let hh = linear(&parts[0], &self.weight_hh, self.bias_hh.as_deref());
        let ih = linear(&x, &self.weight_ih, self.bias_ih.as_deref());
        let next = K::step(&ih, &hh, &parts, &K::cell_settings(&self.options));
        let as_given = |part: Variable| if axes == 1 { part.squeeze(0) } else { part };
        K::State::from_parts(next.into_iter().map(as_given).collect())
    }
}
