//! 24. Linear regression by L-BFGS, whose step evaluates the loss as often as it needs.

use std::time::Instant;

use autograd::{Variable, linalg};
use clap::Parser;
use datasets::load_diabetes;
use examples::{Result, StepOptions, StepResults};
use nn::{Forward, Linear, MSELoss, Module};
use optim::{LBFGS, LBFGSOptions, LineSearch};
use tensor::{DType, cat, ones};

/// Fits the progression of diabetes after a year to ten measurements of 442 patients by a linear map, in
/// float64, and compares it with the exact solution.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    run: StepOptions<10>,
}

fn main() -> Result {
    let Options { run: options } = Options::parse();
    options.prepare()?;

    // X, y = load_diabetes(return_X_y=True)
    let diabetes = load_diabetes();
    let x = (&diabetes.data - diabetes.data.mean_dim(0, true)) / diabetes.data.std_dim(0, 1, true);
    let y = diabetes.target.unsqueeze(1);

    let model = Linear::new(10, 1);
    model.to_dtype(DType::F64); // model.double()
    let criterion = MSELoss::new();
    // torch.optim.LBFGS(model.parameters(), lr=1, max_iter=4, line_search_fn='strong_wolfe')
    let line_search_fn = Some(LineSearch::StrongWolfe);
    let mut optimizer =
        LBFGS::with(model.parameters(), LBFGSOptions { max_iter: 4, line_search_fn, ..Default::default() });

    let input = Variable::new(&x);
    let (mut losses, start) = (Vec::new(), Instant::now());
    for step in 1..=options.steps {
        // optimizer.zero_grad() of torch's closure is the step's own work here.
        let loss = optimizer.step(|| {
            let loss = criterion.forward(&model.forward(&input), &y);
            loss.backward();
            loss
        });
        println!("step: {step}, loss: {:.10}", loss.item());
        losses.push(loss.item());
    }
    let train_seconds = start.elapsed().as_secs_f64();

    // torch.linalg.lstsq(torch.cat([X, torch.ones(442, 1)], 1), y).solution
    let exact = linalg::lstsq(&cat(&[&x, &ones([x.size(0), 1]).to_dtype(DType::F64)], 1), &y).solution;
    let bias = model.bias.as_ref().expect("the layer has one");
    let found = cat(&[model.weight.data().squeeze(0), bias.data()], 0);
    println!("weights: {}", model.weight.data());
    println!("bias: {}", bias.item());
    println!("farthest from the exact solution: {:.2e}", (found - exact.squeeze(1)).abs().max().item());

    let results = StepResults { seed: options.seed, dataset: "diabetes", losses: &losses, train_seconds };
    results.write(options.json.as_deref())?;
    results.draw(&options.plot, "least_squares")
}
