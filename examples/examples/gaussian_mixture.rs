//! 25. A mixture of Gaussians, fitted to points by the gradient of their likelihood.

use std::time::Instant;

use autograd::Variable;
use autograd::distributions::{Distribution, Independent, Normal};
use clap::Parser;
use datasets::{MakeBlobsOptions, make_blobs};
use examples::{Result, StepOptions, StepResults};
use nn::{Module, Parameter};
use optim::{Adam, Optimizer};
use tensor::{DType, randn, zeros};

/// Finds the centers, sizes and shares of three clouds of points, and nobody says which cloud each is from.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    run: StepOptions<400>,
}

/// How many Gaussians there are.
const K: usize = 3;

#[derive(Module)]
struct GaussianMixture {
    logits: Parameter,
    loc: Parameter,
    log_scale: Parameter,
}

impl GaussianMixture {
    fn new(k: usize, dim: usize) -> Self {
        Self {
            logits: Parameter::new(zeros([k])),
            loc: Parameter::new(randn([k, dim])),
            log_scale: Parameter::new(zeros([k, dim])),
        }
    }

    /// The logarithm of the density at each of `x: [n, dim]`, `log Σₖ πₖ·N(x; μₖ, σₖ)`.
    fn log_prob(&self, x: &Variable) -> Variable {
        let components = Independent::new(Normal::new(&self.loc, self.log_scale.exp()), 1);
        let log_prob = components.log_prob(&x.unsqueeze(1)); // [n, k]
        (self.logits.log_softmax(-1) + log_prob).logsumexp(-1, false)
    }
}

fn main() -> Result {
    let Options { run: options } = Options::parse();
    options.prepare()?;

    // X, _, centers = make_blobs(300, cluster_std=[0.5, 1.0, 1.5], random_state=seed, return_centers=True)
    let random_state = Some(options.seed as u32);
    let blobs = MakeBlobsOptions { cluster_std: vec![0.5, 1.0, 1.5], random_state, ..Default::default() };
    let (x, _, centers) = make_blobs(300, blobs);
    let x = Variable::new(x.to_dtype(DType::F32));

    let model = GaussianMixture::new(K, 2);
    let mut optimizer = Adam::new(model.parameters(), 0.05);
    let (mut losses, start) = (Vec::new(), Instant::now());
    for step in 1..=options.steps {
        let loss = -model.log_prob(&x).mean();
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        if step % 50 == 0 {
            println!("step: {step}, negative log-likelihood: {:.5}", loss.item());
        }
        losses.push(loss.item());
    }
    let train_seconds = start.elapsed().as_secs_f64();

    println!("drawn around\n{centers}");
    println!("found\n{}", model.loc.data());
    println!("with deviations\n{}", model.log_scale.data().exp());
    println!("and shares {}", model.logits.data().softmax(-1));

    let results = StepResults { seed: options.seed, dataset: "three blobs", losses: &losses, train_seconds };
    results.write(options.json.as_deref())?;
    results.draw(&options.plot, "gaussian_mixture")
}
