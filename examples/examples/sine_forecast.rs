//! 17. Waves go on where they ended: PyTorch's example time_sequence_prediction, line by line.

use autograd::{Variable, no_grad};
use clap::Parser;
use examples::plot::lines;
use examples::{Result, StepOptions, StepResults, at_least_one};
use nn::{Forward, LSTMCell, Linear, MSELoss, Module};
use optim::{LBFGS, LBFGSOptions};
use tensor::{DType, NumpyRandomState, Tensor};

/// Trains two LSTM cells to tell the next value of a sine wave from those before it, in float64 by L-BFGS.
/// After each step it lets the net go on from its own values and draws what comes out.
///
/// PyTorch's program has --waves 100 --length 1000 --steps 15, for a machine with more time.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    run: StepOptions<8>,

    /// Waves, of which three are kept to test with
    #[arg(long, value_name = "N", default_value_t = 23, value_parser = clap::value_parser!(u32).range(4..))]
    waves: u32,

    /// Values of each wave, and how many to forecast
    #[arg(long, value_name = "N", default_value_t = 250, value_parser = at_least_one)]
    length: usize,
}

/// A wave's length is 2π times this.
const T: f64 = 20.0;

#[derive(Debug, Module)]
struct Sequence {
    lstm1: LSTMCell,
    lstm2: LSTMCell,
    linear: Linear,
}

impl Sequence {
    fn new() -> Self {
        Self { lstm1: LSTMCell::new(1, 51), lstm2: LSTMCell::new(51, 51), linear: Linear::new(51, 1) }
    }

    /// The next value after each of `input`, `[waves, length]`, and `future` values more.
    fn forward(&self, input: &Variable, future: usize) -> Variable {
        let (mut first, mut second) = (None, None);
        let mut outputs: Vec<Variable> = Vec::new();
        for step in 0..input.size(1) + future {
            let input = match step < input.size(1) {
                true => input.narrow(1, step as isize, 1),
                false => outputs[step - 1].clone(),
            };
            let state = self.lstm1.forward(&input, first.as_ref());
            let next = self.lstm2.forward(&state.h, second.as_ref());
            outputs.push(self.linear.forward(&next.h));
            (first, second) = (Some(state), Some(next));
        }
        autograd::cat(&outputs, 1)
    }
}

/// Sine waves of chance phases, as PyTorch's `generate_sine_wave.py` makes them.
fn waves(count: usize, length: usize) -> Tensor {
    let range = 4 * T as i64;
    let begins = NumpyRandomState::new(2).randint(-range, range, count).to_vec();
    let x = Tensor::from(begins).unsqueeze(1) + tensor::arange(0, length as i64, 1);
    (x.to_dtype(DType::F64) / T).sin()
}

fn main() -> Result {
    let Options { run: options, waves: count, length } = Options::parse();
    options.prepare()?;
    let all = waves(count as usize, 2 * length);
    let data = all.narrow(1, 0, length);
    let tests = 3;
    let [input, target] =
        [0, 1].map(|at| Variable::new(data.narrow(0, tests, count as usize - 3).narrow(1, at, length - 1)));
    let [test_input, test_target] =
        [0, 1].map(|at| Variable::new(data.narrow(0, 0, 3).narrow(1, at, length - 1)));

    let seq = Sequence::new();
    seq.to_dtype(DType::F64); // seq.double()
    println!("{seq}");
    let criterion = MSELoss::new();
    // optimizer = optim.LBFGS(seq.parameters(), lr=0.8)
    let mut optimizer = LBFGS::with(seq.parameters(), LBFGSOptions { lr: 0.8, ..Default::default() });
    let (mut losses, start) = (Vec::new(), std::time::Instant::now());
    for step in 1..=options.steps {
        let loss = optimizer.step(|| {
            let out = seq.forward(&input, 0);
            let loss = criterion.forward(&out, &target);
            loss.backward();
            loss
        });
        losses.push(loss.item());
        let future = length;
        let pred = no_grad(|| seq.forward(&test_input, future));
        let test_loss = criterion.forward(&pred.narrow(1, 0, length - 1), &test_target);
        println!("step: {step}, loss: {:.8}, test loss: {:.8}", loss.item(), test_loss.item());

        let points = |values: Tensor, at: usize| {
            values.to_vec::<f64>().into_iter().enumerate().map(|(i, y)| ((at + i) as f64, y)).collect()
        };
        let wave = |at: usize| points(all.select(0, 0).narrow(0, at as isize, length), at);
        let forecast = pred.data().select(0, 0).narrow(0, length as isize - 1, length);
        let curves = [("given", wave(0)), ("forecast", points(forecast, length)), ("the wave", wave(length))];
        let file = options.plot.join(format!("sine_forecast_{step}.svg"));
        lines(&file, &format!("forecast after {step} steps"), "time", &curves)?;
    }
    let train_seconds = start.elapsed().as_secs_f64();
    StepResults { seed: options.seed, dataset: "sine waves", losses: &losses, train_seconds }
        .write(options.json.as_deref())
}
