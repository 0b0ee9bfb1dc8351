//! 12. A variational autoencoder draws digits: PyTorch's own example, line by line.

use autograd::{Variable, no_grad};
use clap::Parser;
use datasets::transforms::ToTensor;
use datasets::utils::{MakeGridOptions, save_image};
use datasets::{DataLoader, Dataset, transforms};
use examples::plot::plot;
use examples::{Result, Results, Run, TrainOptions, Vae, learning_rate};
use nn::Module;
use optim::{Adam, Optimizer};

/// Trains the variational autoencoder of github.com/pytorch/examples/vae: after each epoch it writes a grid
/// of digits that it drew, and one of test digits beside what came back.
///
/// Losses are for one digit, as PyTorch's program prints them.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    train: TrainOptions<10, 1, 128>,

    /// Learning rate
    #[arg(long, value_name = "NUMBER", default_value_t = 1e-3, value_parser = learning_rate)]
    lr: f64,

    /// Go through the samples in their order
    #[arg(long)]
    no_shuffle: bool,
}

fn main() -> Result {
    let options = Options::parse();
    let TrainOptions { epochs, batch_size, .. } = options.train;
    let data = options.train.prepare_with(|| transforms![ToTensor])?;
    let picture = |name: String| options.train.plot.join(format!("vae_{name}"));

    // torch.manual_seed(args.seed)
    tensor::manual_seed(options.train.seed);
    let model = Vae::new();
    println!("{model}");
    // optimizer = optim.Adam(model.parameters(), lr=1e-3)
    let mut optimizer = Adam::new(model.parameters(), options.lr);
    let train_loader = DataLoader::new(&data.train).batch_size(batch_size).shuffle(!options.no_shuffle);
    let test_loader = DataLoader::new(&data.test).batch_size(batch_size);
    let mut run = Run::new("adam", epochs, train_loader.len());
    for epoch in 1..=epochs {
        model.train();
        for (data, _) in &train_loader {
            optimizer.zero_grad();
            // recon_batch, mu, logvar = model(data)
            let (recon_batch, mu, logvar) = model.forward(&Variable::new(data.clone()));
            let loss = Vae::loss_function(&recon_batch, &data, &mu, &logvar);
            loss.backward();
            optimizer.step();
            run.unscored_batch(loss.item() / data.size(0) as f64);
        }

        model.eval();
        let mut test_loss = 0.0;
        no_grad(|| -> Result {
            for (i, (data, _)) in test_loader.iter().enumerate() {
                let (recon_batch, mu, logvar) = model.forward(&Variable::new(data.clone()));
                test_loss += Vae::loss_function(&recon_batch, &data, &mu, &logvar).item();
                if i == 0 {
                    let n = data.size(0).min(8);
                    let recon = recon_batch.data().reshape([-1, 1, 28, 28]);
                    let comparison = tensor::cat(&[data.narrow(0, 0, n), recon.narrow(0, 0, n)], 0);
                    let nrow = MakeGridOptions { nrow: n, ..Default::default() };
                    save_image(&comparison, picture(format!("reconstruction_{epoch}.png")), nrow)?;
                }
            }
            let sample = model.decode(&Variable::new(tensor::randn([64, 20])));
            let sample = sample.data().reshape([64, 1, 28, 28]);
            Ok(save_image(&sample, picture(format!("sample_{epoch}.png")), MakeGridOptions::default())?)
        })?;
        run.epoch((test_loss / data.test.len() as f64, f64::NAN));
    }

    Results::new(options.train.seed, &data, std::slice::from_ref(&run))
        .write(options.train.json.as_deref())?;
    plot(&picture("train_loss.svg".into()), "train loss", run.epochs.iter().map(|e| e.train_loss))
}
