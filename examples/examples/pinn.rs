//! 27. A physics-informed net: it learns the solution of a differential equation from the equation alone.
//!
//! A spring obeys `u″ + ω²·u = 0`; let go at `u = 1` it moves as `u(t) = cos ωt`. The net is `u`, and the
//! loss says how far it is from the equation at some times and from the start. The equation has derivatives
//! of the net in it, and training takes the derivative of those (Raissi, Perdikaris & Karniadakis, 2019).

use std::time::Instant;

use autograd::{GradOptions, Variable, grad_with};
use clap::Parser;
use examples::{Result, StepOptions, StepResults};
use nn::{Forward, Linear, Module, Tanh, sequential};
use optim::{Adam, Optimizer};

/// Solves u″ + ω²·u = 0 with a net.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    run: StepOptions<2000>,
}

/// ω
const OMEGA: f64 = 2.0;

fn main() -> Result {
    let Options { run: options } = Options::parse();
    options.prepare()?;
    let net =
        sequential![Linear::new(1, 16), Tanh::new(), Linear::new(16, 16), Tanh::new(), Linear::new(16, 1)];
    let mut optim = Adam::new(net.parameters(), 0.01);
    let t = Variable::new(tensor::linspace(0.0, 2.0, 32).reshape([-1, 1])).requires_grad_(true);

    let (mut losses, start) = (Vec::new(), Instant::now());
    for step in 1..=options.steps {
        let u = net.forward(&t);
        let du = derivative(&u, &t);
        let ddu = derivative(&du, &t);
        let equation = (ddu + &u * (OMEGA * OMEGA)).square().mean();
        let begin = (u.select(0, 0) - 1.0).square().sum() + du.select(0, 0).square().sum();
        let loss = equation + begin;
        optim.zero_grad();
        loss.backward();
        optim.step();
        if step % 200 == 0 {
            println!("step: {step}, loss: {:.7}", loss.item());
        }
        losses.push(loss.item());
    }
    let train_seconds = start.elapsed().as_secs_f64();

    let off = (net.forward(&t).data() - (t.data() * OMEGA).cos()).abs().max();
    println!("farthest from cos ωt: {:.4}", off.item());
    let results = StepResults { seed: options.seed, dataset: "a spring", losses: &losses, train_seconds };
    results.write(options.json.as_deref())?;
    results.draw(&options.plot, "pinn")
}

/// `du/dt` at every time; each `u` depends on its own `t` alone, so the sum's gradient has them all.
fn derivative(u: &Variable, t: &Variable) -> Variable {
    let recorded = GradOptions { create_graph: true, ..Default::default() };
    grad_with(&u.sum(), t, recorded).remove(0).expect("u depends on t")
}
