use autograd::Variable;
use datasets::Mnist;
use nn::{
    CrossEntropyLoss, Forward, GRU, GRUOptions, LSTM, LSTMOptions, Linear, Module, TransformerLayerOptions,
};
use optim::{Adam, AdamW, Optimizer};
use tensor::{DType, NumpyRandomState, Tensor};

use crate::{Gpt, GptOptions};

/// A training of a net for sequences, to compare with torch's loss by loss: seed 1.
/// `crates/testing/record/sequence_nets.py` is the other side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SequenceRun {
    /// The rows of a digit as 28 time steps, an LSTM of 128, linear; the first digits in their order, 64 in a
    /// batch, Adam.
    RowLstm,
    /// The same with a GRU.
    RowGru,
    /// A transformer of two layers of 32 over 27 characters that come by chance, 16 pieces of 16 in a batch,
    /// dropout, AdamW.
    CharTransformer,
}

impl SequenceRun {
    /// All of them.
    pub const ALL: [SequenceRun; 3] =
        [SequenceRun::RowLstm, SequenceRun::RowGru, SequenceRun::CharTransformer];

    /// Its name on both sides.
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// Trains, and gives every loss.
    ///
    /// # Panics
    /// If there are too few digits.
    pub fn losses(self, digits: &Mnist, steps: usize) -> Vec<f64> {
        tensor::manual_seed(1);
        match self {
            SequenceRun::RowLstm => {
                let options = LSTMOptions { batch_first: true, ..Default::default() };
                let net = LSTM::with(28, 128, options);
                let last = |x: &Variable| net.forward(x, None).output.select(1, -1);
                rows(net.parameters(), last, digits, steps)
            }
            SequenceRun::RowGru => {
                let options = GRUOptions { batch_first: true, ..Default::default() };
                let net = GRU::with(28, 128, options);
                let last = |x: &Variable| net.forward(x, None).output.select(1, -1);
                rows(net.parameters(), last, digits, steps)
            }
            SequenceRun::CharTransformer => char_transformer(steps),
        }
    }
}

/// Trains a recurrent net, of which `last` is the output behind the last row, and a linear map behind it.
fn rows(
    mut parameters: Vec<nn::Parameter>,
    last: impl Fn(&Variable) -> Variable,
    digits: &Mnist,
    steps: usize,
) -> Vec<f64> {
    let x = (digits.data().narrow(0, 0, 64 * steps).to_dtype(DType::F32) / 255.0 - 0.1307) / 0.3081;
    let y = digits.targets();
    let fc = Linear::new(128, 10);
    parameters.extend(fc.parameters());
    let mut optimizer = Adam::new(parameters, 1e-3);
    let step = |step: usize| {
        let batch = |all: &Tensor| all.narrow(0, 64 * step as isize, 64);
        let out = fc.forward(&last(&Variable::new(batch(&x))));
        let loss = CrossEntropyLoss::new().forward(&out, &batch(y));
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        loss.item()
    };
    (0..steps).map(step).collect()
}

fn char_transformer(steps: usize) -> Vec<f64> {
    let layer = TransformerLayerOptions { dim_feedforward: 64, ..Default::default() };
    let net = Gpt::new(GptOptions { vocab: 27, context: 16, width: 32, heads: 4, layers: 2, layer });
    let mut optimizer = AdamW::new(net.parameters(), 1e-3);
    let tokens = NumpyRandomState::new(0).randint(0, 27, 256 * steps + 1).to_vec();
    let batch = |at: usize| Tensor::from(tokens[at..at + 256].to_vec());
    let step = |step: usize| {
        let scores = net.forward(batch(256 * step).reshape([16, 16]));
        let loss = CrossEntropyLoss::new().forward(&scores.reshape([-1, 27]), &batch(256 * step + 1));
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        loss.item()
    };
    (0..steps).map(step).collect()
}
