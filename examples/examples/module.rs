//! 2. `Module`: the same net as a struct of its own.
//!
//! The struct lists the parts, `forward` says what happens to the input: names instead of indices, and any
//! computation instead of a chain.

use std::path::PathBuf;

use autograd::Variable;
use clap::Parser;
use examples::boundary::plot_decision_boundary;
use examples::{Result, flower, output};
use nn::{BCEWithLogitsLoss, Forward, Linear, Module, Tanh};
use optim::{Optimizer, SGD};

/// Builds, trains, saves and loads the tutorial's custom Module.
#[derive(Parser)]
struct Options {
    /// Seed of the first weights. The default is a start like the tutorial's own (0.2615 → 0.2146)
    #[arg(long, value_name = "N", default_value_t = 109)]
    seed: u64,

    /// Folder for the saved file and the picture
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
}

// class module_net(nn.Module):
#[derive(Module)]
struct ModuleNet {
    layer1: Linear,
    layer2: Tanh,
    layer3: Linear,
}

impl ModuleNet {
    // def __init__(self, num_input, num_hidden, num_output):
    fn new(num_input: usize, num_hidden: usize, num_output: usize) -> Self {
        ModuleNet {
            layer1: Linear::new(num_input, num_hidden),
            layer2: Tanh::new(),
            layer3: Linear::new(num_hidden, num_output),
        }
    }
}

impl Forward for ModuleNet {
    // def forward(self, x):
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.layer1.forward(x);
        let x = self.layer2.forward(&x);
        self.layer3.forward(&x)
    }
}

fn main() -> Result {
    let Options { seed, out } = Options::parse();
    output::check_folder(&out)?;
    tensor::manual_seed(seed);
    let (x, y) = flower();

    let mo_net = ModuleNet::new(2, 4, 1);

    // Layers go by name: l1 = mo_net.layer1
    let l1 = &mo_net.layer1;
    println!("{l1}");
    println!("{}", l1.weight);

    // optim = torch.optim.SGD(mo_net.parameters(), 1.)
    let mut optim = SGD::new(mo_net.parameters(), 1.0);
    let criterion = BCEWithLogitsLoss::new();

    // Train 10,000 times.
    let input = Variable::new(x.clone());
    for e in 0..10_000 {
        let out = mo_net.forward(&input);
        let loss = criterion.forward(&out, &y);
        optim.zero_grad();
        loss.backward();
        optim.step();
        if (e + 1) % 1000 == 0 {
            println!("epoch: {}, loss: {:.4}", e + 1, loss.item());
        }
    }
    plot_decision_boundary(&out.join("module.svg"), "module", &mo_net, &x, &y)?;

    // torch.save(mo_net.state_dict(), 'module_net.pth')
    let path = out.join("module_net.safetensors");
    serialize::save_state_dict(&mo_net.state_dict(), &path)?;

    let again = ModuleNet::new(2, 4, 1);
    println!("{}", again.load_state_dict(&serialize::load_state_dict(&path)?)?);
    println!("{again}");
    Ok(())
}
