//! A physics-informed net: it learns the solution of a differential equation from the equation alone.
//!
//! A spring obeys `u″ + ω²·u = 0`; let go at `u = 1` it moves as `u(t) = cos ωt`. The net is `u`, and the
//! loss says how far it is from the equation at some times and from the start. The equation has derivatives
//! of the net in it, and training takes the derivative of those (Raissi, Perdikaris & Karniadakis, 2019).

use autograd::{GradOptions, Variable, grad_with};
use clap::Parser;
use examples::Result;
use nn::{Forward, Linear, Module, Tanh, sequential};
use optim::{Adam, Optimizer};

/// Solves u″ + ω²·u = 0 with a net.
#[derive(Parser)]
struct Options {
    /// Training steps
    #[arg(long, value_name = "N", default_value_t = 2000)]
    steps: usize,

    /// Steps between two lines
    #[arg(long, value_name = "N", default_value_t = 200)]
    every: usize,

    /// Seed of the first weights
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

/// ω
const OMEGA: f64 = 2.0;

fn main() -> Result {
    let Options { steps, every, seed } = Options::parse();
    tensor::manual_seed(seed);
    let net =
        sequential![Linear::new(1, 16), Tanh::new(), Linear::new(16, 16), Tanh::new(), Linear::new(16, 1)];
    let mut optim = Adam::new(net.parameters(), 0.01);
    let t = Variable::new(tensor::linspace(0.0, 2.0, 32).reshape([-1, 1])).requires_grad_(true);

    for step in 1..=steps {
        let u = net.forward(&t);
        let du = derivative(&u, &t);
        let ddu = derivative(&du, &t);
        let equation = (ddu + &u * (OMEGA * OMEGA)).square().mean();
        let start = (u.select(0, 0) - 1.0).square().sum() + du.select(0, 0).square().sum();
        let loss = equation + start;
        optim.zero_grad();
        loss.backward();
        optim.step();
        if step % every == 0 {
            println!("step: {step}, loss: {:.7}", loss.item());
        }
    }

    let off = (net.forward(&t).data() - (t.data() * OMEGA).cos()).abs().max();
    println!("farthest from cos ωt: {:.4}", off.item());
    Ok(())
}

/// `du/dt` at every time; each `u` depends on its own `t` alone, so the sum's gradient has them all.
fn derivative(u: &Variable, t: &Variable) -> Variable {
    let recorded = GradOptions { create_graph: true, ..Default::default() };
    grad_with(&u.sum(), t, recorded).remove(0).expect("u depends on t")
}
