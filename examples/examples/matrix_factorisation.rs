//! 26. A table of ratings as the product of two thin matrices, learnt from the few ratings that are known.

use std::time::Instant;

use autograd::{Variable, no_grad};
use clap::Parser;
use datasets::{DataLoader, TensorDataset};
use examples::{Result, StepOptions, StepResults};
use nn::{Embedding, Forward, MSELoss, Module};
use optim::{Adam, Optimizer};
use tensor::{Tensor, rand, randn};

/// Learns what 200 users would give to 100 items from a fifth of the ratings, and says how far off it is for
/// the others. A step is a batch of 64 ratings.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    run: StepOptions<1500>,
}

const USERS: usize = 200;
const ITEMS: usize = 100;
const FACTORS: usize = 5;

#[derive(Module)]
struct MatrixFactorization {
    user_factors: Embedding,
    item_factors: Embedding,
}

impl MatrixFactorization {
    fn new(n_users: usize, n_items: usize, n_factors: usize) -> Self {
        Self {
            user_factors: Embedding::new(n_users, n_factors),
            item_factors: Embedding::new(n_items, n_factors),
        }
    }

    fn forward(&self, user: &Variable, item: &Variable) -> Variable {
        (self.user_factors.forward(user) * self.item_factors.forward(item)).sum_dim(1, false)
    }
}

fn main() -> Result {
    let Options { run: options } = Options::parse();
    options.prepare()?;

    // Ratings of rank 3 with some noise, of which a fifth is known.
    let ratings = randn([USERS, 3]).mm(&randn([ITEMS, 3]).t()) + 0.1 * randn([USERS, ITEMS]);
    let known = rand([USERS, ITEMS]).lt(0.2);
    let cells = |mask: &Tensor| {
        // rows, cols = mask.nonzero().unbind(1)
        let cells = mask.nonzero();
        (cells.select(1, 0), cells.select(1, 1), ratings.masked_select(mask))
    };
    let train_set = TensorDataset::from(cells(&known));
    let train_data = DataLoader::new(&train_set).batch_size(64).shuffle(true);

    let model = MatrixFactorization::new(USERS, ITEMS, FACTORS);
    let loss_func = MSELoss::new();
    let mut optimizer = Adam::new(model.parameters(), 0.02);

    let (mut losses, start) = (Vec::new(), Instant::now());
    while losses.len() < options.steps {
        for (user, item, rating) in train_data.iter().take(options.steps - losses.len()) {
            // Predict and calculate loss
            let prediction = model.forward(&user.into(), &item.into());
            let loss = loss_func.forward(&prediction, &rating);

            // Backpropagate
            optimizer.zero_grad();
            loss.backward();

            // Update the parameters
            optimizer.step();

            losses.push(loss.item());
            if losses.len() % 100 == 0 {
                println!("step: {}, loss: {:.5}", losses.len(), loss.item());
            }
        }
    }
    let train_seconds = start.elapsed().as_secs_f64();

    let (user, item, rating) = cells(&known.logical_not());
    let off =
        no_grad(|| loss_func.forward(&model.forward(&user.into(), &item.into()), &rating)).item().sqrt();
    println!(
        "where nothing was known, off by: {off:.4}, and deviation of the ratings: {:.4}",
        rating.std().item()
    );

    let results =
        StepResults { seed: options.seed, dataset: "made-up ratings", losses: &losses, train_seconds };
    results.write(options.json.as_deref())?;
    results.draw(&options.plot, "matrix_factorisation")
}
