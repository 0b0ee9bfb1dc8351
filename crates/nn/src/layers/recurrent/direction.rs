use autograd::{Variable, cat, linear, recurrent_steps};
use tensor::RecurrentCellKind;

use super::kind::Settings;
use super::{RecurrentKind, RecurrentWeights};

/// One direction of one layer, about to go over its sequences.
#[doc(hidden)]
#[derive(Debug)]
pub struct Direction<'a> {
    /// `[time, batch, input]`, or the rows of all time steps.
    pub x: &'a Variable,
    /// How many sequences there are at each time step: ever fewer.
    pub batch_sizes: &'a [usize],
    /// Whether the sequences may differ in length.
    pub packed: bool,
    /// The state before the first step.
    pub first: Vec<Variable>,
    pub weights: &'a RecurrentWeights,
    /// Whether the last time step comes first.
    pub reverse: bool,
    pub settings: &'a Settings,
}

impl Direction<'_> {
    /// The rows of the output in the order of time, and the state of each sequence at its own end, by the
    /// steps of the kind.
    #[track_caller]
    pub(super) fn by_steps<K: RecurrentKind>(self) -> (Variable, Vec<Variable>) {
        let RecurrentWeights { weight_hh, bias_hh, weight_hr, .. } = self.weights;
        let ih = self.products();
        let (out, state) = recurrent_steps(&ih, self.first.clone(), &self.order(), |ih, state| {
            let hh = linear(&state[0], weight_hh, bias_hh.as_deref());
            let mut state = K::step(ih, &hh, state, self.settings);
            if let Some(weight_hr) = weight_hr {
                state[0] = linear(&state[0], weight_hr, None);
            }
            state
        });
        (self.in_order_of_time(&out), state)
    }

    /// The same of a cell that has a kernel for all steps.
    #[track_caller]
    pub(super) fn at_once(self, cell: RecurrentCellKind) -> (Variable, Vec<Variable>) {
        let RecurrentWeights { weight_hh, bias_hh, .. } = self.weights;
        let [h] = &self.first[..] else { unreachable!("these cells have a state of one part") };
        let bias = bias_hh.as_deref();
        let [out, h] = autograd::recurrent_layer(cell, &self.products(), h, weight_hh, bias, &self.order());
        (self.in_order_of_time(&out), vec![h])
    }

    /// The same of an LSTM, if it has a kernel for these sequences: those of one length, and an `h` that is
    /// not made shorter.
    #[track_caller]
    pub(super) fn lstm(self) -> Result<(Variable, Vec<Variable>), Self> {
        let RecurrentWeights { weight_ih, weight_hh, bias_ih, bias_hh, weight_hr } = self.weights;
        if self.packed || weight_hr.is_some() {
            return Err(self);
        }
        let (time, batch) = (self.batch_sizes.len(), self.batch_sizes[0]);
        let [h, c] = &self.first[..] else { unreachable!("the state of an LSTM has two parts") };
        let flip = |x: &Variable| if self.reverse { x.flip(0) } else { x.clone() };
        let biases = bias_ih.as_deref().zip(bias_hh.as_deref()).map(|(ih, hh)| [ih, hh]);
        let x = flip(&self.x.reshape([time, batch, self.x.size(-1)]));
        let [out, h, c] = autograd::lstm_layer(&x, [h, c], [weight_ih, weight_hh], biases, self.reverse);
        Ok((flip(&out).reshape([time * batch, h.size(-1)]), vec![h, c]))
    }

    /// The products of the inputs of all time steps, in the order of the walk.
    #[track_caller]
    fn products(&self) -> Variable {
        let RecurrentWeights { weight_ih, bias_ih, .. } = self.weights;
        let ih = linear(self.x, weight_ih, bias_ih.as_deref());
        let rows: usize = self.batch_sizes.iter().sum();
        let ih = if ih.ndim() == 2 { ih } else { ih.reshape([rows, ih.size(-1)]) };
        if self.reverse { reversed(&ih, self.batch_sizes) } else { ih }
    }

    /// The numbers of sequences in the order of the walk.
    fn order(&self) -> Vec<usize> {
        let mut sizes = self.batch_sizes.to_vec();
        if self.reverse {
            sizes.reverse();
        }
        sizes
    }

    fn in_order_of_time(&self, out: &Variable) -> Variable {
        if self.reverse { reversed(out, &self.order()) } else { out.clone() }
    }
}

/// The rows with the last time step first.
fn reversed(rows: &Variable, batch_sizes: &[usize]) -> Variable {
    let mut parts = rows.split_sizes(batch_sizes, 0);
    parts.reverse();
    cat(&parts, 0)
}
