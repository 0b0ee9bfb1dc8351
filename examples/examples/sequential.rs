//! 1. `Sequential`: a net as a list of layers.
//!
//! The tutorial's first section: build a small net, look into it, train it on the flower, save it and load it
//! again, whole and as parameters only.

use std::path::PathBuf;

use autograd::Variable;
use clap::Parser;
use examples::boundary::plot_decision_boundary;
use examples::{Result, flower, output};
use nn::{BCEWithLogitsLoss, Forward, Linear, Module, Sequential, Tanh, sequential};
use optim::{Optimizer, SGD};

/// Builds, trains, saves and loads the tutorial's Sequential.
#[derive(Parser)]
struct Options {
    /// Seed of the first weights. The default is a start like the tutorial's own (0.2840 → 0.2485)
    #[arg(long, value_name = "N", default_value_t = 6)]
    seed: u64,

    /// Folder for the saved files and the picture
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
}

fn main() -> Result {
    let Options { seed, out } = Options::parse();
    output::check_folder(&out)?;
    tensor::manual_seed(seed);
    let (x, y) = flower();

    // seq_net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    let seq_net = sequential![Linear::new(2, 4), Tanh::new(), Linear::new(4, 1)];

    // Layers go by index: print(seq_net[0])
    println!("{}", seq_net[0]);

    // Their weights: print(seq_net[0].weight). The type of the layer tells Rust which fields there are.
    let w0 = &seq_net.layer::<Linear>(0).weight;
    println!("{w0}");

    // param = seq_net.parameters(); optim = torch.optim.SGD(param, 1.)
    let param = seq_net.parameters();
    let mut optim = SGD::new(param, 1.0);
    let criterion = BCEWithLogitsLoss::new();

    // Train 10,000 times.
    let input = Variable::new(x.clone());
    for e in 0..10_000 {
        let out = seq_net.forward(&input);
        let loss = criterion.forward(&out, &y);
        optim.zero_grad();
        loss.backward();
        optim.step();
        if (e + 1) % 1000 == 0 {
            println!("epoch: {}, loss: {:.4}", e + 1, loss.item());
        }
    }
    plot_decision_boundary(&out.join("sequential.svg"), "sequential", &seq_net, &x, &y)?;

    // Parameters and model in one file: torch.save(seq_net, 'save_seq_net.pth')
    let path = out.join("save_seq_net.model");
    serialize::save(&seq_net, &path)?;

    // No definition is needed to read it: seq_net1 = torch.load('save_seq_net.pth')
    let seq_net1: Sequential = serialize::load(&path)?;
    println!("{seq_net1}");
    println!("{}", seq_net1.layer::<Linear>(0).weight);

    // Parameters only: torch.save(seq_net.state_dict(), 'save_seq_net_params.pth')
    let path = out.join("save_seq_net_params.safetensors");
    serialize::save_state_dict(&seq_net.state_dict(), &path)?;

    // First the model, then its parameters: seq_net2.load_state_dict(torch.load('save_seq_net_params.pth'))
    let seq_net2 = sequential![Linear::new(2, 4), Tanh::new(), Linear::new(4, 1)];
    println!("{}", seq_net2.load_state_dict(&serialize::load_state_dict(&path)?)?);
    println!("{seq_net2}");
    println!("{}", seq_net2.layer::<Linear>(0).weight);
    Ok(())
}
