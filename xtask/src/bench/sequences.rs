//! The workloads of nets for sequences.

use autograd::{Variable, no_grad};
use nn::{
    CrossEntropyLoss, Embedding, Forward, GRU, GRUOptions, LSTM, LSTMOptions, Linear, Module, Parameter,
};
use optim::{Adam, Optimizer};

use super::data::Data;
use super::workloads::{Row, Sample, Unit, timed};

/// Sequences in a batch.
const BATCH: usize = 64;

macro_rules! recurrent {
    ($variant:literal, $target:literal, $title:literal) => {
        Row {
            letter: 'U',
            title: $title,
            workload: "recurrent",
            variant: $variant,
            torch_variants: &[$variant],
            unit: Unit::Milliseconds,
            target: $target,
            prepare: recurrent,
        }
    };
}

/// The rows of the table.
pub(super) const ROWS: [Row; 5] = [
    recurrent!("lstm", 1.6, "LSTM 28 steps × 28, hidden 128, batch 64, Adam"),
    recurrent!("gru", 2.0, "GRU, the same"),
    recurrent!("course", 1.6, "LSTM(28, 100, 2 layers), the same"),
    Row {
        letter: 'V',
        title: "one step of LSTM(128), batch 1",
        workload: "recurrent_step",
        variant: "default",
        torch_variants: &["default"],
        unit: Unit::Microseconds,
        target: 5.0,
        prepare: one_step,
    },
    Row {
        letter: 'X',
        title: "embedding 50,000 × 128 of 64 × 64 tokens, forward and back, Adam",
        workload: "embedding",
        variant: "default",
        torch_variants: &["default", "fused"],
        unit: Unit::Milliseconds,
        target: 1.0,
        prepare: embedding,
    },
];

/// A step of a recurrent net that reads digits row by row, on the same batch again and again.
fn recurrent(_: &Data, variant: &str, _: usize) -> Sample {
    let lstm = |hidden, num_layers| {
        let options = LSTMOptions { num_layers, batch_first: true, ..Default::default() };
        let net = LSTM::with(28, hidden, options);
        let parameters = net.parameters();
        let last = move |x: &Variable| net.forward(x, None).output.select(1, -1);
        training(parameters, last, hidden)
    };
    match variant {
        "lstm" => lstm(128, 1),
        "course" => lstm(100, 2),
        _ => {
            let net = GRU::with(28, 128, GRUOptions { batch_first: true, ..Default::default() });
            let parameters = net.parameters();
            training(parameters, move |x| net.forward(x, None).output.select(1, -1), 128)
        }
    }
}

/// Trains a net, of which `last` is the output behind the last row, and a linear map behind it.
fn training(
    mut parameters: Vec<Parameter>,
    last: impl Fn(&Variable) -> Variable + 'static,
    hidden: usize,
) -> Sample {
    let head = Linear::new(hidden, 10);
    parameters.extend(head.parameters());
    let mut optim = Adam::new(parameters, 1e-3);
    let x = Variable::new(tensor::randn([BATCH, 28, 28]));
    let y = tensor::randint(0, 10, [BATCH]);
    timed(10, move || {
        let loss = CrossEntropyLoss::new().forward(&head.forward(&last(&x)), &y);
        optim.zero_grad();
        loss.backward();
        optim.step();
    })
}

/// A token more of one sequence.
fn one_step(_: &Data, _: &str, _: usize) -> Sample {
    let net = LSTM::new(128, 128);
    let x = Variable::new(tensor::randn([1, 1, 128]));
    let mut state = None;
    timed(500, move || state = Some(no_grad(|| net.forward(&x, state.as_ref())).state))
}

/// A step that changes a table by the gradient of some of its rows.
fn embedding(_: &Data, _: &str, _: usize) -> Sample {
    let net = Embedding::new(50_000, 128);
    let mut optim = Adam::new(net.parameters(), 1e-3);
    let tokens = Variable::new(tensor::randint(0, 50_000, [BATCH, 64]));
    let dy = tensor::randn([BATCH, 64, 128]);
    timed(10, move || {
        let y = net.forward(&tokens);
        optim.zero_grad();
        y.backward_with(dy.clone());
        optim.step();
    })
}
